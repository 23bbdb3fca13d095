"""A copy of the repository in another folder, with the packages of this one's virtual environment."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tools.sharing import share_packages

ROOT = Path(__file__).resolve().parent.parent.parent


def copy_repository(to: Path, *, types: bool = True) -> Path:
    """What git knows or would take, as it is now; `make` finds all installed. `types`: with what mypy found before."""
    names = _git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    for name in names:
        if name and (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)  # with its time: mypy's cache goes by it
    if types and (ROOT / ".mypy_cache").is_dir():
        shutil.copytree(ROOT / ".mypy_cache", to / ".mypy_cache", copy_function=shutil.copy2)
    _git(to, "init", "-q")
    share_packages(to)
    return to


def _git(folder: Path, *argv: str) -> str:
    return subprocess.run(["git", *argv], cwd=folder, check=True, capture_output=True, text=True).stdout
