"""Refunds through the real payment service, to Stripe's double: one transfer each, whatever fails on the way."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from chassis.testing import eventually
from orders.tests.gate import Gate
from orders.tests.refunds.cashier import euros, piece
from orders.tests.shop import Placed, Shop

SCOPES = ("orders:read", "orders:write", "refunds:write")


async def ask(shop: Shop, placed: Placed, path: str, body: dict[str, Any]) -> dict[str, Any]:
    sent = {"Idempotency-Key": str(uuid4()), **shop.service.token(scopes=SCOPES)}
    answer = await shop.client.post(f"/api/v1/admin/orders/{placed.id}/{path}", json=body, headers=sent)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def execute(shop: Shop, sql: str) -> None:
    async with shop.service.ctx.db.write() as tx:
        await tx.execute(sql)


async def listed(shop: Shop, placed: Placed) -> list[dict[str, Any]]:
    path = f"/api/v1/admin/orders/{placed.id}/refunds"
    found: list[dict[str, Any]] = (await shop.client.get(path, headers=shop.service.token(scopes=SCOPES))).json()[
        "items"
    ]
    return found


async def until(shop: Shop, placed: Placed, *statuses: str) -> list[dict[str, Any]]:
    async def reached() -> list[dict[str, Any]] | None:
        await execute(shop, "update refunds set next_attempt_at = now() where next_attempt_at is not null")
        found = await listed(shop, placed)
        return found if [each["status"] for each in found] == list(statuses) else None

    found: list[dict[str, Any]] = await eventually(reached, 60, f"refunds {statuses}")
    return found


def at_stripe(shop: Shop, placed: Placed) -> list[tuple[int, str]]:
    return [(each["amount"], each["status"]) for each in shop.double.refunds_of(placed.secret)]


async def test_money_goes_back_by_piece_and_by_cancellation(shop: Shop) -> None:
    article = shop.shelves.article(stock=9)
    placed = await shop.place((article, 2))
    await shop.paid(placed)
    body = {"reason": "requested_by_customer", "lines": [piece(1, restock=False)], "expected_total": euros(2500)}
    first = await ask(shop, placed, "refunds", body)
    assert (first["status"], first["total"]) == ("requested", euros(2500))
    await until(shop, placed, "refunded")
    assert at_stripe(shop, placed) == [(2500, "succeeded")]
    rest = {"reason": "customer", "restock": True, "refund": True, "expected_total": euros(3000)}
    await ask(shop, placed, "cancellations", rest)
    await until(shop, placed, "refunded", "refunded")
    assert sorted(at_stripe(shop, placed)) == [(2500, "succeeded"), (3000, "succeeded")]
    shown = (await shop.client.get(f"/api/v1/orders/{placed.id}", headers=placed.key)).json()
    assert (shown["payment_status"], shown["life"], shown["refunded"]) == ("refunded", "cancelled", euros(5500))


async def test_a_refund_and_a_dispute_at_the_provider_arrive_here(shop: Shop) -> None:
    placed = await shop.place((shop.shelves.article(), 1))
    await shop.paid(placed)
    shop.double.at_dashboard("refunds", placed.secret, amount=1000)
    (found,) = await until(shop, placed, "refunded")
    assert (found["origin"], found["total"]) == ("provider", euros(1000))


async def test_a_refund_while_payments_is_away_is_made_once_later(gated: Shop, gates: dict[str, Gate]) -> None:
    """Refused at first; then done, and the answer is lost; then asked again."""
    placed = await gated.place((gated.shelves.article(), 1))
    await gated.paid(placed)
    body = {"reason": "other", "amount": euros(700), "expected_total": euros(700)}
    for mode in ("refuse", "lose"):
        gates["payments"].mend()
        gates["payments"].cut("/refunds", mode)
        assert (await ask(gated, placed, "refunds", body))["status"] == "requested"
    gates["payments"].mend()
    await until(gated, placed, "refunded", "refunded")
    assert at_stripe(gated, placed) == [(700, "succeeded")] * 2


async def test_a_refund_that_payments_refuses_has_failed(shop: Shop) -> None:
    """Somebody gave the money back at the provider, and nobody here knows of it yet."""
    placed = await shop.place((shop.shelves.article(), 1))
    await shop.paid(placed)
    shop.double.at_dashboard("refunds", placed.secret)
    await until(shop, placed, "refunded")
    # As if its event had not come yet.
    for sql in (
        "delete from refund_lines",
        "delete from refunds",
        "update order_progress set refunded = 0",
    ):
        await execute(shop, sql)
    body = {"reason": "other", "whole": True, "expected_total": euros(3000)}
    made = await ask(shop, placed, "refunds", body)
    assert (made["status"], made["failure"]) == ("failed", "refund-exceeds")
