"""Orders of nothing: they are sold at once, and payments hears of none of them."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any
from uuid import uuid4

import httpx

from chassis.testing import eventually
from orders.tests.discounts.desk import Desk
from orders.tests.gate import Gate
from orders.tests.shelves import Article
from orders.tests.shop import Placed, Shop, euros, order_of

Gates = dict[str, Gate]
WHOLE: dict[str, Any] = {"title": "All of it", "rate": 1_000_000}
STAFF = ("orders:read", "orders:write", "refunds:write")


def wanted(article: Article, code: str, **fields: Any) -> dict[str, Any]:
    return {**order_of((article, 1)), "expected_total": euros(0), "discount_codes": [code], **fields}


def placed(answer: httpx.Response) -> Placed:
    assert answer.status_code == 201, answer.text
    return Placed(answer.json(), {"Order-Token": answer.json()["order_token"]})


def asked(gates: Gates) -> list[str]:
    """What payments was asked about payments; its feed is read all the time."""
    return [path for path in gates["payments"].asked if path != "/internal/feed"]


async def test_what_costs_nothing_is_sold_mailed_and_invoiced(gated: Shop, gates: Gates) -> None:
    article, buyer = gated.shelves.article(stock=3, ships=False), f"{uuid4().hex}@example.com"
    await Desk(gated.service).make("GIFT", **WHOLE)
    answer = await gated.post_order(wanted(article, "GIFT", email=buyer, payment_method="bank_transfer"))
    order = placed(answer)
    assert (order.body["payment"], order.body["payment_instructions"]) == (None, None)
    await gated.until(order, "paid")
    shown = (await gated.client.get(f"/api/v1/orders/{order.id}", headers=order.key)).json()
    assert (shown["payment_status"], shown["payment_method"], shown["total"]) == ("paid", "card", euros(0))
    assert gated.shelves.level(article) == (2, 0)
    assert "paid" in (await gated.mail(buyer))["subject"]

    async def invoices() -> list[dict[str, Any]]:
        path = f"/api/v1/orders/{order.id}/documents"
        found: list[dict[str, Any]] = (await gated.client.get(path, headers=order.key)).json()["items"]
        return found

    (invoice,) = await eventually(invoices, what="the invoice")
    assert (invoice["kind"], invoice["total"]) == ("invoice", euros(0))
    path, staff = f"/api/v1/admin/orders/{order.id}", gated.service.token(scopes=STAFF)
    fresh = {**staff, "Idempotency-Key": str(uuid4())}
    body = {"reason": "other", "whole": True, "expected_total": euros(0)}
    refused = await gated.client.post(f"{path}/refunds", json=body, headers=fresh)
    assert (refused.status_code, refused.json()["type"]) == (422, "nothing-to-refund"), refused.text
    body = {"reason": "customer", "restock": True, "refund": True, "expected_total": euros(0)}
    fresh = {**staff, "Idempotency-Key": str(uuid4())}
    cancelled = await gated.client.post(f"{path}/cancellations", json=body, headers=fresh)
    assert cancelled.status_code == 201, cancelled.text
    await eventually(lambda: gated.shelves.level(article) == (3, 0), what="the restock")
    assert asked(gates) == []


async def test_a_code_of_all_is_used_as_often_as_it_may_be(gated: Shop) -> None:
    articles = gated.shelves.article(stock=50, ships=False)
    desk = Desk(gated.service)
    discount = await desk.make("FEW", **WHOLE, max_uses=4)

    async def ordered() -> httpx.Response:
        """Sent again, with its key, while too many wait for the discount."""
        key = {"Idempotency-Key": str(uuid4())}
        answers = []

        async def answered() -> bool:
            answers.append(await gated.post_order(wanted(articles, "FEW"), key))
            return answers[-1].status_code != 503

        await eventually(answered, what="an answer to an order")
        return answers[-1]

    answers = await asyncio.gather(*(ordered() for _ in range(16)))
    ends = Counter(answer.status_code for answer in answers)
    assert ends[201] == 4
    refused = {answer.json()["type"] for answer in answers if answer.status_code != 201}
    assert refused <= {"discount-used-up", "discount-rejected"}
    for answer in answers:
        if answer.status_code == 201:
            await gated.until(placed(answer), "paid")
    assert gated.shelves.level(articles) == (46, 0)
    assert (await desk.figures(discount))["used"] == 4


async def test_the_last_piece_goes_to_one_and_the_other_has_used_no_code(gated: Shop, gates: Gates) -> None:
    article, desk = gated.shelves.article(stock=1, ships=False), Desk(gated.service)
    discount = await desk.make("LAST", **WHOLE, max_uses=9)
    answers = await asyncio.gather(*(gated.post_order(wanted(article, "LAST")) for _ in range(4)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 3}
    assert {answer.json()["type"] for answer in answers if answer.status_code == 409} == {"out-of-stock"}
    (first,) = [placed(answer) for answer in answers if answer.status_code == 201]
    await gated.until(first, "paid")

    async def given_back() -> bool:
        return bool((await desk.figures(discount))["used"] == 1)

    await eventually(given_back, what="the uses of those that found nothing")
    assert asked(gates) == []


async def test_after_an_outage_it_is_sold_or_given_up(gated: Shop, gates: Gates) -> None:
    """Nobody is asked to void or to capture what was never to be paid."""
    article = gated.shelves.article(stock=3, ships=False)
    await Desk(gated.service).make("LATE", **WHOLE)
    gates["catalog"].cut("/internal/reservations", "refuse")
    late, lost = [placed(await gated.post_order(wanted(article, "LATE"))) for _ in range(2)]
    assert {await gated.status(order) for order in (late, lost)} == {"placed"}
    async with gated.service.ctx.db.write() as tx:
        await tx.execute("update orders set expires_at = now() where id = $1", lost.id)
    assert await gated.push(lost, "cancelled") == "cancelled"
    gates["catalog"].mend()
    assert await gated.push(late, "paid") == "paid"
    assert gated.shelves.level(article) == (2, 0)
    assert asked(gates) == []
