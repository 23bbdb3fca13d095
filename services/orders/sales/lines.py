"""What events tell of the lines of an order and of a refund: products, pieces and amounts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol
from uuid import UUID

from orders.events import SoldLine


class OrderLine(Protocol):
    """A line of an order, as far as figures go."""

    @property
    def position(self) -> int:
        """Its place."""

    @property
    def product_id(self) -> UUID | None:
        """The product; None in orders of the first version."""

    @property
    def quantity(self) -> int:
        """Pieces."""

    @property
    def paid(self) -> int:
        """What the shopper pays for it, tax included."""


class RefundLine(Protocol):
    """A refund's share of a line."""

    @property
    def position(self) -> int:
        """The line's place."""

    @property
    def quantity(self) -> int:
        """Pieces."""

    @property
    def gross(self) -> int:
        """What it gives back of the line, tax included."""


def sold_lines(lines: Iterable[OrderLine]) -> tuple[SoldLine, ...]:
    """What is sold by an order."""
    found = ((line.product_id, line) for line in lines)
    return tuple(SoldLine(product, line.quantity, line.paid) for product, line in found if product is not None)


def refunded_lines(ordered: Iterable[OrderLine], lines: Sequence[RefundLine]) -> tuple[SoldLine, ...]:
    """What a refund gives back, of the lines of its order."""
    products = {line.position: line.product_id for line in ordered}
    found = ((products.get(line.position), line) for line in lines)
    return tuple(SoldLine(product, line.quantity, line.gross) for product, line in found if product is not None)


def country_of(*addresses: dict[str, Any] | None) -> str | None:
    """The country of the first address that there is."""
    return next((str(address["country"]) for address in addresses if address), None)
