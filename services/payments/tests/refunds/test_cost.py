"""What a refund costs here, in counts that depend on no machine: a change that costs more is red."""

from __future__ import annotations

from chassis.testing import eventually
from chassis.testing.budgets import budgets
from chassis.testing.counts import RecordCount
from chassis.testing.databases import database_name
from chassis.testing.statements import counted
from chassis.values import uuid7
from payments.tests.shop import BY_ITSELF, Shop
from payments.tests.stripe_front import StripeProxy

REFUNDS = 5


async def test_a_refund_is_within_its_budget(fronted: tuple[Shop, StripeProxy], record_count: RecordCount):
    shop, front = fronted
    orders = [await shop.captured() for _ in range(REFUNDS + 1)]
    front.calls.clear()
    first = uuid7()
    await shop.refund(orders[0], 1200, first)
    await shop.refund_becomes(first, "succeeded")
    async with counted(shop.app.bench.postgres, database_name("payments")) as cost:
        for order_id in orders[1:]:
            refund_id = uuid7()
            assert (await shop.refund(order_id, 1200, refund_id)).status_code == 202
            await eventually(lambda: front.calls.count("refund") == len(front.calls), what="the call")
            await shop.refund_becomes(refund_id, "succeeded")
    mine = cost.work("payments", *BY_ITSELF)
    record_count("5 refunds in payments", statements=mine.statements, commits=mine.commits, events=cost.events)
    record_count("5 refunds", calls_of_stripe=len(front.calls) - 1)
    # Asked for by one statement. The answer by a transaction of three: payment and refunds locked; refund, ledger and
    # event written.
    most = budgets()["a refund made, in payments"]
    assert mine.statements == most["statements"] * REFUNDS, mine.told()
    assert (mine.begun, mine.commits) == (REFUNDS, most["commits"] * REFUNDS), mine.told()
    assert (cost.events, cost.jobs) == (most["events"] * REFUNDS, 0), cost.told()
    assert front.calls == ["refund"] * most["stripe"] * (REFUNDS + 1)
