"""API keys lose what the person who made them lost, whoever makes one at that moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID, uuid4

import asyncpg
import msgspec

from chassis.outbox import Event
from chassis.testing import RunningApp, eventually
from chassis.values import uuid7
from shop.consumers import consumers
from shop.keys import store
from shop.tests.keys.test_keys import BOSS, bearer, do, make

ALL = ["orders:read", "settings:read", "settings:write"]


def changed(account_id: UUID, *scopes: str) -> Event:
    """As identity publishes it."""
    data = msgspec.json.encode({"account_id": str(account_id), "scopes": list(scopes)})
    return _event("account.rights_changed", "account", account_id, data)


def ended(session_id: UUID) -> Event:
    data = msgspec.json.encode({"session_id": str(session_id), "account_id": str(uuid7()), "reason": "roles_changed"})
    return _event("session.ended", "session", session_id, data)


def _event(kind: str, aggregate: str, aggregate_id: UUID, data: bytes) -> Event:
    return Event("1", kind, aggregate, aggregate_id, 2, datetime.now(UTC), None, msgspec.Raw(data))


async def happened(shop: RunningApp, *events: Event) -> None:
    """As the poller of identity's feed does it."""
    consumer = next(each for each in consumers if each.producer == "identity")
    for event in events:
        async with shop.ctx.db.write() as tx:
            await consumer.handle(shop.ctx, tx, event)


async def scopes(shop: RunningApp, key_id: str) -> list[str] | None:
    """Of a living key."""
    return await do(shop, "select scopes from api_keys where id = $1 and ended_at is null", key_id)


async def test_a_key_keeps_what_its_maker_may_do_and_ends_with_the_last_of_it(shop: RunningApp) -> None:
    ada, bob = uuid7(), uuid7()
    wide, small = [(await make(shop, shop.token(ada, BOSS), scopes=each)).json() for each in (ALL, ["settings:read"])]
    other = (await make(shop, shop.token(bob, BOSS), scopes=ALL)).json()
    await happened(shop, changed(ada, "settings:read", "catalog:read", "keys:write"))
    assert await scopes(shop, wide["id"]) == ["settings:read"]
    await happened(shop, changed(ada, *ALL))
    assert await scopes(shop, wide["id"]) == ["settings:read"]
    await happened(shop, changed(ada, "orders:read"), changed(ada))
    assert [await scopes(shop, each["id"]) for each in (wide, small, other)] == [None, None, ALL]
    assert (await shop.client.get("/api/v1/admin/shop", headers=bearer(small["key"]))).status_code == 401
    lines = "select array_agg(action order by id) from audit_lines where object = $1"
    assert await do(shop, lines, f"api_key:{wide['id']}") == ["api_key.made", "api_key.narrowed", "api_key.ended"]
    assert await do(shop, lines, f"api_key:{other['id']}") == ["api_key.made"]
    ended_with = "select scopes from api_keys where id = $1"
    assert await do(shop, ended_with, wide["id"]) == ["settings:read"]


async def test_no_key_is_made_with_rights_that_were_lost_at_that_moment(shop: RunningApp) -> None:
    for _ in range(6):
        ada, session = uuid7(), uuid4()
        token = shop.token(ada, BOSS, sid=str(session))
        answers, _nothing = await asyncio.gather(
            asyncio.gather(*(make(shop, token, scopes=ALL) for _ in range(3))),
            happened(shop, ended(session), changed(ada, "settings:read")),
        )
        assert {answer.status_code for answer in answers} <= {201, 401}
        assert await do(shop, _TOO_MUCH, ada) == 0
        late = await make(shop, token, scopes=ALL)
        assert late.status_code == 401
        await do(shop, "with gone as (delete from api_keys returning 1) select count(*) from gone")


_TOO_MUCH = "select count(*) from api_keys where made_by = $1 and ended_at is null and scopes <> '{settings:read}'"


@asynccontextmanager
async def held(shop: RunningApp) -> AsyncIterator[Callable[[int], Awaitable[None]]]:
    """Others wait for the lock of keys, in the order in which they came; the function returns once so many do."""
    connection = await asyncpg.connect(shop.db_owner_url)
    waiting = "select count(*) from pg_locks where locktype = 'advisory' and not granted"

    async def until(count: int) -> None:
        async def reached() -> bool:
            return bool(await connection.fetchval(waiting) == count)

        await eventually(reached, what=f"{count} who wait")

    try:
        async with connection.transaction():
            await connection.execute(store._LOCK)
            yield until
    finally:
        await connection.close()


async def test_a_key_that_is_being_made_is_narrowed_or_not_made(shop: RunningApp) -> None:
    ada, session = uuid7(), uuid4()
    token = shop.token(ada, BOSS, sid=str(session))
    async with held(shop) as until:
        making = asyncio.create_task(make(shop, token, scopes=ALL))
        await until(1)
        telling = asyncio.create_task(happened(shop, changed(ada, "settings:read")))
        await until(2)
    assert (await making).status_code == 201
    await telling
    assert await scopes(shop, (await making).json()["id"]) == ["settings:read"]
    async with held(shop) as until:
        telling = asyncio.create_task(happened(shop, ended(session), changed(ada, "settings:read")))
        await until(1)
        making = asyncio.create_task(make(shop, token, scopes=ALL))
        waiting = asyncio.ensure_future(until(2))
        # It may have heard of the end of its session, which is told first, before there is anything to wait for.
        await asyncio.wait([making, waiting], return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        await asyncio.wait([waiting])
    await telling
    assert (await making).status_code == 401
    assert await do(shop, _TOO_MUCH, ada) == 0
