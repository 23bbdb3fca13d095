"""How a command of this store is typed, from where the person is: what is printed must work as printed."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

# Set by make, and for the supervisor, which speaks for the command that started it: what stands before the word.
TYPED = "MERCAT_TYPED"
# The words that are targets of the Makefile, too.
TARGETS = frozenset({"up", "down", "status", "logs", "reset", "restart", "dev", "backup"})


def typed(words: str) -> str:
    """The command line for `words`, such as "logs catalog": by make for who used make and where that has the words, by
    its name alone where the PATH finds this store's command by it, else by its path.
    """
    return f"make {words}" if prefix() == "make" and words in TARGETS else command(words)


def command(words: str) -> str:
    """As `typed`, but never by make: for words with options."""
    said = prefix()
    return f"{'.venv/bin/mercat' if said == 'make' else said} {words}"


def prefix() -> str:
    """What `typed` puts before the words, for a process of another folder."""
    return os.environ.get(TYPED) or _command()


def _command() -> str:
    own = Path(sys.executable).parent / "mercat"
    if not own.is_file():
        return f"{shlex.quote(sys.executable)} -m mercat"
    found = shutil.which("mercat")
    if found is not None and Path(found).resolve() == own.resolve():
        return "mercat"
    path = os.path.relpath(own)
    return shlex.quote(path if not path.startswith("..") else str(own))
