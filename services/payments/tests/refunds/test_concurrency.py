"""Refunds asked for many times at once, and together with others of the same payment."""

from __future__ import annotations

import asyncio

from chassis.testing import eventually
from chassis.values import uuid7
from payments.refunds.usecases.reconcile_refunds import reconcile_refunds
from payments.tests.shop import CAPTURE_ENTRIES, REFUND_ENTRIES, Shop


async def test_of_refunds_at_once_that_are_more_than_the_rest_only_those_that_fit_are_made(shop: Shop):
    order_id = await shop.captured()
    asked = [uuid7() for _ in range(10)]
    answers = await asyncio.gather(*(shop.refund(order_id, 2500, refund_id) for refund_id in asked))
    assert sorted(answer.status_code for answer in answers) == [202] + [409] * 9
    assert {answer.json().get("refundable") for answer in answers if answer.status_code == 409} == {1700}
    (won,) = [refund_id for refund_id, answer in zip(asked, answers, strict=True) if answer.status_code == 202]
    await shop.refund_becomes(won, "succeeded")
    assert [each["amount"] for each in shop.double.refunds(order_id)] == [2500]
    (row,) = await shop.rows("select refunds_sum from payments")
    assert row["refunds_sum"] == 2500


async def test_the_same_refund_twenty_times_at_once_is_one_transfer(shop: Shop):
    order_id, refund_id = await shop.captured(), uuid7()
    shop.double.faults(latency_ms=100, operation="refund")
    answers = await asyncio.gather(
        *(shop.refund(order_id, 1200, refund_id) for _ in range(20)),
        *(_reconciled(shop) for _ in range(3)),
    )
    assert {answer.status_code for answer in answers if answer is not None} == {202}
    await shop.refund_becomes(refund_id, "succeeded")
    assert len(shop.double.refunds(order_id)) == 1
    assert await shop.entries(order_id) == CAPTURE_ENTRIES + REFUND_ENTRIES
    assert [kind for kind, _ in await shop.facts(order_id)].count("payment.refunded") == 1


async def _reconciled(shop: Shop) -> None:
    """As a replica that finds the refund due while this one makes it."""
    due = "update refunds set next_check_at = now(), version = version + 1 where status = 'requested' returning id"
    await eventually(lambda: shop.rows(due), what="the refund", timeout=20)
    await reconcile_refunds(shop.app.ctx)


async def test_webhooks_that_race_the_answer_book_it_once(shop: Shop):
    order_id, refund_id = await shop.captured(), uuid7()
    await shop.refund(order_id, 1200, refund_id)
    (at_stripe,) = await eventually(lambda: shop.double.refunds(order_id), what="the refund at Stripe")
    await eventually(lambda: shop.listener.about(at_stripe["id"]), what="its webhook")
    await asyncio.gather(shop.deliver_all(at_stripe["id"], times=5), shop.refunds_reconciled())
    await shop.refund_becomes(refund_id, "succeeded")
    assert await shop.entries(order_id) == CAPTURE_ENTRIES + REFUND_ENTRIES
    assert len(await shop.rows("select from refunds")) == 1


async def test_a_refund_in_the_dashboard_that_leaves_no_room_for_ours_makes_ours_fail(shop: Shop):
    order_id, refund_id = await shop.captured(), uuid7()
    intent = shop.double.intent(order_id)["id"]
    shop.double.faults(fail_before_commit=1, operation="refund")
    await shop.refund(order_id, 3000, refund_id)
    await eventually(lambda: shop.double.shown("faults")["fail_before_commit"] == 0, what="the call")
    made = shop.double.control("refunds", payment_intent=intent, amount=3000)
    await eventually(lambda: shop.listener.about(made["id"]), what="its webhook")
    await shop.deliver_all(made["id"], times=2)
    await shop.refund_becomes(refund_id, "failed")
    found = await shop.refunds(order_id)
    assert (found["refunded"], found["pending"], found["refundable"]) == (3000, 0, 1200)
    states = {(each["origin"], each["status"]) for each in found["refunds"]}
    assert states == {("shop", "failed"), ("provider", "succeeded")}
    assert [kind for kind, _ in await shop.facts(order_id)][-2:] == ["payment.refund_failed", "payment.refunded"]
    assert (await shop.rows("select attention from payments"))[0]["attention"] is None
