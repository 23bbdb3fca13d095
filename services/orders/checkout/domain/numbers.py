"""Order numbers: short enough to say on the phone, without letters that look or sound like others."""

from __future__ import annotations

import re
import secrets

# No 0 O 1 I L U: 30 signs, 729 million numbers. A number that is taken is drawn again.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 6


def draw() -> str:
    """A number such as M-7F3K9Q."""
    return "M-" + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def as_typed(text: str) -> str:
    """The number that somebody means by "m-7f3k9q", "# M 7F3 K9Q" or "7F3K9Q"; of anything else one of no order."""
    bare = re.sub("[^0-9A-Z]", "", text.upper())
    return "M-" + (bare[1:] if len(bare) == LENGTH + 1 else bare)
