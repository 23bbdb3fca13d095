"""After a restore, erasures are done again, those that may have been undone begin anew, and an operator adds others."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta

import pytest

from chassis.testing import eventually
from chassis.values import uuid7
from identity import erase_again
from identity.after_restore import after_restore
from identity.privacy.jobs import forget_old
from identity.privacy.usecases.erase import erase_due
from identity.tests.privacy.erasing import ask, go_on, state

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_all_that_is_known_is_done_again_and_what_had_not_begun_has_its_days_again(people, others):
    ada, bob, eve = await people.join(), await people.join(), await people.join()
    for each in (ada, bob, eve):
        assert (await ask(people, each)).status_code == 202
    for _ in range(2):
        await go_on(people, ada.id)
    await go_on(people, eve.id)
    began = await people.query("select begun_at from erasures where account_id = $1", eve.id)
    await people.execute("update erasures set due_at = asked_at + interval '1 second' where account_id = $1", bob.id)
    erased_at = await people.query("select erased_at from erasures where account_id = $1", ada.id)
    others.erased.clear()
    said = await after_restore(people.service.ctx, datetime.now(UTC) - timedelta(hours=1))
    assert said[3].startswith("1 erasures are done again in every service; 1 that had not begun")
    await erase_due(people.service.ctx)
    assert others.who_erased(ada.id) == ["payments", "orders"]
    assert await people.query("select erased_at from erasures where account_id = $1", ada.id) == erased_at
    assert await state(people, bob) == "asked"
    left = "select due_at > now() + interval '6 days 23 hours' from erasures where account_id = $1"
    assert await people.query(left, bob.id)
    assert (await people.mail(bob.email, 2))["Subject"] == "Your account will be erased"
    # Its tokens may still be valid.
    assert await people.query("select begun_at from erasures where account_id = $1", eve.id) == began
    assert others.who_erased(eve.id) == []


async def test_accounts_are_learned_from_the_other_services_lists_once_they_run(people, others):
    ada, bob, eve = await people.join(), await people.join(), await people.join()
    # Bob had asked for it; his owner has 7 days again until the lists say that it had begun.
    assert (await ask(people, bob)).status_code == 202
    others.known = {str(ada.id): "account", str(bob.id): "account", str(uuid7()): "account", str(eve.id): "order"}
    await after_restore(people.service.ctx, datetime.now(UTC))
    due = "select count(*) from erasures where account_id = any($1) and due_at <= now()"
    await eventually(lambda: _is(people, due, [ada.id, bob.id], 2), what="what the lists say")
    assert await people.query("select count(*) from erasures where account_id = $1", eve.id) == 0
    for each in (ada, bob):
        for _ in range(2):
            await go_on(people, each.id)
        assert await state(people, each) == "erased"
    others.known = {}


async def _is(people, sql: str, given: object, value: int) -> bool:
    return await people.query(sql, given) == value


async def test_an_operator_has_those_erased_of_whom_a_restored_database_knows_nothing(people, others, bench, tmp_path):
    ada, bob = await people.join(), await people.join()
    assert (await ask(people, ada)).status_code == 202
    for _ in range(2):
        await go_on(people, ada.id)
    # Nobody asked to have Bob erased: the database is of before.
    file = tmp_path / "lines"
    file.write_text(f'{{"message": "account.erased", "user.id": "{bob.id}"}}\nnothing\n{ada.id}\n{bob.id}\n')
    settings = people.service.ctx.settings
    environment = bench.environment("identity", settings.database_url.get_secret_value())
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "identity.erase_again", str(file), "--yes"),
        env={**os.environ, **environment, "KEY_ENCRYPTION_KEY_FILE": str(settings.key_encryption_key_file)},
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await process.communicate()
    assert (process.returncode, told.decode().strip()) == (0, "2 accounts are erased again, in every service.")
    others.erased.clear()
    await erase_due(people.service.ctx)
    await go_on(people, bob.id)
    assert await state(people, bob) == "erased"
    assert sorted({whom for _, whom, _ in others.erased}) == sorted([str(ada.id), str(bob.id)])


async def test_who_was_erased_since_a_moment_is_listed_and_nothing_is_done_without_yes(people, monkeypatch, tmp_path):
    crowd = [await people.join(signed_in=False) for _ in range(3)]
    ids = [each.id for each in crowd]
    moment = await people.query("select now()")
    monkeypatch.setattr(erase_again, "AT_ONCE", 2)
    assert await erase_again.erase_again(people.service.ctx.db, ids) == 3
    for each in crowd:
        await go_on(people, each.id)
    assert set(ids) <= set(await erase_again.listed(people.service.ctx.db, moment - timedelta(hours=1)))
    assert await erase_again.listed(people.service.ctx.db, moment + timedelta(days=1)) == []
    file = tmp_path / "ids"
    file.write_text(f"{ids[0]}\n")
    for name, told in ((str(file), "1 accounts would be erased"), (str(tmp_path / "none"), "cannot be read")):
        monkeypatch.setattr(sys, "argv", ["erase_again", name])
        with pytest.raises(SystemExit, match=told):
            erase_again.main()


async def test_an_erasure_is_forgotten_after_ten_years(people):
    await people.execute("delete from erasures where begun_at is null")
    await people.execute(
        "insert into erasures (account_id, asked_at, due_at, begun_at, erased_at)"
        " select uuidv7(), moment, moment, moment, moment from unnest($1::timestamptz[]) moment",
        [datetime.now(UTC) - timedelta(days=days) for days in (3_640, 3_660)],
    )
    before = await people.query("select count(*) from erasures")
    await forget_old(people.service.ctx)
    assert await people.query("select count(*) from erasures") == before - 1
