"""What was on its way when somebody was erased, and what comes back with an old database, is erased as well."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chassis.resilience import failpoints
from chassis.testing import eventually
from chassis.values import uuid7
from orders.checkout import find_order
from orders.mails import MailFacts, send_about
from orders.privacy import payments_calls
from orders.privacy.domain.person import Person as Erased
from orders.privacy.store import erasing
from orders.privacy.usecases.erase_person import erase_person
from orders.privacy.usecases.repeat_erasures import forget_erasures, repeat_erasures
from orders.privacy.usecases.replay_erasures import enqueue_replay
from orders.tests.privacy.person import Person, Town

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def erased(town: Town, person: Person) -> bool:
    return bool(await town.value("select erased_at is not null from orders where id = $1", person.order_id))


async def by_account(town: Town, person: Person) -> int:
    return await erase_person(town.service.ctx, Erased(account_id=person.account_id))


async def test_an_order_that_was_placed_with_a_token_of_before_is_erased_later(town: Town) -> None:
    person, late = await town.person(account=True), await town.person()
    assert await by_account(town, person) == 1
    await town.execute("update orders set account_id = $2 where id = $1", late.order_id, person.account_id)
    await repeat_erasures(town.service.ctx)
    assert await erased(town, late)
    sql = "select repeat_until > now() + interval '47 hours' from erasures where subject = $1"
    assert await town.value(sql, person.account_id)


async def test_one_that_is_open_waits_and_is_erased_when_it_is_settled(town: Town) -> None:
    person, late = await town.person(account=True), await town.person()
    await by_account(town, person)
    await town.execute("update orders set account_id = $2 where id = $1", late.order_id, person.account_id)
    await town.execute("update order_progress set disputes = 1 where order_id = $1", late.order_id)
    await repeat_erasures(town.service.ctx)
    assert not await erased(town, late)
    await town.execute("update order_progress set disputes = 0 where order_id = $1", late.order_id)
    await repeat_erasures(town.service.ctx)
    assert await erased(town, late)


async def test_a_process_that_dies_between_the_two_services_is_gone_on_with(town: Town) -> None:
    person = await town.person(account=True)
    failpoints.configure("erasure.payments_erased=raise*1")
    try:
        with pytest.raises(failpoints.InjectedFault):
            await by_account(town, person)
    finally:
        failpoints.configure("")
    assert not await erased(town, person)
    await repeat_erasures(town.service.ctx)
    assert await erased(town, person)
    assert await town.with_word(person.word) <= {"documents"}


async def test_a_guests_erasure_that_was_lost_with_the_database_is_done_again_since_payments_knows_of_it(
    town: Town,
) -> None:
    person, account = await town.person(), await town.person(account=True)
    await erase_person(town.service.ctx, Erased(order_ids=(person.order_id,)))
    await by_account(town, account)
    # As in the copy of before: nothing is known of it here, and the order is another that payments was told of.
    lost = await town.person()
    await town.execute("delete from erasures where subject = any($1)", [person.order_id, account.account_id])
    await payments_calls.erase(town.service.ctx, [lost.order_id])
    await enqueue_replay(town.service.ctx, datetime.now(UTC))
    await eventually(lambda: erased(town, lost))
    assert await town.value("select count(*) from erasures where subject = $1", person.order_id) == 1
    listed = await town.service.client.get("/internal/erasures", headers=town.service.caller("identity"))
    subjects = {each["subject"]: each["kind"] for each in listed.json()["erasures"]}
    assert subjects[str(lost.order_id)] == "order"


async def test_an_answer_that_was_kept_meanwhile_goes_and_others_stay(town: Town) -> None:
    person, other = await town.person(), await town.person()
    await erase_person(town.service.ctx, Erased(order_ids=(person.order_id,)))
    kept = "update idempotency set operation_id = $1 where operation_id = $2"
    await town.execute(kept, person.order_id, other.order_id)
    async with town.service.ctx.db.write_one() as tx:
        assert await erasing.erase_answers(tx) == 1
        assert await town.rows_of("idempotency", person) == []


async def test_nobody_is_mailed_about_an_erased_order(town: Town) -> None:
    person = await town.person()
    await erase_person(town.service.ctx, Erased(order_ids=(person.order_id,)))
    async with town.service.ctx.db.read() as tx:
        order = await find_order(tx, person.order_id)
    assert order is not None
    assert not await send_about(town.service.ctx, order, "refunded", uuid7(), MailFacts())
    refused = await town.ask("PATCH", str(person.order_id), {"version": order.version, "email": "eve@example.com"})
    assert (refused.status_code, refused.json()["obstacle"]) == (409, "erased")


async def test_that_somebody_was_erased_is_forgotten_after_ten_years(town: Town) -> None:
    old, young = uuid7(), uuid7()
    sql = """
    insert into erasures (subject, kind, erased_at, repeat_until) values ($1, 'account', now() - $2::interval, now())
    """
    await town.execute(sql, old, timedelta(days=3_660))
    await town.execute(sql, young, timedelta(days=3_600))
    await forget_erasures(town.service.ctx)
    assert await town.value("select array(select subject from erasures where subject = any($1))", [old, young]) == [
        young
    ]
