"""What a dispute costs here, in counts that depend on no machine: a change that costs more is red."""

from __future__ import annotations

from chassis.testing.budgets import budget, budgets
from chassis.testing.counts import RecordCount
from chassis.testing.databases import database_name
from chassis.testing.statements import counted
from payments.tests.disputes.test_disputes import OPENED, Fronted, answer, disputed, movement
from payments.tests.shop import BY_ITSELF
from payments.tests.test_cases import captured, told

WORK = "a dispute opened and closed, in payments"
_UNAPPLIED = "provider_events where applied_at is null"


async def test_a_dispute_is_within_its_budget(fronted: Fronted, record_count: RecordCount):
    """Two webhooks when it is opened; when it is won, those that tell of it, and the first two again."""
    shop, front = fronted
    await disputed(shop, front)
    front.answer = None
    _, intent_id = await captured(shop)
    front.calls.clear()
    async with counted(shop.app.bench.postgres, database_name("payments")) as cost:
        dispute = shop.double.control("disputes", payment_intent=intent_id, reason="product_not_received")
        answer(shop, front, dispute["id"], movement(3, -4200, 2000))
        await told(shop, dispute["id"], OPENED)
        shop.double.control(f"disputes/{dispute['id']}", status="won")
        answer(shop, front, dispute["id"], movement(3, -4200, 2000), movement(4, 4200, 0))
        await told(shop, dispute["id"], {"charge.dispute.closed", "charge.dispute.funds_reinstated"})
    mine = cost.work("payments", *BY_ITSELF, _UNAPPLIED)
    record_count("a dispute in payments", statements=mine.statements, commits=mine.commits, events=cost.events)
    record_count("a dispute", calls_of_stripe=len(front.calls))
    found = {name: getattr(mine, name) for name in ("statements", "commits", "events", "jobs")}
    assert all(found[name] <= most for name, most in budget(WORK).items()), f"{found} {mine.told()}"
    assert len(front.calls) <= budgets()[WORK]["stripe"], front.calls
