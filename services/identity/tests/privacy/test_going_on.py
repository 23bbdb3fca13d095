"""Steps of an erasure that come too early, fail, or are taken by several at once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from chassis.http import ServiceProblem
from chassis.mail import MailRefused, SmtpSender
from chassis.problems import Unavailable
from chassis.values import uuid7
from identity.privacy import OVERDUE
from identity.privacy.store import erasures
from identity.privacy.usecases import erase as erasing
from identity.privacy.usecases import repeat
from identity.privacy.usecases.farewell import mail_farewell
from identity.tests.privacy.erasing import ask, come_due, go_on, state

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def row(people, who) -> Any:
    async with people.service.ctx.db.read() as tx:
        found = await erasures.of_account(tx, who.id)
    assert found is not None
    return found


async def test_asked_for_by_several_at_once_it_is_one(people, others):
    ada = await people.join()
    answers = await asyncio.gather(*(ask(people, ada) for _ in range(4)))
    assert {each.status_code for each in answers} == {202}
    assert len({each.json()["id"] for each in answers}) == 1
    assert await people.lines(ada, "account.erasure_asked") == ["success"]


async def test_before_its_days_are_over_nothing_begins_and_what_was_undone_is_not_done(people, others):
    ada = await people.join()
    assert (await ask(people, ada)).status_code == 202
    await people.execute("update erasures set next_try_at = now() where account_id = $1", ada.id)
    await erasing.erase_due(people.service.ctx)
    assert await state(people, ada) == "asked"
    assert await people.lives(ada.headers)
    await erasing.go_on(people.service.ctx, uuid7())


async def test_many_that_are_due_are_all_done_and_a_refusal_of_a_service_stops_one_alone(people, others, monkeypatch):
    monkeypatch.setattr(erasing, "AT_ONCE", 1)
    crowd = [await people.join() for _ in range(3)]
    for each in crowd:
        assert (await ask(people, each)).status_code == 202
    for _ in range(2):
        others.strange.add(str(crowd[0].id))
        for each in crowd:
            await come_due(people, each.id)
        await erasing.erase_due(people.service.ctx)
    assert [await state(people, each) for each in crowd] == ["begun", "erased", "erased"]
    with pytest.raises(ServiceProblem):
        await erasing.go_on(people.service.ctx, (await row(people, crowd[0])).id)
    others.strange.clear()
    await go_on(people, crowd[0].id)
    assert await state(people, crowd[0]) == "erased"


async def test_a_mail_server_that_is_down_delays_it_for_a_day_and_one_that_refuses_does_not(
    people, others, monkeypatch
):
    ada = await people.join()
    assert (await ask(people, ada)).status_code == 202
    await go_on(people, ada.id)
    ctx = people.service.ctx
    answer: Exception = Unavailable("away")

    async def send(*_: object) -> None:
        raise answer

    monkeypatch.setattr(ctx.get(SmtpSender), "send", send)
    with pytest.raises(Unavailable):
        await mail_farewell(ctx, await row(people, ada))
    long_ago = (await row(people, ada)).begun_at - timedelta(days=2)
    found = erasures.Erasure(**{**_fields(await row(people, ada)), "begun_at": long_ago})
    await mail_farewell(ctx, found)
    answer = MailRefused("no such mailbox")
    await mail_farewell(ctx, await row(people, ada))
    await go_on(people, ada.id)
    assert await state(people, ada) == "erased"


def _fields(found: erasures.Erasure) -> dict[str, Any]:
    return {name: getattr(found, name) for name in found.__struct_fields__}


async def test_how_long_the_oldest_has_been_due_is_measured(people, others):
    await people.execute("delete from erasures where begun_at is null")
    await OVERDUE.read(people.service.ctx)
    ada = await people.join()
    assert (await ask(people, ada)).status_code == 202
    async with people.service.ctx.db.report() as tx:
        assert await erasures.overdue(tx) == 0
    await come_due(people, ada.id)
    async with people.service.ctx.db.report() as tx:
        assert 50 < await erasures.overdue(tx) < 3_600


async def test_after_a_restore_many_that_had_not_begun_are_asked_anew(people, others, monkeypatch):
    await people.execute("delete from erasures where begun_at is null")
    monkeypatch.setattr(repeat, "_AT_ONCE", 2)
    crowd = [await people.join() for _ in range(3)]
    for each in crowd:
        assert (await ask(people, each)).status_code == 202
    # One of an account that this database does not have.
    await people.execute(
        "insert into erasures (account_id, due_at, next_try_at) values (uuidv7(), now() + interval '1 d', now())"
    )
    said = await repeat.repeat_after_restore(people.service.ctx)
    assert "4 that had not begun" in said[0]
    for each in crowd:
        await people.mail(each.email, 2)
