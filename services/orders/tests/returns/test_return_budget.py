"""What the steps of a return cost in PostgreSQL, counted: a change that costs more is red."""

from __future__ import annotations

from collections.abc import Awaitable

import httpx

from chassis.testing.budgets import budget
from chassis.testing.counts import RecordCount
from chassis.testing.databases import database_name
from chassis.testing.statements import Cost, counted
from orders.tests.returns.counter import Counter
from orders.tests.test_budget import _SWEEPS

# Jobs, which begin by themselves, and the sweep of refunds, in which the payment service does not answer.
_BY_ITSELF = (*_SWEEPS, "from restocks where", "mails_about", "update refunds set", "from refunds r")


async def cost(counter: Counter, answer: Awaitable[httpx.Response]) -> Cost:
    async with counted(counter.service.bench.postgres, database_name("orders")) as found:
        got = await answer
        assert got.is_success, got.text
    return found.work("orders", *_BY_ITSELF)


async def test_each_step_of_a_return_is_within_its_budget(counter: Counter, record_count: RecordCount):
    """Its mails are not sent here: no mail server is configured."""
    order = await counter.delivered(2)
    costs = {"asked": await cost(counter, counter.request(order, p1=2))}
    back = str((await counter.ask("GET", f"{order}/returns")).json()["items"][0]["id"])
    costs["approved"] = await cost(counter, counter.step(order, back, "approve"))
    costs["received"] = await cost(counter, counter.received(order, back, restocked=1, to_process=1))
    looked_at = {"lines": [{"position": 1, "discarded": 1}]}
    costs["inspected"] = await cost(counter, counter.step(order, back, "inspect", looked_at))
    costs["closed"] = await cost(counter, counter.step(order, back, "close"))
    for name, found in costs.items():
        record_count(f"a return {name}", statements=found.statements, commits=found.commits)
    # Where a mail is to be sent, its job may have looked at the order meanwhile.
    most = {name: budget(f"a return {'asked for' if name == 'asked' else name}") for name in costs}
    assert all(found.statements <= most[name]["statements"] for name, found in costs.items()), [
        one.told() for one in costs.values()
    ]
    assert [found.commits for found in costs.values()] == [most[name]["commits"] for name in costs]
