"""Orders by bank transfer, with the real payment service: how to pay is told, and the money comes days later."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from chassis.testing import eventually
from orders.tests.double import TRANSFER
from orders.tests.shop import Placed, Shop, euros, order_of

Payments = Callable[..., httpx.Response]


@pytest.fixture
def overrides() -> dict[str, object]:
    """Cash is offered here; payments may have been told otherwise."""
    limits = {"manual_orders_per_address": 100_000, "manual_orders_per_holder": 2}
    return {"payment_methods": "card, bank_transfer, cash", "return_days": 7, **limits}


@pytest.fixture
def payments(neighbours: Any, bench: Any) -> Payments:
    """Asks payments, as orders does."""
    token = bench.keyring.service_token("orders", "payments")

    def ask(method: str, path: str, **options: Any) -> httpx.Response:
        url = f"{neighbours[1].url}/internal/payments/{path}"
        return httpx.request(method, url, headers={"Authorization": f"Bearer {token}"}, timeout=60, **options)

    return ask


async def transferred(shop: Shop, body: dict[str, Any], **headers: str) -> Placed:
    answer = await shop.post_order({**body, "payment_method": "bank_transfer"}, headers)
    assert answer.status_code == 201, answer.text
    placed = answer.json()
    return Placed(placed, {"Order-Token": placed["order_token"]} if placed.get("order_token") else headers)


def came(payments: Payments, placed: Placed) -> httpx.Response:
    """The whole amount is on the shop's account."""
    total = placed.body["order"]["total"]
    return payments("POST", f"{placed.id}/receive", json={**total, "reference": f"transfer {placed.id}"})


async def test_a_transfer_is_asked_for_in_writing_and_pays_the_order(shop: Shop, payments: Payments) -> None:
    article, buyer = shop.shelves.article(stock=9), f"{uuid4().hex}@example.com"
    placed = await transferred(shop, order_of((article, 1), email=buyer))
    order = placed.body["order"]
    assert (order["status"], order["payment_method"], placed.body["payment"]) == (
        *("pending_payment", "bank_transfer"),
        None,
    )
    waits = datetime.fromisoformat(order["expires_at"]) - datetime.fromisoformat(order["placed_at"])
    assert waits == timedelta(days=7)
    told = {
        "method": "bank_transfer",
        "amount": euros(3000),
        "reference": order["number"],
        "text": TRANSFER.replace("{number}", order["number"]),
    }
    assert placed.body["payment_instructions"] == told
    shown = (await shop.client.get(f"/api/v1/orders/{placed.id}/payment", headers=placed.key)).json()
    assert (shown["status"], shown["payment"], shown["payment_instructions"]) == ("pending_payment", None, told)
    mail = (await shop.mail(buyer)).get_body(("plain",)).get_content()
    assert "Please transfer 30.00 EUR until" in mail.replace("€30.00", "30.00 EUR")
    assert all(line in mail for line in told["text"].splitlines())
    assert came(payments, placed).status_code == 200
    await shop.until(placed, "paid")
    assert shop.shelves.level(article) == (8, 0)
    shown = (await shop.client.get(f"/api/v1/orders/{placed.id}/payment", headers=placed.key)).json()
    assert (shown["status"], shown["payment_instructions"]) == ("paid", None)
    kinds = await eventually(lambda: _mails(shop, placed, 2), what="both mails")
    assert kinds == ["confirmation", "placed"]


async def _mails(shop: Shop, placed: Placed, count: int) -> list[str] | None:
    found = await shop.value("select array_agg(kind order by kind) from order_mails where order_id = $1", placed.id)
    return found if found and len(found) == count else None


async def test_a_payment_that_is_opened_later_is_the_same(gated: Shop, gates: Any, neighbours: Any) -> None:
    """By the sweep, where payments was away: with its method, account and address; and the customer gets the mail."""
    me, buyer = gated.customer(), f"{uuid4().hex}@example.com"
    gates["payments"].cut("/internal/payments", "refuse")
    body = order_of((gated.shelves.article(), 1), email=buyer)
    placed = await transferred(gated, body, **me)
    assert (placed.body["order"]["status"], placed.body["payment_instructions"]) == ("placed", None)
    by_card = await gated.place((gated.shelves.article(), 1), headers=me)
    gates["payments"].mend()
    for order in (placed, by_card):
        await gated.push(order, "pending_payment")
    assert "IBAN" in (await gated.mail(buyer)).get_body(("plain",)).get_content()
    held = await gated.value("select address from order_holds where order_id = $1", by_card.id)
    sql = "select method, address from payments where order_id = any($1) order by method"
    connection = await asyncpg.connect(neighbours[1].db_owner_url)
    found = [tuple(row) for row in await connection.fetch(sql, [placed.id, by_card.id])]
    await connection.close()
    assert found == [("bank_transfer", None), ("card", held)]


async def test_a_receipt_that_meets_the_end_of_the_time_to_pay(shop: Shop, payments: Payments) -> None:
    """Either it is paid and sold, or nothing was received and nothing is held."""
    ends = set()
    for number in range(6):
        article = shop.shelves.article(stock=5)
        placed = await transferred(shop, order_of((article, 1)))
        async with shop.service.ctx.db.write() as tx:
            await tx.execute("update orders set expires_at = now(), next_attempt_at = now() where id = $1", placed.id)
        async with asyncio.TaskGroup() as group:
            if number % 2:
                group.create_task(shop.push(placed, "paid", "cancelled", "cancelling"))
            receipt = group.create_task(asyncio.to_thread(came, payments, placed))
        end = await shop.push(placed, "paid", "cancelled")
        ends.add(end)
        known = payments("GET", placed.id).json()["status"]
        if end == "paid":
            assert (receipt.result().status_code, known, shop.shelves.level(article)) == (200, "captured", (4, 0))
        else:
            assert (receipt.result().json()["type"], known) == ("payment-cancelled", "cancelled")
            assert shop.shelves.level(article) == (5, 0)
    assert "paid" in ends


async def test_one_request_has_one_method(shop: Shop) -> None:
    me, key = shop.customer(), str(uuid4())
    body = order_of((shop.shelves.article(), 1))
    tries = [{**body, "payment_method": method} for method in ("card", "bank_transfer", "card", "bank_transfer")]
    answers = await asyncio.gather(*(shop.post_order(each, {**me, "Idempotency-Key": key}) for each in tries))
    assert {answer.status_code for answer in answers} <= {201, 409, 422}
    refused = {answer.json()["type"] for answer in answers if answer.status_code != 201}
    assert refused <= {"idempotency-key-reused", "idempotency-key-running"}
    methods = {answer.json()["order"]["payment_method"] for answer in answers if answer.status_code == 201}
    assert len(methods) == 1
    assert await shop.value("select count(*) from orders") == 1


async def test_only_a_few_orders_wait_for_a_transfer(shop: Shop) -> None:
    me, article = shop.customer(), shop.shelves.article(stock=100)
    body = {**order_of((article, 1)), "payment_method": "bank_transfer"}
    answers = await asyncio.gather(*(shop.post_order(body, me) for _ in range(6)))
    refused = [answer.json() for answer in answers if answer.status_code == 409]
    assert len(refused) == 4
    assert {(each["type"], each["scope"], each["limit"], each["allowed"]) for each in refused} == {
        ("hold-limit", "holder", "manual", 2)
    }
    assert shop.shelves.level(article) == (100, 2)
    # A card pays at once, and what staff place is not counted.
    assert (await shop.post_order(order_of((article, 1)), me)).status_code == 201


async def test_what_payments_does_not_offer_ends_the_order(gated: Shop, gates: Any) -> None:
    article, me, key = gated.shelves.article(stock=3), gated.customer(), str(uuid4())
    body = {**order_of((article, 1)), "payment_method": "cash"}
    gates["payments"].cut("/internal/payments", "422 payment-method-not-offered")
    first = await gated.post_order(body, {**me, "Idempotency-Key": key})
    assert (first.status_code, first.json()["type"]) == (422, "payment-method-not-offered")
    assert [error["field"] for error in first.json()["errors"]] == ["payment_method"]
    again = await gated.post_order(body, {**me, "Idempotency-Key": key})
    assert (again.status_code, again.content) == (422, first.content)
    order_id = await gated.value("select id from orders")
    await gated.until(Placed({"order": {"id": str(order_id)}}, me), "cancelled")
    assert gated.shelves.level(article) == (3, 0)
    # As where the process had died before it kept the answer.
    async with gated.service.ctx.db.write() as tx:
        await tx.execute("update idempotency set status = null, headers = null, body = null, claimed_until = now()")
    last = await gated.post_order(body, {**me, "Idempotency-Key": key})
    assert (last.status_code, last.json()["type"]) == (422, "payment-method-not-offered")


async def test_too_many_declined_cards_end_the_order(shop: Shop, neighbours: Any) -> None:
    article, here = shop.shelves.article(stock=3), {"X-Forwarded-For": "203.0.113.77"}
    first = (await shop.post_order(order_of((article, 1)), here)).json()["order"]["id"]
    connection = await asyncpg.connect(neighbours[1].db_owner_url)
    await connection.execute(
        "insert into payment_declines (payment_id, reference, address) "
        "select id, 'declined ' || n, address from payments, generate_series(1, 30) n where order_id = $1",
        first,
    )
    await connection.close()
    refused = await shop.post_order(order_of((article, 1)), here)
    assert (refused.status_code, refused.json()["type"]) == (409, "too-many-declines")
    await eventually(lambda: shop.shelves.level(article) == (3, 1), what="the stock of the refused order")
    assert await shop.value("select cancel_reason from orders where id <> $1", first) == "payment_unavailable"
    assert (await shop.post_order(order_of((article, 1)))).status_code == 201, "elsewhere"
