"""`make changes BASE=commit` prints what a change touches, as lines for GITHUB_OUTPUT.

services   what must be built, tested and deployed, as JSON; `all` says whether that is every service
code, web, charts, terraform, observability, docs, workflows, images   whether this part was changed
tests      the folders of tests that must run, "all" or "none"

A service is not built anew for another that it calls or follows. Its tests run, though, for a change of that one: they
start the real neighbour, so they are what holds the two together. Where git cannot tell what was changed, all was.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from tools.pipeline import readers
from tools.pipeline.areas import ALL, EVERYTHING, FLAGS, WHOLE_SUITE, Touched, touched

ROOT = Path(__file__).resolve().parent.parent.parent
NO_TESTS = "none"


class Changes(NamedTuple):
    """What must be built, tested and deployed."""

    services: list[str]
    all: bool
    flags: dict[str, bool]
    tests: str

    def lines(self) -> list[str]:
        """The outputs of the job."""
        values = {"all": self.all, **self.flags}
        return [
            f"services={json.dumps(self.services, separators=(',', ':'))}",
            *(f"{name}={json.dumps(value)}" for name, value in values.items()),
            f"tests={self.tests}",
        ]


def derive(paths: Iterable[str] | None, read_by: Mapping[str, frozenset[str]]) -> Changes:
    """What these paths touch; None stands for unknown paths. `read_by` has each service with its readers."""
    existing = frozenset(read_by)
    effect = EVERYTHING if paths is None else Touched()
    for path in paths or ():
        effect |= touched(path, existing)
    every = effect.services >= ALL
    services = sorted(existing if every else effect.services & existing)
    tests = set(effect.tests) | {f"services/{reader}" for name in services for reader in read_by[name]}
    # A folder of tests stands for those below it.
    tests -= {path for path in tests for other in tests if path.startswith(f"{other}/")}
    chosen = WHOLE_SUITE if WHOLE_SUITE in tests else " ".join(sorted(tests)) or NO_TESTS
    return Changes(services, every, {flag: flag in effect.flags for flag in FLAGS}, chosen)


def changed_paths(root: Path, base: str, head: str) -> list[str] | None:
    """The paths that differ, old names of moved files included; None if git knows no such commits.

    `base` may be older than what a merge commit merged into: what differs from that counts as well.
    """
    differ = _differ(root, base, head)
    merged_into = f"{head}^1"
    if differ is None or _git(root, "rev-parse", "--verify", "--quiet", f"{head}^2") is None:
        return differ
    also = _differ(root, merged_into, head)
    return None if also is None else sorted({*differ, *also})


def _differ(root: Path, base: str, head: str) -> list[str] | None:
    listed = _git(root, "diff", "--name-only", "--no-renames", "-z", "--end-of-options", base, head, "--")
    return None if listed is None else [path for path in listed.split("\0") if path]


def _git(root: Path, *words: str) -> str | None:
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, check=False)
    return done.stdout.decode(errors="surrogateescape") if done.returncode == 0 else None


def main() -> None:
    """Print the outputs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", required=True, help="the commit that the change begins from")
    parser.add_argument("--head", required=True)
    arguments = parser.parse_args()
    paths = changed_paths(ROOT, arguments.base, arguments.head) if arguments.base else None
    if paths is None:
        print(
            f"No commits {arguments.base or '(none)'} and {arguments.head} here: all counts as changed.",
            file=sys.stderr,
        )
    print("\n".join(derive(paths, readers.of_services(ROOT)).lines()))


if __name__ == "__main__":
    main()
