from __future__ import annotations

import asyncio
import json
import os
import sys

import asyncpg
import pytest

from chassis.limits import rule
from chassis.testing import eventually
from chassis.testing.servers import free_port
from identity.hashing import PasswordHasher
from identity.reset_password import reset_password
from identity.tests.conftest import PASSWORD

EMAIL = "ada@example.com"
NEW = "nine purple otters sing"


@pytest.fixture
def command(bench, service, key_file):
    """Runs a module of identity for an operator; its status and what it says."""

    async def run(module: str, *options: str, password: str, url: str = "") -> tuple[int, str]:
        url = url or service.ctx.settings.database_url.get_secret_value()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", module, *options),
            env={**os.environ, **bench.environment("identity", url), "KEY_ENCRYPTION_KEY_FILE": str(key_file)},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate(password.encode() + b"\n")
        return process.returncode or 0, output.decode()

    return run


async def test_the_new_password_works_the_old_one_and_the_sessions_do_not(
    command, service, sign_up, sign_in, refresh, query
):
    await sign_up()
    session = await sign_in()
    status, said = await command("identity.reset_password", "--email", "Ada@example.com", password=NEW)
    assert (status, said) == (0, "ada@example.com has a new password; 1 sessions have ended.\n")
    old = await service.client.post("/api/v1/sessions", json={"email": EMAIL, "password": PASSWORD})
    assert old.status_code == 401
    assert (await sign_in(EMAIL, NEW))["account"]["email"] == EMAIL
    answer, _ = await refresh(session["refresh_token"])
    assert answer.status_code == 401
    assert await query("select count(*) from audit_lines where action = 'account.password_reset'") == 1
    assert NEW not in str(await query("select after::text from audit_lines where action = 'account.password_reset'"))


@pytest.mark.parametrize(
    ("email", "password", "words"),
    [
        ("bob@example.com", NEW, "There is no account bob@example.com."),
        ("nonsense", NEW, "email:"),
        (EMAIL, "password123", "password:"),
    ],
)
async def test_invalid_input_is_named_and_changes_nothing(command, sign_up, sign_in, query, email, password, words):
    await sign_up()
    status, said = await command("identity.reset_password", "--email", email, password=password)
    assert status == 1
    assert words in said
    await sign_in()
    assert await query("select count(*) from audit_lines where action = 'account.password_reset'") == 0


@pytest.mark.parametrize("module", ["identity.create_admin", "identity.reset_password"])
async def test_a_database_that_is_away_is_named(command, module):
    away = f"postgresql://x@127.0.0.1:{free_port()}/x"
    status, said = await command(module, "--email", EMAIL, password=NEW, url=away)
    assert status == 1
    assert said.startswith("The database of identity does not answer. Try again when it does. (")


async def test_making_an_admin_says_to_programs_whether_the_password_is_new(command, sign_in):
    options = ("identity.create_admin", "--email", EMAIL, "--json")
    first = json.loads((await command(*options, password=PASSWORD))[1])
    again = json.loads((await command(*options, password=NEW))[1])
    assert (first, again) == ({"email": EMAIL, "new": True}, {"email": EMAIL, "new": False})
    await sign_in()


async def test_a_sign_in_with_the_old_password_during_a_reset_is_refused(service, sign_up, query):
    """Their password was good when it was verified, and no more when their session would begin."""
    await sign_up()
    holder = await asyncpg.connect(service.db_owner_url)
    try:
        transaction = holder.transaction()
        await transaction.start()
        await holder.execute("select from accounts for update")

        async def waiting(number: int) -> bool:
            sql = (
                "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
            )
            return await holder.fetchval(sql) == number

        reset = asyncio.create_task(reset_password(service.ctx.db, service.ctx.get(PasswordHasher), EMAIL, NEW))
        await eventually(lambda: waiting(1))
        wish = {"email": EMAIL, "password": PASSWORD}
        thief = asyncio.create_task(service.client.post("/api/v1/sessions", json=wish))
        await eventually(lambda: waiting(2))
        await transaction.rollback()
        await reset
        answer = await thief
    finally:
        await holder.close()
    assert (answer.status_code, answer.json()["type"]) == (401, "invalid-credentials")
    assert await query("select count(*) from sessions") == 0


async def test_an_expired_session_is_ended_too(service, sign_up, sign_in, query):
    """Its access token may have some minutes to live."""
    await sign_up()
    headers = (await sign_in())["headers"]
    async with service.ctx.db.write() as tx:
        await tx.execute("update sessions set absolute_until = now()")
    assert (await service.client.get("/api/v1/accounts/me", headers=headers)).status_code == 200
    await reset_password(service.ctx.db, service.ctx.get(PasswordHasher), EMAIL, NEW)
    assert await query("select count(*) from sessions where ended_at is null") == 0

    async def refused() -> bool:
        return (await service.client.get("/api/v1/accounts/me", headers=headers)).status_code == 401

    await eventually(refused)


async def test_a_reset_is_the_end_reason_and_removes_known_devices(command, service, sign_up, sign_in, query):
    await sign_up()
    spent = rule("login-account", "100/hour")
    device = f"__Host-device={(await sign_in())['cookie'].partition('__Host-device=')[2].partition(';')[0]}"
    await command("identity.reset_password", "--email", EMAIL, password=NEW)
    reasons = "select array_agg(distinct end_reason) from sessions"
    assert await query(reasons) == ["password_reset"]
    assert await query("select data ->> 'reason' from outbox where type = 'session.ended'") == "password_reset"
    after = await sign_in(EMAIL, NEW)
    again = f"__Host-device={after['cookie'].partition('__Host-device=')[2].partition(';')[0]}"
    await asyncio.gather(*(service.ctx.limiter.check(spent, EMAIL) for _ in range(250)))
    statuses = []
    for cookie in (device, again):
        wish, headers = {"email": EMAIL, "password": NEW}, {"Cookie": cookie, "X-Forwarded-For": "203.0.113.50"}
        statuses.append((await service.client.post("/api/v1/sessions", json=wish, headers=headers)).status_code)
        service.client.cookies.clear()
    assert statuses == [429, 201], "strangers share what is left; the browser of the new password is known"
