"""What a reset of the password ends: also what ran out, and what is just beginning."""

from __future__ import annotations

import asyncio
import contextvars

from chassis.testing import eventually
from identity.hashing import PasswordHasher
from identity.reset_password import reset_password
from identity.tests.conftest import PASSWORD

EMAIL = "ada@example.com"
NEW = "nine purple otters sing"


async def test_an_expired_session_is_ended_too(service, sign_up, sign_in):
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
