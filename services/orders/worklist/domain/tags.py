"""Tags of orders: how they are spelt, and what an edit makes of those that an order has."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

import msgspec

LONGEST, MOST = 40, 25
_SPACE = re.compile(r"\s+")
# Between the tags in a cell of the export.
SEPARATOR = ","


def normalised(typed: str) -> str | None:
    """The tag that is meant: in small letters, with single spaces; None if it is none."""
    tag = _SPACE.sub(" ", unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", typed).casefold())).strip()
    if not 1 <= len(tag) <= LONGEST or SEPARATOR in tag or not tag.isprintable():
        return None
    return tag


class TagChange(msgspec.Struct, frozen=True):
    """What is to be written."""

    added: list[str]
    removed: list[str]
    after: list[str]

    @property
    def fits(self) -> bool:
        """Whether an order can have so many."""
        return len(self.after) <= MOST


def change(has: Collection[str], add: Collection[str], remove: Collection[str]) -> TagChange:
    """What adding and removing does to an order that has some tags already. A tag of both is removed."""
    wanted = (set(has) | set(add)) - set(remove)
    return TagChange(sorted(wanted - set(has)), sorted(set(has) - wanted), sorted(wanted))
