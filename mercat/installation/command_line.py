"""How the user must type a command of this store: messages print commands that work as they stand."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

# The environment variable with the start of the command line, such as "make": set by make, and for the supervisor.
TYPED_VARIABLE = "MERCAT_TYPED"
# The commands that are also targets of the Makefile.
MAKE_TARGETS = frozenset({"up", "down", "status", "logs", "reset", "restart", "dev", "backup"})


def typed_command(words: str) -> str:
    """The command line for `words`, such as "logs catalog".

    It uses make if the user did and make has this target; else `mercat` if PATH has this program; else its path.
    """
    return f"make {words}" if prefix() == "make" and words in MAKE_TARGETS else mercat_command(words)


def mercat_command(words: str) -> str:
    """As `typed_command`, but never with make: for words with options."""
    start = prefix()
    return f"{'.venv/bin/mercat' if start == 'make' else start} {words}"


def prefix() -> str:
    """The start of the command line, before the words."""
    return os.environ.get(TYPED_VARIABLE) or _installed_command()


def _installed_command() -> str:
    own = Path(sys.executable).parent / "mercat"
    if not own.is_file():
        return f"{shlex.quote(sys.executable)} -m mercat"
    found = shutil.which("mercat")
    if found is not None and Path(found).resolve() == own.resolve():
        return "mercat"
    path = os.path.relpath(own)
    return shlex.quote(path if not path.startswith("..") else str(own))
