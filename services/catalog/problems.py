"""The problems that only the catalog answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from catalog.domain.stock import Shortage
from chassis.problems import Problem

LOCKED = "Another change of the same goods takes long. Try again in a moment."


class OutOfStock(Problem):
    """409: fewer units are available than were asked for; `lines` names each.

    What to do: Orders takes less, or tells the shopper.
    """

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
    """409: the order's reservation was released before.

    What to do: Place a new order: this one has ended.
    """

    status, type, title = 409, "reservation-released", "This order was given up before"


class ReservationMismatch(Problem):
    """409: the order has a reservation of other units.

    What to do: Ask for the units that were reserved first, or for another order.
    """

    status, type, title = 409, "reservation-mismatch", "This order has reserved something else"


class ReservationCommitted(Problem):
    """409: the order's reservation has become a sale.

    What to do: Nothing: the goods are sold to this order.
    """

    status, type, title = 409, "reservation-committed", "This order's goods are sold"


class RestockMismatch(Problem):
    """409: the id is that of a restock of other pieces.

    What to do: Ask for the same pieces, or with another id.
    """

    status, type, title = 409, "restock-mismatch", "This restock was of something else"


class StockDiffers(Problem):
    """409: the stock has another value; `on_hand` is the current one.

    What to do: Read the stock again, decide anew, and send the value that you saw.
    """

    status, type, title = 409, "stock-differs", "The stock is not what you expected"


class StockReserved(Problem):
    """409: fewer units would be left than are held for orders; `reserved` is their number.

    What to do: Leave as many units as `reserved`, or wait until those orders are paid or end.
    """

    status, type, title = 409, "stock-reserved", "Units that are held for orders cannot be taken away"


class NotAnExport(Problem):
    """422: the file is no product export of Shopify.

    What to do: Send the CSV file that Shopify's export of products writes.
    """

    status, type, title = 422, "not-an-export", "This is not a product export of Shopify"


class UnclearEncoding(Problem):
    """422: `candidates` lists likely encodings, each with a `line` of the file as read in it.

    What to do: Look which `line` reads well, and send the file again with that `encoding`.
    """

    status, type, title = 422, "unclear-encoding", "The file's encoding must be said"


class Moved(Problem):
    """301: it has another slug now; `slug` is that, and `Location` leads there, with the same query.

    What to do: Follow `Location`, and keep the new address.
    """

    status, type, title = 301, "moved", "This is at another address now"

    @classmethod
    def to(cls, slug: str) -> Self:
        """What has this slug now; the API adds the address."""
        return cls(f"Its slug is {slug} now.", slug=slug)

    def at(self, path: str, query: str, *, segment: int) -> Self:
        """With the address of what was asked for at `path`, of which that segment is the slug."""
        parts = path.split("/")
        parts[segment] = self.extensions["slug"]
        self.headers["Location"] = f"{'/'.join(parts)}{'?' if query else ''}{query}"
        return self


class Gone(Problem):
    """410: it was here, and is not sold any more.

    What to do: Do not ask for it again.
    """

    status, type, title = 410, "gone", "This is not sold any more"
