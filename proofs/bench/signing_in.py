"""CPU of "who am I" against verifying a signature, and of a sign-in against verifying a password.

The CPU of PostgreSQL and Valkey is included; the floors use neither. Every limit of the store is on.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from contextlib import ExitStack

import argon2

from proofs.bench.figures import Figure
from proofs.bench.load import Subject, measure, report
from proofs.bench.servers import bare
from proofs.shopper import PASSWORD
from proofs.store import ProofStore

SIGN_INS, SIGN_IN_ROUNDS = 48, 4
# So many that none reaches the limit of 5 sign-ins a minute for one account from one address.
_ACCOUNTS = 120
_MEMORY_KIB, _TIME_COST = 19_456, 2  # as services/identity/settings.py has them
_JSON = {"Content-Type": "application/json"}
_INSERT = "insert into accounts (email, password_hash) values ($1, $2) returning id"


async def run(store: ProofStore) -> list[Figure]:
    """The ratios."""
    hashed = hashed_password()
    emails = [await person(store, hashed) for _ in range(_ACCOUNTS)]
    people = [json.dumps({"email": email, "password": PASSWORD}).encode() for email in emails]
    (entry,) = store.processes("identity")
    assert entry.port, entry
    pids = [each.pid for name in ("identity", "postgres", "valkey") for each in store.processes(name) if each.pid]
    base = f"http://127.0.0.1:{entry.port}"
    async with store.http.post(f"{base}/api/v1/sessions", data=people[0], headers=_JSON) as answer:
        bearer = {"Authorization": f"Bearer {(await answer.json())['access_token']}"}
    async with store.http.get(f"{base}/.well-known/jwks.json") as answer:
        settings = {"BENCH_KEYS": await answer.text(), "BENCH_HASH": hashed}
    with ExitStack() as stack:
        port, pid = await asyncio.to_thread(stack.enter_context, bare("proofs.bench.bare.es256", settings))
        verified = Subject("an ES256 signature verified", [port], [pid], "/", bearer)
        who = Subject("who am I, PostgreSQL included", [entry.port], pids, "/api/v1/accounts/me", bearer)
        await measure([verified, who])
        port, pid = await asyncio.to_thread(stack.enter_context, bare("proofs.bench.bare.hashed", settings))
        one = Subject("a password verified", [port], [pid], "/", bodies=people)
        sign_in = Subject("a sign-in, PostgreSQL included", [entry.port], pids, "/api/v1/sessions", bodies=people[1:])
        await measure([one, sign_in], requests=SIGN_INS, rounds=SIGN_IN_ROUNDS)
    return [
        *report("signing_in.who", "who am I", who, verified, 1.6),
        *report("signing_in.sign_in", "sign-in", sign_in, one, 1.15),
    ]


def hashed_password() -> str:
    """The hash of PASSWORD, as identity stores it."""
    return argon2.PasswordHasher(_TIME_COST, _MEMORY_KIB, 1).hash(PASSWORD)


async def person(store: ProofStore, hashed: str) -> str:
    """Insert an account with this hash; returns its e-mail address."""
    email = f"bench-{uuid.uuid4().hex}@example.com"
    await store.rows("identity", _INSERT, email, hashed)
    return email
