"""Which words of a search may be kept, and as what."""

from __future__ import annotations

import re
import unicodedata

MOST_CHARACTERS, MOST_WORDS, MOST_DIGITS = 40, 4, 4
# What fewer have searched for is not shown: it may be what one person typed.
LEAST_SEARCHES = 5
_OTHER = re.compile(r"[^\w.'\u2019+&-]|_")


def kept_term(search: str) -> str | None:
    """The term without case, signs and surplus space; None where it could be about a person.

    That is what has an @, more than 4 digits (a telephone, a card, a date of birth), 40 characters or 4 words (an
    address).
    """
    folded = unicodedata.normalize("NFKC", search).casefold()
    term = " ".join(_OTHER.sub(" ", folded).split())
    if "@" in folded or sum(character.isdigit() for character in term) > MOST_DIGITS:
        return None
    return term if 0 < len(term) <= MOST_CHARACTERS and len(term.split()) <= MOST_WORDS else None
