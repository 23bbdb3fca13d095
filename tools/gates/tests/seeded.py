"""Checkouts of a few files, for faults to be put in."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tools.gates import secrets, tree

AUTHOR = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false"]


def checkout(folder: Path, files: dict[str, str]) -> Path:
    """A folder that git knows, with these files and our configuration of the search for secrets."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    shutil.copy(tree.ROOT / secrets.CONFIG, folder / secrets.CONFIG)
    put(folder, files)
    return folder


def put(folder: Path, files: dict[str, str]) -> None:
    """Write files."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def commit(folder: Path, subject: str) -> str:
    """Commit all there is, and return the commit's name."""
    git(folder, "add", "--all")
    git(folder, *AUTHOR, "commit", "--quiet", "--no-verify", "--allow-empty", "--message", subject)
    return git(folder, "rev-parse", "HEAD").strip()


def git(folder: Path, *argv: str) -> str:
    """What git prints."""
    done = subprocess.run(["git", *argv], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout
