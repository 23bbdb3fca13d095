"""Order numbers: short enough to say on the phone, without letters that look or sound like others."""

from __future__ import annotations

import secrets

# No 0 O 1 I L U: 30 signs, 729 million numbers. A number that is taken is drawn again.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 6


def draw() -> str:
    """A number such as M-7F3K9Q."""
    return "M-" + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
