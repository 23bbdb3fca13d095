"""Codes as they are stored, whatever way they are typed; and codes that are drawn."""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass

# No 0 O 1 I L U: nobody mixes them up, read aloud or in print.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
SHORTEST, LONGEST = 3, 40
MAX_TYPED = 100

# The first sign is a letter or digit: no spreadsheet takes it for the beginning of a formula.
_FORM = re.compile(rf"(?!_)\w[\w-]{{{SHORTEST - 1},{LONGEST - 1}}}")


def normalised(typed: str) -> str | None:
    """The stored form of a code: in capitals, without spaces, full-width letters as plain ones. None: it can be none.

    Letters and digits of any script, `-` and `_`; 3 to 40 of them.
    """
    if len(typed) > MAX_TYPED:
        return None
    plain = unicodedata.normalize("NFKC", typed).upper()
    # Capitals of a composed letter may be decomposed.
    code = "".join(unicodedata.normalize("NFKC", plain).split())
    return code if _FORM.fullmatch(code) else None


@dataclass(frozen=True, slots=True)
class Drawing:
    """So many codes, each of `length` signs after the prefix. `once`: each is good for one order."""

    count: int
    prefix: str
    length: int
    once: bool


def draw(prefix: str, length: int) -> str:
    """A code nobody can guess: `length` signs drawn at random after the prefix, 4.9 bits each."""
    return prefix + "".join(secrets.choice(ALPHABET) for _ in range(length))
