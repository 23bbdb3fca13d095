"""People of a store under attack: an administrator, members of staff, and whoever brings a header of their own."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from proofs.shopper import PASSWORD, Shopper, shopper
from proofs.store import ProofStore


def address(role: str) -> str:
    """A new address that says whose it is."""
    return f"{role}-{uuid.uuid4().hex[:6]}@tester.example"


@asynccontextmanager
async def boss_of(store: ProofStore, *, https: bool = True) -> AsyncIterator[Shopper]:
    """A new administrator who is signed in."""
    async with shopper(store, https=https, email=address("admin")) as boss:
        await store.create_admin(boss.email, PASSWORD)
        await boss.sign_in(PASSWORD)
        yield boss


async def account_of(boss: Shopper, email: str) -> str:
    """The id of the account with this address."""
    found = await boss.call("GET", f"/api/v1/admin/accounts?email={email}")
    return str(found.body["items"][0]["id"])


@asynccontextmanager
async def member(store: ProofStore, boss: Shopper, role: str) -> AsyncIterator[Shopper]:
    """A new person with this role who is signed in."""
    async with shopper(store, email=address(role)) as person:
        await person.register()
        if role != "customer":
            path = f"/api/v1/admin/accounts/{await account_of(boss, person.email)}/roles"
            given = await boss.call("PUT", path, json={"roles": [role, "customer"]})
            assert given.status == 200, given
            person.headers.pop("Authorization")
            await person.sign_in(PASSWORD)
        yield person


@asynccontextmanager
async def anonymous(store: ProofStore, authorization: str) -> AsyncIterator[Shopper]:
    """Somebody who sends this Authorization header."""
    async with shopper(store) as person:
        person.headers["Authorization"] = authorization
        yield person


@asynccontextmanager
async def program(store: ProofStore, boss: Shopper, *scopes: str) -> AsyncIterator[Shopper]:
    """A program with a new API key, which has these rights."""
    made = await boss.call("POST", "/api/v1/admin/api-keys", json={"title": "Attack", "scopes": scopes})
    assert made.status == 201, made
    async with anonymous(store, f"Bearer {made.body['key']}") as person:
        yield person
    await boss.call("DELETE", f"/api/v1/admin/api-keys/{made.body['id']}")


_PROVED_LONG_AGO = """
update sessions set proved_at = now() - interval '11 minutes', created_at = created_at - interval '11 minutes'
where account_id = (select id from accounts where email = $1) and ended_at is null
"""


async def long_ago(person: Shopper) -> dict[str, str]:
    """The header of a new token of a session that was proved eleven minutes ago: as whoever stole one has it."""
    await person.store.rows("identity", _PROVED_LONG_AGO, person.email)
    again = await person.call("POST", "/api/v1/sessions/refresh", **{"X-Mercat": "refresh"})
    assert again.status == 200, again
    return {"Authorization": f"Bearer {again.body['access_token']}"}
