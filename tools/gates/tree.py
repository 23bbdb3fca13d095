"""The files of a checkout, and the scanners that read them."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_BIN = Path(sys.prefix) / "bin"
# Where the scanners with pins of their own are: tools/install_gates.sh.
_GATES = Path(sys.prefix) / "gates" / "bin"


class Missing(Exception):
    """A scanner is not installed: what it would have scanned is not scanned, so the gate fails."""


def files(root: Path = ROOT, *patterns: str) -> list[str]:
    """The files that are in git, or new and not ignored, by their path in the checkout."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    return [name for name in sorted(set(listed.stdout.split("\0"))) if name and (root / name).is_file()]


def told(gate: Callable[[], list[str]]) -> str:
    """The complaints of a gate; one whose scanner is missing complains of that."""
    try:
        return "\n".join(gate())
    except Missing as missing:
        return str(missing)


def program(name: str) -> Path:
    """A scanner of the environment of the checks, or of that of the gates."""
    for folder in (_BIN, _GATES):
        if (folder / name).exists():
            return folder / name
    raise Missing(
        f"{name} is not installed, so nothing was scanned. Remove .venv/.gates-ready and .venv/.dev-ready, and run"
        " `make scan` again."
    )


def unreasoned(root: Path, names: Iterable[str], mark: re.Pattern[str], reason: str, told: str) -> list[str]:
    """A complaint about each line with a mark whose group `rest` is no `reason`. `told`: what is to be written."""
    wrong = []
    for name in names:
        for number, line in enumerate((root / name).read_text(encoding="utf-8").splitlines(), start=1):
            accepted = mark.search(line)
            if accepted and not re.match(reason, accepted["rest"]):
                wrong.append(f"{name}:{number}: write {told}")
    return wrong


def packages() -> list[Path]:
    """The folders of the packages that are installed for the checks, for the gates and for the documents."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    places = (Path(sys.prefix), Path(sys.prefix) / "gates", Path(sys.prefix) / "docs")
    return [folder / "lib" / version / "site-packages" for folder in places if (folder / "lib" / version).is_dir()]
