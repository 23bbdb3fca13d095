"""What staff have sent again while a try is under way: the end of that try is not the end of theirs."""

from __future__ import annotations

import asyncio
from uuid import UUID

from chassis.testing import eventually
from shop.tests.webhooks.desk import Desk, paid
from shop.webhooks import Sender
from shop.webhooks.store import deliveries
from shop.webhooks.store.deliveries import Claimed, Outcome

TAKEN, REFUSED = Outcome(taken=True, status=204), Outcome(taken=False, status=500)


async def claimed(desk: Desk, hook: str) -> Claimed:
    """A try that another process begins."""
    async with desk.shop.ctx.db.write() as tx:
        (found,) = await deliveries.claim(tx, UUID(hook), 1)
    return found


async def ended(desk: Desk, tried: Claimed, outcome: Outcome) -> bool:
    async with desk.shop.ctx.db.write() as tx:
        return await deliveries.end_try(tx, tried, outcome)


async def test_a_try_under_way_does_not_end_the_one_that_staff_asked_for(desk: Desk) -> None:
    """Both are the first since tries were counted anew."""
    hook, sender = await desk.made("/hangs"), desk.shop.ctx.get(Sender)
    await desk.happened(paid())
    await desk.received(1)
    message = (await desk.log(hook))[0]["message_id"]
    answers = await asyncio.gather(*(desk.ask("POST", f"/{hook}/deliveries/{message}/redeliver") for _ in range(3)))
    assert {answer.status_code for answer in answers} == {202}
    # The process whose try is under way begins nothing else until it has an answer.
    new = await claimed(desk, hook)
    desk.receiver.ended.set()
    await eventually(lambda: not sender._busy, what="the end of the first try")
    line = (await desk.log(hook))[0]
    assert (line["state"], line["tries"], line["last_status"]) == ("waiting", 1, None)
    assert await ended(desk, new, REFUSED)
    line = (await desk.log(hook))[0]
    assert (line["state"], line["last_status"]) == ("failed", 500)
    assert not await ended(desk, new, TAKEN)


async def test_whatever_comes_first_what_staff_asked_for_is_tried(desk: Desk) -> None:
    """The end of a try, and at once staff and the process that begins the new one."""
    hook = await desk.made("/hangs")
    await desk.happened(paid())
    await desk.received(1)
    message = (await desk.log(hook))[0]["message_id"]

    async def asked() -> Claimed:
        assert (await desk.ask("POST", f"/{hook}/deliveries/{message}/redeliver")).status_code == 202
        return await claimed(desk, hook)

    old, wrong = await asked(), []
    for number in range(20):
        outcome = TAKEN if number % 2 else REFUSED
        # Some find the request of staff, some the new try, some neither.
        new, _ = await asyncio.gather(asked(), _later(desk, old, outcome, number / 2000))
        if (await desk.log(hook))[0]["state"] != "waiting":
            wrong.append(number)
        old = new
    assert not wrong
    assert await ended(desk, old, TAKEN)


async def _later(desk: Desk, tried: Claimed, outcome: Outcome, seconds: float) -> None:
    await asyncio.sleep(seconds)
    await ended(desk, tried, outcome)
