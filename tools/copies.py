"""A copy of the repository in another folder, with the packages of this one's virtual environment."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tools.gates import tree
from tools.sharing import share_packages

ROOT = tree.ROOT


def copy_repository(to: Path, *, types: bool = True) -> Path:
    """What git knows or would take, as it is now; `make` finds all installed. `types`: with what mypy found before."""
    copy_files(to)
    if types and (ROOT / ".mypy_cache").is_dir():
        shutil.copytree(ROOT / ".mypy_cache", to / ".mypy_cache", copy_function=shutil.copy2)
    subprocess.run(["git", "init", "-q"], cwd=to, check=True, capture_output=True)
    share_packages(to)
    return to


def copy_files(to: Path) -> None:
    """The files alone, each with its time: mypy's cache and make go by it."""
    for name in tree.files(ROOT):
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, to / name)
