"""B1: 200 sessions end by sign-out, demotion or lock while they are used: no replica accepts one more than 3 s later.

Then all replicas of identity are killed, and the ended sessions must stay ended.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp

from proofs.attack.people import account_of, boss_of
from proofs.shopper import PASSWORD, Shopper, shopper
from proofs.store import ProofStore
from proofs.waiting import eventually

TITLE = "Ended sessions: 200 sessions end while they are used, then kill -9 of all of identity"
# A person may sign in five times a minute from one address.
PEOPLE, ROUNDS, AT_ONCE = 50, 4, 20
PATIENCE, WATCHED, EVERY = 3.0, 4.0, 0.4
# A path of each service that needs a live session.
USES = {
    "identity": "/api/v1/accounts/me",
    "catalog": "/api/v1/admin/products?limit=1",
    "orders": "/api/v1/admin/orders?limit=1",
    "payments": "/api/v1/admin/payments?limit=1",
}


@dataclass
class Seen:
    """The results: seconds from the end of a session to its latest accepted use, and the tokens of ended sessions."""

    latest: float = 0.0
    races: int = 0
    tokens: list[str] = field(default_factory=list)


async def prove(store: ProofStore) -> list[str]:
    """Run the proof; returns uses that were accepted too late, or after the restart of identity."""
    seen = Seen()
    async with boss_of(store, https=False) as boss:
        gate = asyncio.Semaphore(AT_ONCE)
        found = await asyncio.gather(*(_person(store, boss, number, gate, seen) for number in range(PEOPLE)))
        complaints = list(itertools.chain(*found))
        print(f"  {seen.races} races: the latest use was accepted {seen.latest:.2f} s after the end", flush=True)
        return complaints + await _after_a_crash(store, boss, seen.tokens)


async def _person(store: ProofStore, boss: Shopper, number: int, gate: asyncio.Semaphore, seen: Seen) -> list[str]:
    """Create an administrator, and end their sessions one after the other, each in another way."""
    complaints: list[str] = []
    async with gate, shopper(store, https=False) as person:
        await person.register()
        account = await account_of(boss, person.email)
        for turn in range(ROUNDS):
            await _reinstate(boss, person, account)
            end, how = _ways(boss, person, account)[(number + turn) % 3]
            token = person.headers["Authorization"]
            late = await _race(store, token, end, seen)
            complaints += [f"{how}: {use}" for use in late]
            seen.tokens.append(token)
    return complaints


async def _reinstate(boss: Shopper, person: Shopper, account: str) -> None:
    """Make the account active and an administrator, and sign in again."""
    await _set(boss, account, "status", {"status": "active"})
    await _set(boss, account, "roles", {"roles": ["admin", "customer"]})
    person.headers.pop("Authorization", None)
    await person.sign_in(PASSWORD)


async def _set(boss: Shopper, account: str, what: str, wish: dict[str, object]) -> None:
    answer = await boss.call("PUT", f"/api/v1/admin/accounts/{account}/{what}", json=wish)
    if answer.status == 401:
        boss.headers.pop("Authorization", None)
        await boss.sign_in(PASSWORD)
        answer = await boss.call("PUT", f"/api/v1/admin/accounts/{account}/{what}", json=wish)
    assert answer.status in {200, 204}, answer


def _ways(boss: Shopper, person: Shopper, account: str) -> list[tuple[Callable[[], Awaitable[None]], str]]:
    async def sign_out() -> None:
        answer = await person.call("DELETE", "/api/v1/sessions/current")
        assert answer.status == 204, answer

    async def demote() -> None:
        await _set(boss, account, "roles", {"roles": ["customer"]})

    async def lock() -> None:
        await _set(boss, account, "status", {"status": "disabled"})

    return [(sign_out, "sign-out"), (demote, "demotion"), (lock, "lock")]


async def _race(store: ProofStore, token: str, end: Callable[[], Awaitable[None]], seen: Seen) -> list[str]:
    """End a session while it is used on every replica; returns the uses that were accepted too late."""
    ended: list[float] = []
    uses = [
        asyncio.create_task(_use(store, entry.port or 0, path, token, ended))
        for service, path in USES.items()
        for entry in store.processes(service)
    ]
    await asyncio.sleep(EVERY)
    await end()
    ended.append(time.monotonic())
    late = []
    for where, accepted in await asyncio.gather(*uses):
        seen.latest = max(seen.latest, accepted)
        late += [f"accepted by {where} {accepted:.2f} s after"] if accepted > PATIENCE else []
    seen.races += 1
    return late


async def _use(store: ProofStore, port: int, path: str, token: str, ended: list[float]) -> tuple[str, float]:
    """Use a session until some seconds after its end; returns the URL and the seconds of the last accepted use."""
    accepted = 0.0
    url = f"http://127.0.0.1:{port}{path}"
    while not ended or time.monotonic() - ended[0] < WATCHED:
        if await _accepted(store, url, token) and ended:
            accepted = time.monotonic() - ended[0]
        await asyncio.sleep(EVERY)
    return url, accepted


async def _accepted(store: ProofStore, url: str, token: str) -> bool:
    try:
        async with store.http.get(url, headers={"Authorization": token}) as answer:
            return answer.status < 400
    except aiohttp.ClientError:
        return False


async def _after_a_crash(store: ProofStore, boss: Shopper, tokens: list[str]) -> list[str]:
    """Kill all replicas of identity; returns the ended sessions that they accept after their restart."""
    before = {entry.pid for entry in store.processes("identity")}
    for entry in store.processes("identity"):
        store.kill(entry)

    async def back() -> bool:
        entries = store.processes("identity")
        return all(entry.condition == "ready" and entry.pid not in before for entry in entries)

    await eventually(back, 60, "the restart of identity")
    complaints = []
    for entry in store.processes("identity"):
        url = f"http://127.0.0.1:{entry.port}{USES['identity']}"
        assert await _accepted(store, url, boss.headers["Authorization"]), "a live session is refused after the crash"
        accepted = [token for token in tokens if await _accepted(store, url, token)]
        complaints += [f"{len(accepted)} ended sessions are accepted again by {url}"] if accepted else []
    print(f"  {len(tokens)} ended tokens sent to identity after kill -9 of all its replicas", flush=True)
    return complaints
