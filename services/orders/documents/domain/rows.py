"""The rows of a document: lines, shipping by the rates that it is taxed at, and the sums of each rate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from orders.checkout import Order, StoredLine

# Who buys owes the tax, or it leaves the tax area: of what is sent, the law has a name of its own for it.
_SENT = {"reverse_charge": "intra_community", "outside": "export"}


class DocumentLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line. `listed`: pieces times the listed price; `discount`: off that; `relief`: tax that the listed price holds
    and nobody owes. net + tax = gross. Millionths: `rate`.

    `tax_title`: what the shop calls the tax. `treatment`: why it is taxed so, as TaxShare; null in documents from
    before. Of goods that nobody taxes here it says more: "intra_community" and "export" are of what is sent.
    """

    position: int
    title: str
    sku: str = ""
    quantity: int = 1
    unit_price: int | None = None
    listed: int | None = None
    discount: int = 0
    relief: int = 0
    net: int
    rate: int
    tax: int
    gross: int
    tax_title: str = ""
    treatment: str | None = None

    @property
    def taxed(self) -> tuple[int, str, str]:
        """How it is taxed: what has the same of it is one sum."""
        return self.rate, self.tax_title, self.treatment or ""


class TaxSum(msgspec.Struct, frozen=True):
    """All lines of one rate, title and treatment."""

    rate: int
    net: int
    tax: int
    gross: int
    tax_title: str = ""
    treatment: str | None = None

    @property
    def taxed(self) -> tuple[int, str, str]:
        """As of its lines."""
        return self.rate, self.tax_title, self.treatment or ""


def title_of(line: StoredLine) -> str:
    """What was sold, with its variant."""
    return f"{line.title} ({line.variant_title})" if line.variant_title else line.title


def tax_sums(rows: Iterable[DocumentLine]) -> list[TaxSum]:
    """The sums of each rate, the highest first; of one rate, of each title and treatment."""
    found: dict[tuple[int, str, str], list[DocumentLine]] = {}
    for row in rows:
        found.setdefault(row.taxed, []).append(row)
    return [
        TaxSum(
            *(of[0].rate, sum(row.net for row in of), sum(row.tax for row in of), sum(row.gross for row in of)),
            *(of[0].tax_title, of[0].treatment),
        )
        for _, of in sorted(found.items(), key=lambda each: (-each[0][0], each[0][1:]))
    ]


def shipping_fields(shipping: Sequence[DocumentLine]) -> Mapping[str, Any]:
    """The rows of shipping as the fields of Content that hold them."""
    return {"shipping": shipping[0] if shipping else None, "more_shipping": list(shipping[1:])}


def line_of(order: Order, line: StoredLine) -> DocumentLine:
    """A line of an order as its invoice has it."""
    return DocumentLine(
        position=line.position,
        title=title_of(line),
        sku=line.sku,
        quantity=line.quantity,
        unit_price=line.unit_price,
        listed=line.total,
        discount=line.discount,
        relief=line.total - line.discount - line.paid if order.tax_included else 0,
        net=line.paid - line.tax,
        rate=line.tax_rate,
        tax=line.tax,
        gross=line.paid,
        tax_title=line.tax_title or "",
        treatment=_treatment(line.treatment, sent=line.requires_shipping),
    )


def shipping_of(order: Order) -> list[DocumentLine]:
    """What an order's shipping costs, a row for each rate; none where nothing is shipped."""
    if not order.requires_shipping and not order.shipping_paid:
        return []
    method = order.shipping_method or {}
    shares = _merged(method.get("taxes") or [_one_share(order)])
    return [
        DocumentLine(
            position=len(order.lines) + 1 + at,
            title=str(method.get("title") or ""),
            listed=None if at else order.shipping,
            discount=0 if at else order.shipping_discount,
            relief=0 if at or not order.tax_included else _shipping_relief(order),
            net=share["net"],
            rate=share["rate"],
            tax=share["tax"],
            gross=share["net"] + share["tax"],
            tax_title=share["title"],
            treatment=_treatment(share["treatment"], sent=True),
        )
        for at, share in enumerate(shares)
    ]


def _merged(shares: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Parts that are taxed alike are one: what nobody owes may be of goods at several rates."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for share in shares:
        one = found.setdefault((share["rate"], share["title"], share["treatment"]), {**share, "net": 0, "tax": 0})
        one["net"], one["tax"] = one["net"] + share["net"], one["tax"] + share["tax"]
    return list(found.values())


def _shipping_relief(order: Order) -> int:
    return order.shipping - order.shipping_discount - order.shipping_paid


def _one_share(order: Order) -> Mapping[str, Any]:
    """Of the flat rate, which is taxed as what is sent, where that has one rate."""
    like = next((line for line in order.lines if line.tax_rate == order.shipping_tax_rate), None)
    return {
        "rate": order.shipping_tax_rate,
        "net": order.shipping_paid - order.shipping_tax,
        "tax": order.shipping_tax,
        "title": like.tax_title or "" if like else "",
        "treatment": like.treatment if like else None,
    }


def _treatment(treatment: str | None, *, sent: bool) -> str | None:
    return _SENT.get(treatment, treatment) if treatment and sent else treatment
