"""A copy of the repository in another folder, with the packages of this one's virtual environment."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def copy_repository(to: Path) -> Path:
    """What git knows or would take, as it is now; `make` finds all installed."""
    names = _git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    for name in names:
        if name and (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)  # with its time: mypy's cache goes by it
    if (ROOT / ".mypy_cache").is_dir():
        shutil.copytree(ROOT / ".mypy_cache", to / ".mypy_cache", copy_function=shutil.copy2)
    _git(to, "init", "-q")
    _share_packages(to)
    return to


def _git(folder: Path, *argv: str) -> str:
    return subprocess.run(["git", *argv], cwd=folder, check=True, capture_output=True, text=True).stdout


def _share_packages(to: Path) -> None:
    """An environment of the copy's own, which looks for packages in this one and for our code in the copy alone."""
    folder = to / ".venv"
    venv.create(folder, symlinks=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    theirs = Path(sys.prefix) / "lib" / version / "site-packages"
    paths = [to, to / "services", to / "examples", theirs]
    (folder / "lib" / version / "site-packages" / "copy.pth").write_text("\n".join(map(str, paths)))
    mine, other = f"#!{sys.prefix}/bin/python", f"#!{folder}/bin/python"
    for program in (Path(sys.prefix) / "bin").iterdir():
        place = folder / "bin" / program.name
        if place.exists() or not program.is_file():
            continue
        head = program.read_bytes()[:200]
        if head.startswith(mine.encode()):
            place.write_text(program.read_text().replace(mine, other, 1))
            place.chmod(0o755)
        else:
            place.symlink_to(program)
    # Its own, which is a line of shell that looks beside itself.
    (folder / "bin" / "mercat").unlink(missing_ok=True)
    shutil.copy2(Path(sys.prefix) / "bin" / "mercat", folder / "bin" / "mercat")
    for mark in (".run-ready", ".dev-ready"):
        (folder / mark).touch()
