"""An account is erased some days after it was asked for, in every service, and its owner can undo it until then."""

from __future__ import annotations

import asyncio

import pytest

from identity.privacy.usecases.erase import erase_due
from identity.tests.privacy.erasing import ME, ask, come_due, go_on, state

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_it_is_asked_for_undone_asked_for_again_and_then_the_account_is_gone_everywhere(people, others):
    ada = await people.join()
    client = people.service.client
    asked = await ask(people, ada)
    assert (asked.status_code, asked.json()["state"]) == (202, "waiting")
    assert (await ask(people, ada)).json() == asked.json()
    assert (await client.get(f"{ME}/erasure", headers=ada.headers)).json() == asked.json()
    assert (await people.mail(ada.email))["Subject"] == "Your account will be erased"
    assert [(await client.delete(f"{ME}/erasure", headers=ada.headers)).status_code for _ in range(2)] == [204, 404]
    assert (await client.get(f"{ME}/erasure", headers=ada.headers)).status_code == 404

    assert (await ask(people, ada)).status_code == 202
    await go_on(people, ada.id)
    assert await state(people, ada) == "begun"
    assert others.who_erased(ada.id) == []
    assert not await people.lives(ada.headers)
    assert (await people.sign_in(ada.email)).status_code == 401
    await go_on(people, ada.id)
    assert await state(people, ada) == "erased"
    assert others.who_erased(ada.id) == ["payments", "orders"]
    assert await people.query("select count(*) from accounts where id = $1", ada.id) == 0
    assert (await people.mail(ada.email, 3))["Subject"] == "Your account was erased"
    assert await people.query("select count(*) from outbox where type = 'account.erased' and aggregate_id = $1", ada.id)
    assert await people.lines(ada, "account.erased") == ["success"]
    for action in ("account.erasure_asked", "account.erasure_undone", "account.erasure_begun"):
        assert await people.lines(ada, action), action


async def test_none_of_what_was_kept_of_the_person_is_left_in_any_table_and_they_may_join_anew(people, others):
    ada = await people.join()
    address = {"name": "Ada Canary", "line1": "Canary Street 1", "country": "GB", "phone": "+44 20 7946 0321"}
    headers = {**ada.headers, "Idempotency-Key": "canary-canary-canary-canary"}
    assert (await people.service.client.post(f"{ME}/addresses", json=address, headers=headers)).status_code == 201
    assert (await people.post("accounts/me/second-factor", ada.headers)).status_code == 201
    assert (await people.move(ada, "canary-new@example.com")).status_code == 202
    assert (await people.post("password-resets", email=ada.email)).status_code == 202
    await people.execute("insert into registrations (email, expires_at) values ($1, now() + interval '1 d')", ada.email)
    await people.execute(
        "insert into staff_invitations (email, roles, invited_by, expires_at)"
        " values ($1, '{support}', $2, now() + interval '1 d')", ada.email, ada.id,
    )  # fmt: skip
    await people.execute("update accounts set name = 'Ada Canary' where id = $1", ada.id)
    assert (await people.post("accounts/me/exports", ada.headers)).status_code == 202
    assert await _found(people, "canary", ada.email)
    assert (await ask(people, ada)).status_code == 202
    for _ in range(2):
        await go_on(people, ada.id)
    assert await _found(people, "canary", ada.email) == []
    assert others.who_erased(ada.id) == ["payments", "orders"]
    again = await people.join()
    await people.execute("update accounts set email = $1 where id = $2", ada.email, again.id)
    assert (await people.sign_in(ada.email)).status_code == 201


async def _found(people, *values: str) -> list[str]:
    """The tables that hold any of these values."""
    sql = "select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'"
    async with people.service.ctx.db.read() as tx:
        tables = await tx.value(f"select array_agg(table_name::text) from ({sql}) t")
        found = {
            table
            for table in tables
            for value in values
            if await tx.value(f"select count(*) from {table} t where t::text ilike $1", f"%{value}%")
        }
    return sorted(found)


async def test_while_money_is_open_it_is_refused_or_waits_and_goes_on_by_itself(people, others):
    ada = await people.join()
    others.open[str(ada.id)] = ["order 1042 has a refund that is under way"]
    refused = await ask(people, ada)
    assert (refused.status_code, refused.json()["type"]) == (409, "erasure-blocked")
    assert refused.json()["reasons"] == others.open[str(ada.id)]
    others.open[str(ada.id)] = []
    assert (await ask(people, ada)).status_code == 202
    others.open[str(ada.id)] = ["a dispute is open"]
    for _ in range(2):
        await go_on(people, ada.id)
    assert await state(people, ada) == "asked"
    assert (await people.service.client.get(f"{ME}/erasure", headers=ada.headers)).json()["state"] == "blocked"
    assert (await people.mail(ada.email, 2))["Subject"] == "The erasure of your account waits"
    waiting = "select next_try_at > now() + interval '50 minutes' from erasures where account_id = $1"
    assert await people.query(waiting, ada.id)

    others.open[str(ada.id)] = []
    await go_on(people, ada.id)
    # Something became open at the last moment.
    others.blocked.add("orders")
    await go_on(people, ada.id)
    assert await state(people, ada) == "begun"
    assert await people.query(waiting, ada.id)
    others.blocked.clear()
    await go_on(people, ada.id)
    assert await state(people, ada) == "erased"
    await people.mail(ada.email, 4)


async def test_a_service_that_is_down_delays_it_and_no_other(people, others):
    ada, bob = await people.join(), await people.join()
    for each in (ada, bob):
        assert (await ask(people, each)).status_code == 202
    await go_on(people, ada.id)
    others.broken.add("orders")
    await go_on(people, ada.id)
    assert await state(people, ada) == "begun"
    assert (await ask(people, bob)).status_code == 503
    others.broken.clear()
    await go_on(people, bob.id)
    assert await state(people, bob) == "begun"
    await go_on(people, ada.id)
    assert await state(people, ada) == "erased"


async def test_of_undo_and_the_beginning_at_once_exactly_one_happens(people, others):
    crowd = [await people.join() for _ in range(6)]
    for each in crowd:
        assert (await ask(people, each)).status_code == 202
    for each in crowd:
        await come_due(people, each.id)
    undoing = [people.service.client.delete(f"{ME}/erasure", headers=each.headers) for each in crowd]
    *answers, _, _ = await asyncio.gather(*undoing, erase_due(people.service.ctx), erase_due(people.service.ctx))
    for each, answer in zip(crowd, answers, strict=True):
        kept = answer.status_code == 204
        assert kept or answer.status_code == 401
        assert (await people.sign_in(each.email)).status_code == (201 if kept else 401)
        assert await people.query("select count(*) from erasures where account_id = $1", each.id) == (0 if kept else 1)
