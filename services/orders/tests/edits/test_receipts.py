"""Orders that are paid by bank transfer: staff mark them as paid, through the real payment service."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

from chassis.values import uuid7
from orders.tests.edits.clerk import SCOPES
from orders.tests.gate import Gate
from orders.tests.shop import Placed, Shop, euros, order_of

TOTAL = euros(3000)
STAFF = uuid7()


@pytest.fixture
def overrides() -> dict[str, object]:
    return {"payment_methods": ["card", "bank_transfer"]}


async def transfer(shop: Shop) -> Placed:
    """An order that waits for a bank transfer."""
    answer = await shop.post_order({**order_of((shop.shelves.article(), 1)), "payment_method": "bank_transfer"})
    assert answer.status_code == 201, answer.text
    return Placed(answer.json(), {"Order-Token": answer.json()["order_token"]})


async def receive(
    shop: Shop, order_id: str, reference: Any, amount: Any = TOTAL, scopes: tuple[str, ...] = SCOPES
) -> httpx.Response:
    body = {"amount": amount, "reference": reference}
    headers = shop.service.token(STAFF, scopes=scopes)
    return await shop.client.post(f"/api/v1/admin/orders/{order_id}/receipts", json=body, headers=headers)


async def entries(shop: Shop, order_id: str) -> int:
    sql = "select count(*) from order_events where order_id = $1::text::uuid and kind = 'money_received' and actor = $2"
    return int(await shop.value(sql, order_id, STAFF))


async def test_an_order_is_paid_once_by_its_reference(shop: Shop) -> None:
    placed, other, card = await transfer(shop), await transfer(shop), await shop.place((shop.shelves.article(), 1))
    for amount, reason in ((euros(2999), "underpaid"), ({"amount": 3000, "currency": "USD"}, "currency")):
        answer = await receive(shop, placed.id, "r-1", amount)
        assert (answer.status_code, answer.json()["type"]) == (409, "receipt-amount-differs")
        assert (answer.json()["reason"], answer.json()["expected"]) == (reason, TOTAL)
    reference = str(uuid4())
    answers = await asyncio.gather(*(receive(shop, placed.id, reference) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {200}
    await shop.until(placed, "paid")
    assert (await receive(shop, placed.id, reference)).json()["status"] == "paid"
    assert await entries(shop, placed.id) == 1
    for order_id, used, refusal in (
        (other.id, reference, "receipt-reference-used"),
        (placed.id, str(uuid4()), "payment-already-received"),
        (card.id, str(uuid4()), "payment-not-manual"),
    ):
        answer = await receive(shop, order_id, used)
        assert (answer.status_code, answer.json()["type"]) == (409, refusal), answer.text
    assert (await receive(shop, str(uuid7()), "r-2")).status_code == 404
    for wrong in ("", "a" * 141, "a\nb", "a\u0000", 7):
        assert (await receive(shop, other.id, wrong)).status_code == 422
    for unheard in (euros(-1), euros(0), euros(10**12), euros(2**63 - 1)):
        assert (await receive(shop, other.id, "r-2", unheard)).status_code == 422
    assert (await receive(shop, other.id, "r-2", scopes=("orders:write",))).status_code == 403
    await shop.client.post(f"/api/v1/orders/{other.id}/cancel", headers=other.key)
    await shop.until(other, "cancelled")
    assert (await receive(shop, other.id, str(uuid4()))).json()["type"] == "payment-cancelled"


async def test_a_lost_answer_is_an_unknown_and_the_repeat_finds_it_done(gated: Shop, gates: dict[str, Gate]) -> None:
    placed, reference = await transfer(gated), str(uuid4())
    for mode in ("refuse", "lose", "418"):
        gates["payments"].mend()
        gates["payments"].cut("/receive", mode)
        assert (await receive(gated, placed.id, reference)).status_code == 503
    assert await entries(gated, placed.id) == 0
    gates["payments"].mend()
    assert (await receive(gated, placed.id, reference)).status_code == 200
    await gated.until(placed, "paid")
    assert await entries(gated, placed.id) == 1


async def test_an_order_whose_payment_is_not_open_yet_is_told_so(gated: Shop, gates: dict[str, Gate]) -> None:
    gates["payments"].cut("/internal/payments", "refuse")
    placed = await transfer(gated)
    answer = await receive(gated, placed.id, str(uuid4()))
    assert (answer.status_code, answer.json()["type"]) == (409, "no-payment-yet")
