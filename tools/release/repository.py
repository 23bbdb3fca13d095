"""What git says of the repository, and a copy of a release."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.release import version

ROOT = Path(__file__).resolve().parents[2]


class Refused(Exception):
    """The message says what is wrong and what to do."""


def git(root: Path, *arguments: str) -> str:
    """What a git command prints.

    Raises:
        Refused: it failed.
    """
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Refused(f"git {' '.join(arguments)} failed: {done.stderr.strip()}")
    return done.stdout.strip()


def last_release(root: Path) -> str:
    """The newest tag of a release that HEAD comes after, such as "v0.1.0"; empty before the first.

    Raises:
        Refused: the history is not here, so that nobody knows.
    """
    merged = git(root, "tag", "--list", "v*", "--merged", "HEAD").split("\n")
    known = [tag for tag in merged if version.SEMANTIC.fullmatch(tag.removeprefix("v"))]
    if not known and git(root, "rev-parse", "--is-shallow-repository") == "true":
        raise Refused("This clone lacks the history, and so the last release: git fetch --tags --unshallow")
    return max(known, key=lambda tag: version.order(tag.removeprefix("v")), default="")


@contextmanager
def exported(root: Path, revision: str) -> Iterator[Path]:
    """A folder with the files of a revision, for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="mercat-release-") as folder:
        archive = subprocess.Popen(["git", "archive", revision], cwd=root, stdout=subprocess.PIPE)
        unpacked = subprocess.run(["tar", "-x", "-C", folder], stdin=archive.stdout, check=False)
        if archive.wait() or unpacked.returncode:
            raise Refused(f"The files of {revision} could not be read. Fetch the tags: git fetch --tags --unshallow")
        yield Path(folder)


def changed(root: Path, revision: str) -> set[str]:
    """The files that differ from a revision, also those that are new and not committed."""
    new = git(root, "ls-files", "--others", "--exclude-standard")
    return {*git(root, "diff", "--name-only", "--no-renames", revision).split("\n"), *new.split("\n")} - {""}
