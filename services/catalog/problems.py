"""The problems that only the catalog answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from catalog.domain.stock import Shortage
from chassis.problems import Problem

LOCKED = "Another change of the same goods takes long. Try again in a moment."


class OutOfStock(Problem):
    """409: fewer units are available than were asked for; `lines` names each."""

    status, type, title = 409, "out-of-stock", "Not enough stock"

    @classmethod
    def of(cls, shortages: Sequence[Shortage]) -> Self:
        """Names each line that is short: `sku` is empty where the variant is unknown."""
        lines = [
            {
                "variant_id": short.variant_id,
                "sku": short.sku,
                "requested": short.requested,
                "available": short.available,
            }
            for short in shortages
        ]
        return cls("Some of it is no longer there in full. Order less of it, or leave it out.", lines=lines)


class ReservationReleased(Problem):
    """409: the order's reservation was released before."""

    status, type, title = 409, "reservation-released", "This order was given up before"


class ReservationMismatch(Problem):
    """409: the order has a reservation of other units."""

    status, type, title = 409, "reservation-mismatch", "This order has reserved something else"


class ReservationCommitted(Problem):
    """409: the order's reservation has become a sale."""

    status, type, title = 409, "reservation-committed", "This order's goods are sold"


class StockDiffers(Problem):
    """409: the stock has another value; `on_hand` is the current one."""

    status, type, title = 409, "stock-differs", "The stock is not what you expected"


class StockReserved(Problem):
    """409: fewer units would be left than are held for orders; `reserved` is their number."""

    status, type, title = 409, "stock-reserved", "Units that are held for orders cannot be taken away"


class NotAnExport(Problem):
    """422: the file is no product export of Shopify."""

    status, type, title = 422, "not-an-export", "This is not a product export of Shopify"


class UnclearEncoding(Problem):
    """422: `candidates` lists likely encodings, each with a `line` of the file as read in it."""

    status, type, title = 422, "unclear-encoding", "The file's encoding must be said"
