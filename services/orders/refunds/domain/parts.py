"""What a refund is worked out from, and what it comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sold:
    """Pieces, and for all of them what was paid, the tax in it, and what was discounted."""

    quantity: int
    gross: int
    tax: int
    discount: int = 0


@dataclass(frozen=True, slots=True)
class LineLeft:
    """What is left of a line that was sold, as `Sold`."""

    position: int
    sold: Sold
    quantity: int
    gross: int
    tax: int
    discount: int = 0


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of an order. `amount`: of its total. `step`: what is given back is a multiple of it."""

    lines: tuple[LineLeft, ...]
    shipping: int
    shipping_tax: int
    amount: int
    step: int = 1

    @property
    def gross(self) -> int:
        """What is left of the lines and of shipping: the amount but for rounding."""
        return self.shipping + sum(line.gross for line in self.lines)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be given back: pieces by the position of their line, a part of shipping, an amount; or all.

    `fee`: what is kept of the pieces. It stays with their lines, as what may still be given back of them.
    """

    pieces: Mapping[int, int]
    shipping: int = 0
    amount: int = 0
    whole: bool = False
    fee: int = 0


@dataclass(frozen=True, slots=True)
class RefundLine:
    """A refund's share of a line. `quantity` 0: the line got cheaper, without a piece of it."""

    position: int
    quantity: int
    gross: int
    tax: int
    discount: int = 0

    @property
    def net(self) -> int:
        """Without tax."""
        return self.gross - self.tax


@dataclass(frozen=True, slots=True)
class Amounts:
    """A refund in figures: `amount` is the sum of the lines, of shipping, and of `adjustment`.

    `adjustment` is what is of no line: rounding, mostly 0.
    """

    amount: int
    lines: tuple[RefundLine, ...]
    shipping: int
    shipping_tax: int
    adjustment: int

    @property
    def goods(self) -> int:
        """Of all lines, tax included."""
        return sum(line.gross for line in self.lines)

    @property
    def tax(self) -> int:
        """All tax in it."""
        return self.shipping_tax + sum(line.tax for line in self.lines)


class Exceeds(ValueError):
    """More is wanted than is left. `field` is of `Wanted`; `position` the line's."""

    def __init__(self, field: str, left: int, position: int | None = None) -> None:
        super().__init__(f"{left} left of {field}")
        self.field, self.left, self.position = field, left, position
