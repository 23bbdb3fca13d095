"""Refunds that are made at the provider, beside those that the shop makes."""

from __future__ import annotations

from uuid import uuid4

from orders.tests.refunds.cashier import TOTAL, Cashier, euros, piece


async def test_a_refund_made_at_the_provider_is_taken_in(desk: Cashier) -> None:
    order, made = await desk.sold(), uuid4()
    await desk.told_refunded(order, made, 419, "provider")
    (shown,) = (await desk.ask("GET", f"{order}/refunds")).json()["items"]
    assert (shown["id"], shown["origin"], shown["status"], shown["created_by"]) == (
        str(made),
        "provider",
        "refunded",
        None,
    )
    # A tenth of everything.
    assert [line["gross"] for line in shown["lines"]] == [euros(270), euros(100)]
    assert (shown["shipping"], shown["total"]) == (euros(49), euros(419))
    assert (await desk.preview(order)).json()["left"]["total"] == euros(TOTAL - 419)
    await desk.books()


async def test_a_refund_at_the_provider_meets_one_that_is_on_its_way(desk: Cashier) -> None:
    """Both were asked for, and the provider took the smaller one first: the other one is refused there."""
    order = await desk.sold()
    ours = await desk.refunded(order, whole=True)
    await desk.told_refunded(order, uuid4(), 190, "provider")
    assert await desk.money(order) == (190, TOTAL)
    assert (await desk.refund(order, 1, amount=euros(1))).json()["type"] == "refund-exceeds"
    await desk.fail(order, ours, "refund-exceeds")
    rest = await desk.refunded(order, whole=True)
    # The 190 were of all lines and of shipping, as it turned out.
    assert (rest["total"], rest["adjustment"]) == (euros(TOTAL - 190), euros(0))
    assert [line["quantity"] for line in rest["lines"]] == [3, 1]
    await desk.accept(order, rest)
    assert await desk.money(order) == (TOTAL, 0)
    await desk.books()


async def test_a_failed_refund_that_was_accepted_all_the_same_is_an_amount(desk: Cashier) -> None:
    order = await desk.sold()
    made = await desk.refunded(order, lines=[piece(1, 3)])
    await desk.fail(order, made, "refund-exceeds")
    other = await desk.refunded(order, lines=[piece(1, 1)])
    await desk.accept(order, made)
    (first, _) = (await desk.ask("GET", f"{order}/refunds")).json()["items"]
    assert (first["status"], first["lines"], first["adjustment"]) == ("refunded", [], euros(2700))
    await desk.accept(order, other)
    assert await desk.money(order) == (3600, 0)
    assert (await desk.preview(order)).json()["left"]["total"] == euros(590)
    await desk.books()
