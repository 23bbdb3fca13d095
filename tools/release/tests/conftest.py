"""A repository like this one that was released once."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tools.copies import copy_repository
from tools.release.repository import git

PERSON = ("-c", "user.name=A Person", "-c", "user.email=person@example.com", "-c", "commit.gpgSign=false")


class Clone:
    """A repository in a folder of its own, with this one's packages. `reset` puts it back to its release."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(self) -> None:
        copy_repository(self.folder, types=False)
        git(self.folder, "symbolic-ref", "HEAD", "refs/heads/main")
        self.commit("Begin")
        git(self.folder, *PERSON, "tag", "--annotate", "--no-sign", "--message", "Mercat 0.0.1", "v0.0.1")

    def reset(self) -> None:
        git(self.folder, "checkout", "-q", "--force", "-B", "main", "v0.0.1")
        git(self.folder, "clean", "-qfd")

    def commit(self, subject: str) -> None:
        git(self.folder, "add", "--all")
        git(self.folder, *PERSON, "commit", "-q", "--message", subject)

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.folder / name
        text = path.read_text("utf-8") if old else ""
        assert old in text, f"{name} has no {old!r}"
        path.write_text(text.replace(old, new, 1) if old else new, "utf-8")

    def make_release(self, *arguments: str) -> tuple[bool, str]:
        """Whether `make release` is green, and all that it says."""
        command = ["make", "--no-print-directory", "release", *arguments]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False, timeout=1800)
        return done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def released(tmp_path_factory):
    clone = Clone(tmp_path_factory.mktemp("released"))
    clone.make()
    return clone


@pytest.fixture
def clone(released):
    released.reset()
    return released
