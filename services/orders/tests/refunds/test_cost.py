"""What refunds and cancellations cost this service, counted: a change that costs more is red."""

from __future__ import annotations

from dataclasses import replace

from chassis.testing import eventually
from chassis.testing.budgets import budget
from chassis.testing.counts import RecordCount
from chassis.testing.databases import database_name
from chassis.testing.statements import Cost, counted
from orders.tests.refunds.cashier import Cashier, piece
from orders.tests.test_budget import assert_within

# What goes on by itself: sweeps, mails and restocks, for which the catalog does not answer here.
_SWEEPS = ("update orders set attempts", "update refunds set attempts", "mails_about where", "from restocks where")


def work_of(cost: Cost) -> Cost:
    """What the requests and events ran. Jobs of mails, which may begin at once, read their order by itself."""
    work = cost.work("orders", *_SWEEPS)
    ran = [each for each in work.ran if not (each.alone and each.sql.endswith("from orders o where o.id = $1"))]
    return replace(work, ran=ran)


async def test_a_refund_is_within_its_budget(desk: Cashier, record_count: RecordCount) -> None:
    server, database = desk.service.bench.postgres, database_name("orders")
    first, second = await desk.sold(), await desk.sold()
    await desk.accept(first, await desk.refunded(first, lines=[piece(1)]))
    await desk.cancel(first, lines=[piece(2)])
    invoices = "select count(*) = 2 from documents where kind = 'invoice'"
    await eventually(lambda: desk.value(invoices), 60, "the invoices")
    async with counted(server, database) as cost:
        made = (await desk.refund(second, 900, lines=[piece(1)])).json()
    record_count("a refund in orders", statements=work_of(cost).statements, events=cost.events)
    assert_within([work_of(cost)], **budget("a refund asked for, in orders"))
    async with counted(server, database) as cost:
        await desk.accept(second, made)
    record_count("a refund's end in orders", statements=work_of(cost).statements, events=cost.events)
    assert_within([work_of(cost)], **budget("a refund accepted, with its credit note"))
    async with counted(server, database) as cost:
        await desk.cancel(second, lines=[piece(2)])
    record_count("a cancellation with its refund", statements=work_of(cost).statements, events=cost.events)
    assert_within([work_of(cost)], statements=28, commits=4, events=1)


async def test_a_dispute_is_within_its_budget(desk: Cashier, record_count: RecordCount) -> None:
    first, second = await desk.sold(), await desk.sold()
    async with counted(desk.service.bench.postgres, database_name("orders")) as cost:
        for order in (first, second):
            await desk.tell("disputed", order, dispute_id=f"du_{order}", amount=100, reason="", status="needs_response")
            await desk.tell("dispute_closed", order, dispute_id=f"du_{order}", amount=100, outcome="won")
    mine = work_of(cost)
    record_count("2 disputes in orders", statements=mine.statements, commits=mine.commits)
    most = budget("a dispute opened and closed, in orders")
    assert mine.statements <= 2 * most["statements"], mine.told()
    assert (mine.commits, cost.events) == (2 * most["commits"], 2 * most["events"]), mine.told()
