"""What became of each piece of a return: back on the shelf, not, to be looked at again, or not in the parcel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec


class ReturnLine(msgspec.Struct, frozen=True):
    """A line of a return. The last four are 0 until it was received; then they add up to `quantity`."""

    position: int
    quantity: int
    restocked: int = 0
    discarded: int = 0
    to_process: int = 0
    missing: int = 0

    @property
    def came(self) -> int:
        """Pieces that were in the parcel, once it was received."""
        return self.restocked + self.discarded + self.to_process


class Receipt(msgspec.Struct, frozen=True):
    """What became of the pieces of a line."""

    position: int
    restocked: int = 0
    discarded: int = 0
    to_process: int = 0
    missing: int = 0

    @property
    def pieces(self) -> int:
        """All of them."""
        return self.restocked + self.discarded + self.to_process + self.missing


def unlike(told: Iterable[Receipt], expected: Mapping[int, int]) -> dict[int, int]:
    """The lines of which another number of pieces is told than there are, with their number; {} where all fit."""
    counted = {line.position: line.pieces for line in told}
    lines = {*counted, *(place for place, pieces in expected.items() if pieces)}
    return {place: expected.get(place, 0) for place in sorted(lines) if counted.get(place, 0) != expected.get(place, 0)}


def received(lines: Iterable[ReturnLine], told: Iterable[Receipt]) -> list[ReturnLine]:
    """The lines of a return, as they were received."""
    by_place = {each.position: each for each in told}
    return [
        ReturnLine(line.position, line.quantity, each.restocked, each.discarded, each.to_process, each.missing)
        for line in lines
        if (each := by_place[line.position])
    ]


def inspected(lines: Iterable[ReturnLine], told: Iterable[Receipt]) -> list[ReturnLine]:
    """The lines of a return, once what was to be processed was looked at."""
    by_place = {each.position: each for each in told}
    return [
        msgspec.structs.replace(
            line, restocked=line.restocked + each.restocked, discarded=line.discarded + each.discarded, to_process=0
        )
        for line in lines
        if (each := by_place.get(line.position, Receipt(line.position)))
    ]
