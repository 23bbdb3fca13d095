"""People of a live identity: their accounts are put into its database, past registration."""

from __future__ import annotations

from itertools import count

import argon2
import asyncpg
import httpx

from identity.tests.conftest import PASSWORD

_HASH = argon2.PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1).hash(PASSWORD)
_numbers = count(1)


async def hire(client: httpx.AsyncClient, url: str, db_owner_url: str, *roles: str) -> tuple[str, dict[str, str]]:
    """An account with these roles that is signed in at `url`: its id, and the headers of its requests.

    Everybody comes from an address of their own, past the limits on signing in.
    """
    number = next(_numbers)
    address = {"X-Forwarded-For": f"198.51.{number // 250}.{number % 250 + 1}"}
    email = f"person{number}@example.com"
    connection = await asyncpg.connect(db_owner_url)
    try:
        sql = "insert into accounts (email, password_hash, roles, version) values ($1, $2, $3, 1) returning id::text"
        account_id = await connection.fetchval(sql, email, _HASH, list(roles))
    finally:
        await connection.close()
    wish = {"email": email, "password": PASSWORD}
    answer = await client.post(f"{url}/api/v1/sessions", json=wish, headers=address)
    assert answer.status_code == 201, answer.text
    client.cookies.clear()
    return account_id, {"Authorization": f"Bearer {answer.json()['access_token']}", **address}
