from __future__ import annotations

import asyncio
import contextvars
import json
import os
import sys

import pytest

from chassis.testing import eventually
from identity.hashing import PasswordHasher
from identity.reset_password import reset_password
from identity.tests.conftest import PASSWORD

EMAIL = "ada@example.com"
NEW = "nine purple otters sing"
LINES = "audit_lines where action = 'account.password_reset'"


@pytest.fixture
def command(bench, service, key_file):
    """Runs a module of identity for an operator; its status and what it says."""

    async def run(module: str, *options: str, password: str) -> tuple[int, str]:
        url = service.ctx.settings.database_url.get_secret_value()
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
    assert await query(f"select count(*) from {LINES}") == 1
    assert await query(f"select after from {LINES}") == {"by": "operator", "ended": 1}


async def test_a_session_that_ran_out_is_ended_too(service, sign_up, sign_in):
    """Its access token may have some minutes to live."""
    await sign_up()
    session = await sign_in()
    async with service.ctx.db.write() as tx:
        await tx.execute("update sessions set absolute_until = now()")
    await reset_password(service.ctx.db, service.ctx.get(PasswordHasher), EMAIL, NEW)

    async def refused() -> bool:
        return (await service.client.get("/api/v1/sessions", headers=session["headers"])).status_code == 401

    await eventually(refused)


async def test_whoever_signs_in_while_the_password_is_reset_needs_the_new_one(service, sign_up, query):
    """Both wait for the account's row, the reset first; the old password has been verified by then."""
    await sign_up()
    waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
    wish = {"email": EMAIL, "password": PASSWORD}
    async with service.ctx.db.write() as tx:
        await tx.execute("select from accounts where email = $1 for update", EMAIL)
        tasks = []
        for work in (
            lambda: reset_password(service.ctx.db, service.ctx.get(PasswordHasher), EMAIL, NEW),
            lambda: service.client.post("/api/v1/sessions", json=wish),
        ):
            tasks.append(asyncio.get_running_loop().create_task(work(), context=contextvars.Context()))
            await eventually(lambda: _is(tx.value(waiting), len(tasks)))
    _, answer = await asyncio.gather(*tasks)
    assert answer.status_code == 401, answer.text
    assert await query("select count(*) from sessions where ended_at is null") == 0


async def _is(found, wanted) -> bool:
    return bool(await found == wanted)


@pytest.mark.parametrize(
    ("email", "password", "words"),
    [
        ("bob@example.com", NEW, "There is no account bob@example.com."),
        ("nonsense", NEW, "email:"),
        (EMAIL, "password123", "password:"),
    ],
)
async def test_what_is_wrong_is_said_and_changes_nothing(command, sign_up, sign_in, query, email, password, words):
    await sign_up()
    status, said = await command("identity.reset_password", "--email", email, password=password)
    assert status == 1
    assert words in said
    await sign_in()
    assert await query(f"select count(*) from {LINES}") == 0


async def test_making_an_admin_says_to_programs_whether_the_password_is_new(command, sign_in):
    options = ("identity.create_admin", "--email", EMAIL, "--json")
    first = json.loads((await command(*options, password=PASSWORD))[1])
    again = json.loads((await command(*options, password=NEW))[1])
    assert (first, again) == ({"email": EMAIL, "new": True}, {"email": EMAIL, "new": False})
    await sign_in()
