"""The export of orders: a row for each line, and a last one that says that the file is whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from chassis.values import Money, defused
from orders.checkout import Order, StoredLine
from orders.worklist.domain.tags import SEPARATOR

Cell = str | int | None
_SUMS = ("subtotal", "discount", "shipping_paid", "tax", "total", "refunded")
_AMOUNTS = ("unit_price", "discount", "tax", "paid")
_OF_ORDER = (
    *("number", "order_id", "placed_at", "paid_at", "cancelled_at", "payment_status", "fulfilment_status", "life"),
    *("tags", "email", "name", "country", "shipping_method", "payment_method", "currency"),
)
_OF_LINE = ("position", "sku", "title", "variant_title", "quantity")


def _both(prefix: str, names: Sequence[str]) -> list[str]:
    """In minor units, and with the decimal places of the currency."""
    return [f"{prefix}_{name}{form}" for name in names for form in ("", "_decimal")]


HEADER = ["record", "row", *_OF_ORDER, *_both("order", _SUMS), *_OF_LINE, *_both("line", _AMOUNTS)]
LINE, END, MORE = "line", "end", "more"


def rows_of(order: Order, tags: Sequence[str], first: int) -> Iterator[list[Cell]]:
    """The rows of an order; `first` is the number of the first."""
    own = [*_of_order(order, tags), *_amounts(order, _SUMS, order.currency)]
    for row, line in enumerate(order.lines, first):
        texts = (defused(text) for text in (line.sku, line.title, line.variant_title))
        yield [LINE, row, *own, line.position, *texts, line.quantity, *_amounts(line, _AMOUNTS, order.currency)]


def last_row(rows: int, *, more: bool) -> list[Cell]:
    """The row that ends the file: how many there are before it. `more`: older orders were left out."""
    return [MORE if more else END, rows, *[None] * (len(HEADER) - 2)]


def _of_order(order: Order, tags: Sequence[str]) -> list[Cell]:
    address = order.shipping_address or order.billing_address or {}
    times = (order.placed_at, order.paid_at, order.cancelled_at)
    states = (order.payment_status.value, order.fulfilment_status.value, order.life.value)
    method = (order.shipping_method or {}).get("title") or ""
    texts = (SEPARATOR.join(tags), order.email, address.get("name", ""), address.get("country", ""), method)
    ids = (order.number, str(order.id))
    return [
        *ids,
        *(_time(time) for time in times),
        *states,
        *(defused(text) for text in texts),
        order.payment_method,
        order.currency,
    ]


def _time(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _amounts(of: Order | StoredLine, names: Sequence[str], currency: str) -> Iterator[Cell]:
    for name in names:
        amount: int = getattr(of, name)
        yield amount
        yield str(Money(amount, currency)).partition(" ")[0]
