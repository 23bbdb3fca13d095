"""What has become of the pieces of a line, and what may still be done with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

Quantities = Mapping[int, int]
"""Pieces by the position of their line."""


class Pieces(msgspec.Struct, frozen=True):
    """Of one line: how many were ordered, and how many of these were cancelled, fulfilled, asked back and returned.

    `ships`: whether they are sent by post.
    """

    position: int
    ordered: int
    ships: bool = True
    cancelled: int = 0
    fulfilled: int = 0
    in_return: int = 0
    returned: int = 0

    @property
    def open(self) -> int:
        """Pieces that are still to be sent."""
        return self.ordered - self.cancelled - self.fulfilled

    @property
    def returnable(self) -> int:
        """Pieces that were sent and that nobody has given back, or asked to."""
        return self.fulfilled - self.in_return - self.returned


class PiecesChange(msgspec.Struct, frozen=True):
    """What is added to the counts of a line; below 0: taken from them."""

    cancelled: int = 0
    fulfilled: int = 0
    in_return: int = 0
    returned: int = 0


def too_many(wanted: Quantities, free: Quantities) -> dict[int, int]:
    """The lines of which more is wanted than is free, with what is free; lines that do not exist have none."""
    return {position: max(free.get(position, 0), 0) for position in wanted if wanted[position] > free.get(position, 0)}


def all_sent(pieces: Iterable[Pieces]) -> bool:
    """Whether something was sent, and nothing is left to be sent."""
    counted = list(pieces)
    return any(line.fulfilled for line in counted) and not any(line.open for line in counted)
