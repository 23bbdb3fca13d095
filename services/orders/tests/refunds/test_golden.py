"""What goes back of the orders that were worked by hand, to the unit: each refund as its credit note shows it."""

from __future__ import annotations

import pytest

from chassis.values import charge_step
from orders.refunds.domain.amounts import after, calculate
from orders.refunds.domain.parts import Left, LineLeft, Sold, Wanted
from orders.tests.pricing.orders_by_hand import Golden, golden_orders

ORDERS = [each for each in golden_orders() if each.refunds]


def sold(order: Golden) -> Left:
    expected = order.expected
    lines = []
    for position, (given, line) in enumerate(zip(order.given["lines"], expected["lines"], strict=True), start=1):
        whole = Sold(given["quantity"], line["charged"], line["tax"], line["discount"])
        lines.append(LineLeft(position, whole, whole.quantity, whole.gross, whole.tax, whole.discount))
    step = charge_step(order.given["currency"])
    return Left(tuple(lines), expected["shipping_charged"], expected["shipping_tax"], expected["total"], step)


@pytest.mark.parametrize("order", ORDERS, ids=lambda each: f"{each.file}: {each.name}")
def test_refunds_give_back_what_was_worked_by_hand(order: Golden) -> None:
    left = sold(order)
    for step in order.refunds:
        shipping = step.get("shipping", {"amount": 0, "tax": 0})
        pieces = {each["line"]: each["pieces"] for each in step["lines"]}
        made = calculate(left, Wanted(pieces, shipping["amount"]))
        assert [
            {
                "line": each.position,
                "pieces": each.quantity,
                "amount": each.gross,
                "tax": each.tax,
                "discount": each.discount,
            }
            for each in made.lines
        ] == sorted(step["lines"], key=lambda each: each["line"])
        assert (made.shipping, made.shipping_tax) == (shipping["amount"], shipping["tax"])
        assert (made.amount, made.tax) == (step["amount"], step["tax"])
        left = after(left, made)
