"""What is counted of refunds, and for how long they have waited."""

from __future__ import annotations

from datetime import timedelta

from payments import metrics
from payments.refunds.usecases.read_open import read_open
from payments.tests.shop import Shop

_ASKED = (
    "insert into refunds (id, payment_id, amount, currency, reason, origin, status, key, next_check_at, created_at)"
    " select gen_random_uuid(), id, 10, 'EUR', 'other', 'shop', 'requested', 'refund-x', now(), now() - $1::interval"
    " from payments"
)


async def test_refunds_are_counted_by_how_far_they_came_and_the_oldest_is_timed(shop: Shop):
    outcomes = ("requested", "accepted", "succeeded", "failed")
    before = [metrics.refunds.value("shop", each) for each in outcomes]
    order_id = await shop.captured()
    answer = await shop.refund(order_id, 1200)
    await shop.refund_becomes(answer.json()["refund_id"], "succeeded")
    assert [metrics.refunds.value("shop", each) for each in outcomes] == [
        each + more for each, more in zip(before, (1, 1, 1, 0), strict=True)
    ]
    await read_open(shop.app.ctx)
    assert (metrics.open_refunds.value("requested"), metrics.refund_age.value("requested")) == (0, 0)
    for minutes in (5, 90):
        await shop.rows(_ASKED, timedelta(minutes=minutes))
    await read_open(shop.app.ctx)
    assert metrics.open_refunds.value("requested") == 2
    assert 5400 <= metrics.refund_age.value("requested") < 5700
