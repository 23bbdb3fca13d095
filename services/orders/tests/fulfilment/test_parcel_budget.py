"""What a parcel costs in PostgreSQL, counted: a change that costs more is red."""

from __future__ import annotations

from collections.abc import Awaitable

import httpx

from chassis.testing import eventually
from chassis.testing.budgets import budget
from chassis.testing.counts import RecordCount
from chassis.testing.databases import database_name
from chassis.testing.statements import Cost, counted
from orders.tests.fulfilment.desk import Desk
from orders.tests.test_budget import _SWEEPS, assert_within

_IDLE = "select count(*) = 0 from jobs"


async def cost(desk: Desk, answer: Awaitable[httpx.Response]) -> Cost:
    """Of a request, with the jobs that it begins."""
    async with counted(desk.service.bench.postgres, database_name("orders")) as found:
        got = await answer
        assert got.is_success, got.text
        await eventually(lambda: desk.value(_IDLE), what="its jobs")
    return found.work("orders", *_SWEEPS, _IDLE)


async def test_parcels_are_within_their_budget(desk: Desk, record_count: RecordCount):
    """Sending one fulfils the order, and its customer is mailed."""
    order = await desk.paid(3, 1)
    parcel = await desk.sent(order, p1=1)
    await eventually(lambda: desk.value(_IDLE), what="its jobs")
    last = await cost(desk, desk.send(order, p1=2, p2=1))
    fixed = await cost(desk, desk.ask("PATCH", f"{order}/parcels/{parcel}", {"carrier": "ups"}))
    taken_back = await cost(desk, desk.parcel(order, parcel, "cancel"))
    seen = await cost(desk, desk.ask("GET", f"{order}/parcels", headers=desk.key_of(order)))
    for name, found in (("sent", last), ("tracked", fixed), ("cancelled", taken_back), ("seen", seen)):
        record_count(f"a parcel {name}", statements=found.statements, commits=found.commits)
    assert_within([last], **budget("a parcel sent, with its mail"))
    assert_within([fixed], statements=7, commits=1, events=0, jobs=0)
    assert_within([taken_back], statements=11, commits=1, events=1, jobs=0)
    assert_within([seen], statements=2, commits=0, events=0, jobs=0)
