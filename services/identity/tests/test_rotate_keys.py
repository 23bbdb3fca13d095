"""An operator replaces the signing key: in a day, or at once because it leaked."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import timedelta

import jwt
import pytest

from chassis.auth import jwks
from identity.keys import KeyEncryption, SigningKeys


@pytest.fixture
def rotate(bench, service, key_file):
    async def run(*options: str) -> tuple[int, str]:
        url = service.ctx.settings.database_url.get_secret_value()
        environment = {**os.environ, **bench.environment("identity", url), "KEY_ENCRYPTION_KEY_FILE": str(key_file)}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "identity.rotate_keys", *options),
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
        return process.returncode or 0, output.decode()

    return run


def signer(session: dict) -> str:
    return str(jwt.get_unverified_header(session["access_token"])["kid"])


async def published(service) -> set[str]:
    answer = await service.client.get("/.well-known/jwks.json")
    return set(jwks.parse(answer.content))


async def test_the_next_key_is_published_now_and_signs_a_day_later(service, rotate, query):
    keys = service.ctx.get(SigningKeys)
    old = keys.kid
    status, told = await rotate()
    assert (status, "is published, and signs from" in told) == (0, True), told
    assert "published already" in (await rotate())[1]
    await keys.refresh(service.ctx.db)
    new = await query("select kid from signing_keys where active_from > now() + interval '23 h'")
    assert keys.kid == old
    assert await published(service) == {old, new}
    async with service.ctx.db.write() as tx:
        await tx.execute("update signing_keys set active_from = now() where kid = $1", new)
    await keys.refresh(service.ctx.db)
    assert keys.kid == new
    assert await published(service) == {old, new}


async def test_a_key_that_leaked_is_withdrawn_at_once_with_the_one_that_was_to_follow(
    service, rotate, sign_up, sign_in, query
):
    await sign_up()
    before = await sign_in()
    await rotate()
    assert (await rotate("--at-once"))[0] == 1
    keys = service.ctx.get(SigningKeys)
    await keys.refresh(service.ctx.db)
    assert signer(before) in await published(service)
    status, told = await rotate("--at-once", "--yes")
    assert (status, "signs from now on; every other key is withdrawn" in told) == (0, True), told
    await keys.refresh(service.ctx.db)
    after = await sign_in()
    assert await published(service) == {keys.kid} == {signer(after)}
    assert signer(before) != keys.kid
    # The token is remembered as verified for a minute at most; what was not seen before is refused.
    fresh = await service.client.get("/api/v1/accounts/me", headers=before["headers"])
    assert (fresh.status_code, fresh.json()["type"]) == (401, "unauthenticated")
    assert (await service.client.get("/api/v1/accounts/me", headers=after["headers"])).status_code == 200
    assert await query("select count(*) from audit_lines where action = 'signing_keys.withdrawn'") == 1


async def test_operators_at_once_make_one_next_key_and_swaps_leave_one(service, key_file, query):
    hands = [SigningKeys(KeyEncryption(key_file), timedelta(days=30)) for _ in range(3)]
    await asyncio.gather(*(each.rotate(service.ctx.db, at_once=False) for each in hands))
    assert await query("select count(*) from signing_keys") == 2
    await asyncio.gather(*(each.rotate(service.ctx.db, at_once=True) for each in hands))
    assert await query("select count(*) from signing_keys where published_until is null") == 1
    keys = service.ctx.get(SigningKeys)
    await keys.refresh(service.ctx.db)
    assert await published(service) == {keys.kid}
    assert await query("select kid from signing_keys where published_until is null") == keys.kid
