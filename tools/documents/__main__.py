"""`make docs` checks the documents and builds their site into build/docs.

With ARGS=--write the pages that are made from the code are written instead of compared.
With ARGS=--serve the site is served on this machine, and a change of a page is seen at once.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tools.documents import building, generated, orphans, readers, repeats
from tools.gates import links
from tools.gates.tree import ROOT

SITE = ROOT / "build" / "docs"


def checked(root: Path, steps: Sequence[tuple[str, Callable[[Path], list[str]]]]) -> list[str]:
    """Take the steps one by one, telling of each; returns their complaints."""
    found: list[str] = []
    for number, (about, step) in enumerate(steps, start=1):
        print(f"{number}/{len(steps)} {about} ...", end=" ", flush=True)
        begun = time.monotonic()
        complaints = step(root)
        print(
            f"{f'{len(complaints)} to mend' if complaints else 'right'} ({time.monotonic() - begun:.1f} s)", flush=True
        )
        told = {_place(each) for each in found}
        found += [each for each in complaints if _place(each) not in told]
    return found


def _place(complaint: str) -> str:
    """The file and line: what an earlier step said of it need not be said again."""
    return ":".join(complaint.split(":", 2)[:2])


def _generated(root: Path) -> list[str]:
    return generated.stale(root, generated.wanted())


def _written(root: Path) -> list[str]:
    for name in generated.write(root):
        print(f"\n    written: {name}", end=" ")
    return []


def _dead(root: Path) -> list[str]:
    return [f"{each}: mend the link, or what it should lead to" for each in links.dead(root)]


def _build_into(to: Path) -> Callable[[Path], list[str]]:
    return lambda root: [lack] if (lack := building.missing(root)) else building.build(root, to)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make docs", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the generated pages")
    parser.add_argument("--serve", action="store_true", help="serve the site on this machine")
    parser.add_argument("--to", type=Path, default=SITE, help="the folder to build into")
    parser.add_argument("--port", type=int, default=8900, help="the port to serve at")
    return parser.parse_args()


def main() -> int:
    """Check and build; the exit status is 1 if something is to mend."""
    chosen = _arguments()
    if chosen.serve:
        if lack := building.missing(ROOT):
            print(lack, file=sys.stderr)
            return 1
        building.serve(ROOT, chosen.port)
    steps = (
        ("pages made from the code", _written if chosen.write else _generated),
        ("links and headings", _dead),
        ("pages that nobody finds", orphans.complaints),
        ("for whom each page is", readers.complaints),
        ("what is said twice", repeats.complaints),
        ("the site", _build_into(chosen.to)),
    )
    complaints = checked(ROOT, steps)
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    print(f"{len(complaints)} to mend." if complaints else f"The site: {chosen.to / 'index.html'}")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
