from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from chassis.values import uuid7

PATH = "/api/v1/admin/accounts"
_ADD = "insert into accounts (id, email, name, password_hash) values ($1, $2, $3, '$argon2id$none')"


@pytest.fixture
async def boss(service: Any, sign_up: Any, sign_in: Any) -> Any:
    """An administrator, signed in."""
    account = await sign_up("boss@shop.example")
    async with service.ctx.db.write() as tx:
        sql = "update accounts set roles = '{admin,customer}', session_version = session_version + 1 where id = $1"
        await tx.execute(sql, account["id"])
    return await sign_in("boss@shop.example")


@pytest.fixture
def add_account(service: Any) -> Callable[..., Awaitable[str]]:
    """Puts an account into the database that nobody signs in to."""

    async def add(email: str, name: str | None = None) -> str:
        account_id = uuid7()
        async with service.ctx.db.write() as tx:
            await tx.execute(_ADD, account_id, email, name)
        return str(account_id)

    return add


@pytest.fixture
def ask(service: Any, boss: Any) -> Callable[..., Awaitable[Any]]:
    """Asks as the administrator; a POST with a key of its own."""

    async def ask(method: str, path: str = "", body: Any = None, key: str | None = None, **query: Any) -> Any:
        headers = {**boss["headers"], "Idempotency-Key": key or str(uuid7())}
        return await service.client.request(method, f"{PATH}{path}", json=body, headers=headers, params=query)

    return ask
