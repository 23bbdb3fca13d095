"""The orders worked by hand as paid orders, and what their documents say: golden/README.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import yaml

from chassis.values import charge_step, uuid7
from orders.checkout import Order, StoredLine
from orders.checkout.store.new_order import Basket
from orders.documents import Credit, CreditedLine
from orders.documents.domain.content import Content
from orders.pricing import price
from orders.refunds.domain.amounts import after, calculate
from orders.refunds.domain.parts import Amounts, Left, LineLeft, Sold, Wanted
from orders.tests.documents.examples import WHEN
from orders.tests.pricing.orders_by_hand import Golden, discounts_of, golden_orders, rules_for, wanted_of
from orders.tests.pricing.samples import NOW

FOLDER = Path(__file__).parent / "golden"
ADDRESS = {"name": "Ada Lovelace", "line1": "1 High Street", "line2": None, "city": "Town", "phone": None}


class GoldenDocuments(NamedTuple):
    """An order, and what its documents say."""

    order: Golden
    invoice: dict[str, Any]
    notes: list[dict[str, Any]]

    def __str__(self) -> str:
        return str(self.order)


def golden_documents() -> list[GoldenDocuments]:
    """Of all orders, in the order of their files."""
    orders = {(each.file, each.name): each for each in golden_orders()}
    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        for each in yaml.safe_load(path.read_text(encoding="utf-8")):
            order = orders.pop((path.stem, each["order"]))
            found.append(GoldenDocuments(order, each["invoice"], each.get("credit_notes", [])))
    assert not orders, f"orders without documents: {list(orders)}"
    return found


def basket_of(golden: Golden) -> Basket:
    """As it is written when the order is placed."""
    coded = tuple(each for each in discounts_of(golden) if not each.automatic)
    sums = price(wanted_of(golden), rules_for(golden), NOW, coded=coded)
    to = golden.given.get("to")
    address = {**ADDRESS, **to} if to else None
    lines = [
        StoredLine(
            position=position,
            variant_id=each.line.variant_id,
            sku=f"SKU-{position}",
            title=f"Print {position}",
            variant_title="",
            slug="print",
            image_url=None,
            unit_price=each.line.unit_price,
            quantity=each.line.quantity,
            total=each.line.listed,
            requires_shipping=each.line.requires_shipping,
            discount=each.discount,
            tax=each.tax,
            tax_rate=each.tax_rate,
            tax_class=each.line.tax_class,
            charged=each.charged,
            tax_title=each.tax_title,
            treatment=each.treatment,
        )
        for position, each in enumerate(sums.lines, start=1)
    ]
    shipped = address if sums.requires_shipping else None
    billed = None if shipped else address
    return Basket(lines, sums, 1, shipped, None, {}, golden.given.get("vat"), billed, "en")


def paid_order(golden: Golden) -> Order:
    """The same, paid."""
    basket = basket_of(golden)
    sums = basket.sums
    return Order(
        id=UUID(int=7),
        number="M-7F3K9Q",
        account_id=None,
        token_hash=b"",
        email="ada@example.com",
        shipping_address=basket.address,
        currency=sums.currency,
        subtotal=sums.subtotal,
        shipping=sums.shipping,
        rounding=sums.rounding,
        total=sums.total,
        status="paid",
        payment="captured",
        stock="committed",
        cancel_reason=None,
        attention=None,
        version=5,
        placed_at=WHEN,
        expires_at=WHEN,
        paid_at=WHEN,
        cancelled_at=None,
        expired=False,
        lines=basket.lines,
        **basket.chosen,
    )


def credits_of(order: Order, golden: Golden) -> list[Credit]:
    """What the refunds of the order give back, as they tell it to their credit notes."""
    found, left = [], sold(order)
    for step in golden.refunds:
        pieces = {each["line"]: each["pieces"] for each in step["lines"]}
        made = calculate(left, Wanted(pieces, step.get("shipping", {}).get("amount", 0)))
        left = after(left, made)
        found.append(credit_of(made, uuid7()))
    return found


def credit_of(made: Amounts, refund_id: UUID) -> Credit:
    """A refund as it tells it to its credit note."""
    lines = [CreditedLine(each.position, each.quantity, each.gross, each.tax, each.discount) for each in made.lines]
    return Credit(
        refund_id=refund_id,
        amount=made.amount,
        lines=tuple(each for each in lines if each.quantity or each.gross),
        shipping=made.shipping,
        shipping_tax=made.shipping_tax,
        rounding=made.adjustment if made.lines or made.shipping else 0,
    )


def sold(order: Order) -> Left:
    """All of an order, before anything went back."""
    lines = []
    for line in order.lines:
        whole = Sold(line.quantity, line.paid, line.tax, line.discount)
        lines.append(LineLeft(line.position, whole, whole.quantity, whole.gross, whole.tax, whole.discount))
    return Left(tuple(lines), order.shipping_paid, order.shipping_tax, order.total, charge_step(order.currency))


def said(content: Content) -> dict[str, Any]:
    """The figures of a document, in the form of the golden files."""

    def rows(of: list[Any]) -> list[dict[str, int]]:
        return [{"net": each.net, "tax": each.tax, "gross": each.gross, "rate": each.rate} for each in of]

    return {
        "lines": rows(content.lines),
        "shipping": rows(content.shipped),
        "taxes": [
            {"rate": each.rate, "net": each.net, "tax": each.tax, "why": each.treatment} for each in content.taxes
        ],
        "net": content.net,
        "tax": content.tax,
        "rounding": content.rounding,
        "total": content.total,
    }


def left_after(invoice: Content, notes: list[Content]) -> dict[str, Any]:
    """An invoice less its credit notes."""
    taxes = []
    for each in invoice.taxes:
        gone = [other for note in notes for other in note.taxes if other.rate == each.rate]
        net, tax = each.net - sum(one.net for one in gone), each.tax - sum(one.tax for one in gone)
        taxes.append({"rate": each.rate, "net": net, "tax": tax})
    total, tax = (getattr(invoice, name) - sum(getattr(each, name) for each in notes) for name in ("total", "tax"))
    return {"total": total, "tax": tax, "taxes": taxes}
