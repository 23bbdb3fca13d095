"""API keys: made by who may, with no more rights than theirs, known by their hash, and ended everywhere."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from chassis.sessions.api_keys import hashed
from chassis.testing import RunningApp, eventually
from chassis.values import uuid7
from shop.after_restore import after_restore
from shop.keys import sweep_keys

KEYS, SETTINGS = "/api/v1/admin/api-keys", "/api/v1/admin/shop"
BOSS = ("keys:write", "settings:read", "settings:write", "orders:read")


async def make(shop: RunningApp, headers: dict[str, str] | None = None, **fields: Any) -> httpx.Response:
    body = {"title": "Warehouse", "scopes": ["settings:read"], **fields}
    return await shop.client.post(KEYS, json=body, headers=headers or shop.token(uuid7(), BOSS))


async def listed(shop: RunningApp, **query: Any) -> dict[str, Any]:
    answer = await shop.client.get(KEYS, params=query, headers=shop.token(uuid7(), BOSS))
    assert answer.status_code == 200
    return answer.json()


async def end(shop: RunningApp, key_id: str) -> int:
    return (await shop.client.delete(f"{KEYS}/{key_id}", headers=shop.token(uuid7(), BOSS))).status_code


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


async def do(shop: RunningApp, sql: str, *arguments: Any) -> Any:
    async with shop.ctx.db.write() as tx:
        return await tx.value(sql, *arguments)


async def test_a_key_opens_what_it_may_until_it_ends_and_is_stored_as_a_hash(shop: RunningApp) -> None:
    made = await make(shop, expires_at=(datetime.now(UTC) + timedelta(days=1)).isoformat())
    key = made.json().pop("key")
    assert (made.status_code, made.headers["cache-control"]) == (201, "no-store")
    assert made.json()["beginning"] == key[:8]
    stored = await do(shop, "select row_to_json(api_keys)::text from api_keys")
    assert key not in stored
    assert hashed(key).hex() in stored
    assert (await shop.client.get(SETTINGS, headers=bearer(key))).status_code == 200
    assert (await shop.client.put(SETTINGS, json={}, headers=bearer(key))).status_code == 403
    assert (await shop.client.get(KEYS, headers=bearer(key))).status_code == 403
    assert (await listed(shop))["items"][0]["last_used_at"] is not None
    used = await do(shop, "select last_used_at from api_keys")
    facts = await shop.client.get(f"/internal/api-keys/{hashed(key).hex()}", headers=shop.caller("orders"))
    assert facts.json() == {"key_id": made.json()["id"], "scopes": ["settings:read"]}
    assert await do(shop, "select last_used_at from api_keys") == used
    assert [await end(shop, made.json()["id"]) for _ in range(2)] == [204, 204]
    began = time.monotonic()

    async def is_refused() -> bool:
        asked = time.monotonic()
        refused = (await shop.client.get(SETTINGS, headers=bearer(key))).status_code == 401
        # However long an answer takes: a question of later is refused.
        assert refused or asked - began < 3.5
        return refused

    await eventually(is_refused, what="the end of the key")
    facts = await shop.client.get(f"/internal/api-keys/{hashed(key).hex()}", headers=shop.caller("orders"))
    assert facts.status_code == 404
    actions = await do(shop, "select array_agg(action order by id) from audit_lines where action like 'api_key%'")
    assert actions == ["api_key.made", "api_key.ended"]


async def test_nobody_gives_what_they_lack_and_no_key_makes_keys(shop: RunningApp) -> None:
    assert (await make(shop, scopes=["orders:read", "refunds:write"])).status_code == 403
    for scope in ("keys:write", "accounts:write", "shop:probe", "everything"):
        refused = await make(shop, scopes=[scope])
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "scopes.0")
    assert (await make(shop, shop.token(uuid7(), ("settings:read",)))).status_code == 403
    old = shop.token(uuid7(), BOSS, auth_time=int(time.time()) - 3600)
    assert (await make(shop, old)).json()["type"] == "step-up-required"
    key = (await make(shop)).json()["key"]
    await do(shop, "update api_keys set scopes = '{keys:write,settings:read}'")
    assert (await make(shop, bearer(key))).json()["type"] == "step-up-required"
    assert await do(shop, "select count(*) from api_keys") == 1


async def test_what_is_wrong_is_named_and_makes_no_key(shop: RunningApp) -> None:
    for fields, named in (
        ({"title": ""}, "title"),
        ({"title": "a\u0000"}, "title"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["orders:read"] * 51}, "scopes"),
        ({"scopes": "orders:read"}, "scopes"),
        ({"expires_at": "tomorrow"}, "expires_at"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"key": "mine"}, "key"),
    ):
        answer = await make(shop, **fields)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, named), fields
    assert await do(shop, "select count(*) from api_keys") == 0
    assert (await shop.client.get(KEYS, headers=bearer("mk_short"))).status_code == 401
    assert (await shop.client.get(KEYS, headers=bearer("mk_" + "x" * 43))).status_code == 401
    guessed = await shop.client.get(f"/internal/api-keys/{'0' * 63}", headers=shop.caller("orders"))
    assert guessed.status_code == 422
    assert (await shop.client.get(f"/internal/api-keys/{'0' * 64}")).status_code == 401


async def test_a_hundred_keys_live_at_most_however_many_are_made_at_once(shop: RunningApp) -> None:
    await do(
        shop,
        "insert into api_keys (id, place, title, beginning, hash, scopes, made_by)"
        " select uuidv7(), n, 'x', 'mk_12345', sha256(n::text::bytea), '{orders:read}', uuidv7()"
        " from generate_series(1, 95) as n",
    )
    answers = await asyncio.gather(*(make(shop) for _ in range(12)))
    assert sorted(answer.status_code for answer in answers) == [201] * 5 + [409] * 7
    refused = next(answer.json() for answer in answers if answer.status_code == 409)
    assert (refused["type"], refused["limit"]) == ("too-many-keys", 100)
    ids = []
    page = await listed(shop, limit=60)
    while True:
        ids += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        page = await listed(shop, limit=60, cursor=page["next_cursor"])
    assert (len(ids), sorted(ids, reverse=True)) == (100, ids)
    await end(shop, ids[0])
    assert (await make(shop)).status_code == 201


async def test_keys_expire_are_forgotten_and_end_when_the_database_went_back(shop: RunningApp) -> None:
    key = (await make(shop)).json()["key"]
    await do(shop, "update api_keys set expires_at = now() - interval '1 second'")
    assert (await shop.client.get(SETTINGS, headers=bearer(key))).status_code == 401
    await sweep_keys(shop.ctx)
    assert (await listed(shop))["items"][0]["ended_at"] is not None
    await do(shop, "update api_keys set ended_at = now() - interval '401 days'")
    await sweep_keys(shop.ctx)
    assert (await listed(shop))["items"] == []
    key = (await make(shop)).json()["key"]
    for told in ("1 API keys", "0 API keys"):
        assert (await after_restore(shop.ctx, datetime.now(UTC)))[0].startswith(told)
    assert (await shop.client.get(SETTINGS, headers=bearer(key))).status_code == 401
