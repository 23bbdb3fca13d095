"""B4: neither an answer nor the time that it takes tells whether an address has an account."""

from __future__ import annotations

import json
import statistics
import time
import uuid
from collections import defaultdict
from contextlib import AsyncExitStack
from typing import Any, NamedTuple

from proofs.attack.people import address
from proofs.shopper import PASSWORD, Shopper, shopper
from proofs.store import ProofStore

TITLE = "Enumeration: no answer, and no time that it takes, tells which address has an account"
PEOPLE = 10
# Times are of two classes where one of both is slower in every pair, by more than this part and so many seconds: a
# hash or a mail takes more, and a busy machine less.
SLOWER, LEAST = 0.5, 0.015
# What differs from request to request.
_OWN = frozenset({"date", "x-request-id", "x-response-time", "server-timing", "set-cookie", "content-length", "age"})
_OF_REQUEST = frozenset({"request_id", "trace_id"})
_NEVER = "wrong wrong wrong"


class Told(NamedTuple):
    """An answer as who guesses addresses reads it, and the seconds that it took."""

    status: int
    headers: tuple[str, ...]
    cookies: tuple[str, ...]
    body: str
    seconds: float


async def prove(store: ProofStore) -> list[str]:
    """Ask about addresses with and without an account, in turn; returns what tells them apart."""
    told: dict[str, list[tuple[Told, Told]]] = defaultdict(list)
    async with AsyncExitStack() as stack:
        people = [await stack.enter_async_context(shopper(store, https=False)) for _ in range(PEOPLE)]
        for person in people:
            await person.register()
        for number, person in enumerate(people):
            known, unknown = people[number - 1].email, address("nobody")
            for what, (path, body) in _questions().items():
                pair = [known, unknown] if number % 2 else [unknown, known]
                async with shopper(store, https=False) as stranger:
                    asking = person if path.startswith("/api/v1/accounts/me") else stranger
                    await asking.call("GET", "/api/v1/shop")  # the connection is made before the time counts
                    found = {email: await _asked(asking, path, {**body, "email": email}) for email in pair}
                told[what].append((found[known], found[unknown]))
    return [complaint for what, pairs in told.items() for complaint in _apart(what, pairs)]


def _questions() -> dict[str, tuple[str, dict[str, Any]]]:
    """What takes an address: the path, and the rest of the body. The last is asked by somebody who is signed in."""
    return {
        "signing in": ("/api/v1/sessions", {"password": _NEVER}),
        "signing in with a code": ("/api/v1/sessions", {"password": _NEVER, "code": "123456"}),
        "asking for a reset": ("/api/v1/password-resets", {}),
        "registering": ("/api/v1/accounts", {}),
        "another address": ("/api/v1/accounts/me/email-changes", {"password": PASSWORD}),
    }


async def _asked(who: Shopper, path: str, body: dict[str, Any]) -> Told:
    headers = {**who.headers, "Idempotency-Key": uuid.uuid4().hex}
    began = time.perf_counter()
    async with who.http.post(who.base + path, json=body, headers=headers) as answer:
        text = await answer.text()
        seconds = time.perf_counter() - began
        names = tuple(sorted({name.lower() for name in answer.headers} - _OWN))
        cookies = tuple(sorted(answer.cookies))
    shown = {name: value for name, value in json.loads(text or "{}").items() if name not in _OF_REQUEST}
    return Told(answer.status, names, cookies, json.dumps(shown).replace(body["email"], "*"), seconds)


def _apart(what: str, pairs: list[tuple[Told, Told]]) -> list[str]:
    """How the known addresses differ from the unknown ones."""
    wrong = [f"{what}: {one[:4]} and {other[:4]}" for one, other in pairs if one[:4] != other[:4]]
    known, unknown = (statistics.median(pair[at].seconds for pair in pairs) for at in (0, 1))
    statuses = sorted({each.status for pair in pairs for each in pair})
    print(f"  {what}: {statuses}, {known * 1000:.0f} ms of known ones, {unknown * 1000:.0f} ms of others", flush=True)
    later = {pair[0].seconds > pair[1].seconds for pair in pairs}
    if len(later) == 1 and abs(known - unknown) > max(SLOWER * min(known, unknown), LEAST):
        wrong.append(f"{what}: known addresses take {known * 1000:.0f} ms, others {unknown * 1000:.0f} ms, every time")
    return wrong
