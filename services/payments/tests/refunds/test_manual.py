"""Refunds of bank transfers and cash: booked at once, as staff send the money, and never at the provider."""

from __future__ import annotations

import asyncio

import pytest

from chassis.values import uuid7
from payments.tests.manual.conftest import till  # noqa: F401 -- the fixture
from payments.tests.manual.test_manual import receive_of, waiting
from payments.tests.shop import Shop


@pytest.mark.parametrize(("method", "account"), [("bank_transfer", "bank"), ("cash", "cash")])
async def test_a_manual_payment_is_refunded_once_from_the_account_that_got_it(
    till: Shop,  # noqa: F811 -- the fixture
    method: str,
    account: str,
):
    order_id, refund_id = uuid7(), uuid7()
    assert (await waiting(till, method, order_id)).status_code == 200
    assert (await till.refund(order_id)).json()["type"] == "payment-not-captured"
    assert (await receive_of(till, order_id)).status_code == 200
    answers = await asyncio.gather(*(till.refund(order_id, 1200, refund_id) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {202}
    assert (await till.refund(order_id, 1200, refund_id)).json()["status"] == "succeeded"
    assert (await till.entries(order_id))[2:] == [
        ("customer_orders", "debit", 1200, "EUR"),
        (account, "credit", 1200, "EUR"),
    ]
    kind, data = (await till.facts(order_id))[-1]
    assert (kind, data["refunded"], data["origin"]) == ("payment.refunded", 1200, "shop")
    assert (await till.refund(order_id, 3001)).json()["refundable"] == 3000
    assert till.double.intents(order_id) == []


async def test_a_manual_refund_that_was_left_by_a_crash_is_booked_by_the_reconciler(till: Shop):  # noqa: F811
    order_id = uuid7()
    await waiting(till, "cash", order_id)
    await receive_of(till, order_id)
    await till.rows(
        "insert into refunds (id, payment_id, amount, currency, reason, origin, manual, status, key, next_check_at)"
        " select gen_random_uuid(), id, 1200, 'EUR', 'other', 'shop', true, 'requested', 'refund-x', now()"
        " from payments"
    )
    await till.refunds_reconciled()
    await till.refunds_reconciled()
    assert [status for (status,) in await till.rows("select status from refunds")] == ["succeeded"]
    assert len(await till.entries(order_id)) == 4
