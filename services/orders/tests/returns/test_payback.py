"""Money for what came back: once, after it came, and never more than is left."""

from __future__ import annotations

import asyncio
from collections import Counter as Count
from typing import Any
from uuid import UUID

from chassis.values import uuid7
from orders.checkout import lock_order
from orders.refunds import Hooks, find
from orders.refunds.usecases.record_refund import record_failed
from orders.returns.usecases.refund_return import PaybackWish, refund_return
from orders.tests.returns.counter import Counter

GIVEN = "select coalesce(sum(amount), 0) from refunds where order_id = $1 and status <> 'failed'"


async def came(counter: Counter, *quantities: int, fee: int = 0, **pieces: int) -> tuple[UUID, str]:
    """An order, and a return of it that has come."""
    order = await counter.delivered(*quantities)
    body: dict[str, Any] = {"lines": [{"position": 1, "quantity": pieces["p1"]}], "reason": "late"}
    opened = await counter.ask("POST", f"{order}/returns", {**body, "fee": {"amount": fee, "currency": "EUR"}})
    back = opened.json()["id"]
    assert (await counter.received(order, back, restocked=pieces["p1"])).status_code == 200
    return order, back


async def staff_refund(counter: Counter, order: UUID, quantity: int) -> Any:
    body = {
        "lines": [{"position": 1, "quantity": quantity}],
        "expected_total": {"amount": 1000 * quantity, "currency": "EUR"},
        "reason": "requested_by_customer",
    }
    return await counter.ask("POST", f"{order}/refunds", body)


async def test_two_who_pay_a_return_back_pay_it_once(counter: Counter):
    order, back = await came(counter, 2, fee=100, p1=2)
    answers = await asyncio.gather(*(counter.step(order, back, "refund") for _ in range(5)))
    assert Count(answer.status_code for answer in answers) == {201: 1, 409: 4}
    assert {answer.json()["type"] for answer in answers if answer.status_code == 409} == {"return-paid-back"}
    assert await counter.value(GIVEN, order) == 1900


async def test_the_same_key_pays_back_once_also_where_the_answer_was_lost(counter: Counter):
    order, back = await came(counter, 1, p1=1)
    first = await counter.step(order, back, "refund", key="pay")
    died = "update idempotency set status = null, headers = null, body = null, claimed_until = now() where key = 'pay'"
    await counter.execute(died)
    again = await counter.step(order, back, "refund", key="pay")
    assert (again.status_code, again.json()["refund_id"]) == (201, first.json()["refund_id"])
    assert await counter.value(GIVEN, order) == 1000


async def test_a_return_that_meets_a_refund_of_the_same_pieces(counter: Counter):
    """Whichever comes first: two pieces are paid back once."""
    for _ in range(3):
        order, back = await came(counter, 2, p1=2)
        answers = await asyncio.gather(counter.step(order, back, "refund"), staff_refund(counter, order, 2))
        assert sorted(answer.status_code for answer in answers) == [201, 409], [answer.text for answer in answers]
        assert await counter.value(GIVEN, order) == 2000


async def test_what_was_paid_back_before_is_left_out_by_naming_the_rest(counter: Counter):
    order, back = await came(counter, 2, p1=2)
    assert (await staff_refund(counter, order, 1)).status_code == 201
    whole = await counter.step(order, back, "refund")
    assert (whole.status_code, whole.json()["type"]) == (409, "refund-exceeds")
    rest = await counter.step(order, back, "refund", {"lines": [{"position": 1, "quantity": 1}]})
    assert rest.status_code == 201
    assert await counter.value(GIVEN, order) == 2000
    assert await counter.pieces(order) == [(2, 0, 2, 0, 2)]


async def test_a_refund_for_a_return_cancels_nothing_that_is_still_to_be_sent(counter: Counter):
    order = await counter.paid(3)
    await counter.sent(order, p1=2)
    back = await counter.opened(order, p1=1)
    await counter.received(order, back, discarded=1)
    assert (await counter.step(order, back, "refund")).status_code == 201
    assert await counter.pieces(order) == [(3, 0, 2, 0, 1)]
    assert (await counter.send(order, p1=1)).status_code == 201


async def test_pieces_that_were_paid_back_before_are_not_paid_by_those_that_are_still_to_be_sent(counter: Counter):
    order = await counter.paid(4)
    await counter.sent(order, p1=2)
    assert (await staff_refund(counter, order, 1)).status_code == 201
    back = await counter.opened(order, p1=2)
    await counter.received(order, back, restocked=2)
    refused = await counter.step(order, back, "refund")
    assert (refused.status_code, refused.json()["type"]) == (409, "refund-exceeds")
    assert (refused.json()["errors"][0]["field"], refused.json()["errors"][0]["message"]) == (
        "lines.0.quantity",
        "At most 1",
    )
    rest = await counter.step(order, back, "refund", {"lines": [{"position": 1, "quantity": 1}]})
    assert rest.status_code == 201
    assert await counter.value(GIVEN, order) == 2000
    assert await counter.pieces(order) == [(4, 0, 2, 0, 2)]
    assert (await counter.send(order, p1=2)).status_code == 201


async def test_only_what_came_is_paid_back(counter: Counter):
    order = await counter.delivered(2)
    back = await counter.opened(order, p1=2)
    await counter.received(order, back, restocked=1, missing=1)
    more = await counter.step(order, back, "refund", {"lines": [{"position": 1, "quantity": 2}]})
    assert (more.status_code, more.json()["errors"][0]["field"]) == (422, "lines.0.quantity")
    other = await counter.delivered(1)
    lost = await counter.opened(other, p1=1)
    await counter.received(other, lost, missing=1)
    nothing = await counter.step(other, lost, "refund")
    assert (nothing.status_code, nothing.json()["errors"][0]["field"]) == (422, "lines")
    assert await counter.value("select count(*) from refunds") == 0


async def test_a_fee_of_all_that_was_paid_leaves_nothing_to_pay_back(counter: Counter):
    order, back = await came(counter, 1, fee=1000, p1=1)
    nothing = await counter.step(order, back, "refund")
    assert (nothing.status_code, nothing.json()["errors"][0]["code"]) == (422, "nothing")
    assert await counter.value("select refund_id from returns where id = $1", UUID(back)) is None


async def test_a_return_whose_refund_failed_is_paid_back_again(counter: Counter):
    order_id, back = await came(counter, 1, p1=1)
    refund_id = UUID((await counter.step(order_id, back, "refund")).json()["refund_id"])
    ctx = counter.service.ctx
    async with ctx.db.write() as tx:
        order, refund = await lock_order(tx, order_id), await find(tx, refund_id)
        assert order is not None
        assert refund is not None
        for hook in ctx.get(Hooks).refund_failed:
            await hook(tx, ctx, order, refund)
    assert await counter.value("select refund_id from returns where id = $1", UUID(back)) is None


async def test_a_refund_that_failed_before_its_answer_was_kept_is_not_made_again(counter: Counter):
    order, back = await came(counter, 1, p1=1)
    refund_id, staff = uuid7(), UUID(int=7)
    ctx = counter.service.ctx
    await refund_return(ctx, order, UUID(back), refund_id, PaybackWish(), staff)
    async with ctx.db.write() as tx:
        await record_failed(ctx, tx, order, refund_id, "declined")
    _, found = await refund_return(ctx, order, UUID(back), refund_id, PaybackWish(), staff)
    assert found.refund_id is None
    assert await counter.value("select count(*) from refunds where order_id = $1", order) == 1
    assert (await counter.step(order, back, "refund")).status_code == 201


async def test_only_those_who_may_refund_pay_back(counter: Counter):
    order, back = await came(counter, 1, p1=1)
    writer = counter.service.token(scopes=("orders:read", "orders:write"))
    path = f"/api/v1/admin/orders/{order}/returns/{back}/refund"
    refused = await counter.service.client.post(path, json={}, headers={**writer, "Idempotency-Key": "k"})
    assert refused.status_code == 403
