"""B5 B6: every operation of staff asked by every role, and what is one customer's asked by another."""

from __future__ import annotations

import json
import re
import uuid
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

from proofs.attack.allowed import MAY
from proofs.attack.people import anonymous, boss_of, member
from proofs.products import variants
from proofs.shopper import PASSWORD, Shopper, shopper
from proofs.store import ProofStore

TITLE = "Rights: each operation of staff by each role, and each thing of a person by another person"
ROLES = ("support", "merchandiser", "customer")
DOCUMENT = Path(__file__).parents[2] / "docs" / "openapi.json"
_ID = re.compile(r"\{\w+_id\}")


def staff_operations(document: Path = DOCUMENT) -> list[str]:
    """Method and path of each operation below /api/v1/admin."""
    paths = json.loads(document.read_text(encoding="utf-8"))["paths"]
    return [f"{method.upper()} {path}" for path, each in paths.items() if "/admin/" in path for method in each]


async def prove(store: ProofStore) -> list[str]:
    """Ask everything; returns what was answered to whom it must not be."""
    wrong = [f"{name} is not in MAY" for name in staff_operations() if name not in MAY]
    async with AsyncExitStack() as stack:
        boss = await stack.enter_async_context(boss_of(store))
        people: dict[str, Shopper] = {"admin": boss}
        for role in ROLES:
            people[role] = await stack.enter_async_context(member(store, boss, role))
        people["stranger"] = await stack.enter_async_context(shopper(store))
        for name in staff_operations():
            wrong += await _asked(name, people)
        wrong += await _others(store, people)
    print(f"  {len(MAY)} operations of staff asked by {len(people)} kinds of people", flush=True)
    return wrong


async def _asked(name: str, people: dict[str, Shopper]) -> list[str]:
    """Ask one operation as each; 401 for strangers, 403 for who may not, and neither for who may."""
    method, _, path = name.partition(" ")
    path = path.replace("{slug}", "nothing").replace("{sku}", "NOTHING").replace("{code}", "NOTHING")
    path = path.replace("{dispute_id}", "du_nothing").replace("{payout_id}", "po_nothing")
    path = _ID.sub(lambda _: str(uuid.uuid4()), path)
    wrong = []
    for role, person in people.items():
        body: dict[str, str] | None = None if method == "GET" else {}
        status = (await person.call(method, path, json=body, **{"Idempotency-Key": uuid.uuid4().hex})).status
        right = 401 if role == "stranger" else 403
        may = role == "admin" or role in MAY.get(name, ())
        if status >= 500 or (status in {401, 403} if may else status != right):
            wrong.append(f"{name} as {role}: {status}")
    return wrong


async def _others(store: ProofStore, people: dict[str, Shopper]) -> list[str]:
    """What belongs to a guest and to a customer, asked by everybody else: always a 404."""
    shelf = [variant for variant in await variants(store) if variant.available >= 5]
    wrong = []
    async with shopper(store, https=False) as guest, shopper(store) as owner:
        order = (await guest.order(shelf[4])).body["order"]["id"]
        token = guest.headers["Order-Token"]
        await owner.register()
        theirs = (await owner.order(shelf[4])).body["order"]["id"]
        session = (await owner.call("GET", "/api/v1/sessions")).body["items"][0]["id"]
        guesses: list[dict[str, str]] = [{}, {"Order-Token": token.swapcase()}, {"Cart-Token": token}]
        for role, person in people.items():
            some = guesses if role in {"stranger", "customer"} else guesses[:1]
            wrong += [told for each in (order, theirs) for told in await _guessed(person, role, each, some)]
            if role != "stranger" and (await person.call("DELETE", f"/api/v1/sessions/{session}")).status != 404:
                wrong.append(f"a session of another is ended by {role}")
        for order_id, who in ((order, guest), (theirs, owner)):
            if (await who.call("POST", f"/api/v1/orders/{order_id}/cancel")).status != 200:
                wrong.append("an order cannot be cancelled by whom it belongs to")
    async with anonymous(store, "Bearer " + PASSWORD) as forged:
        if (await forged.call("GET", "/api/v1/accounts/me")).status != 401:
            wrong.append("a password is taken for a token")
    return wrong


async def _guessed(person: Shopper, role: str, order_id: str, guesses: list[dict[str, str]]) -> list[str]:
    """Ask for all that belongs to an order, from an address of its own: misses are counted by it."""
    wrong = []
    async with shopper(person.store) as place:
        there = replace(person, http=place.http, base=place.base)
        for method, end in _PARTS:
            for guess in guesses:
                answer = await there.call(method, f"/api/v1/orders/{order_id}{end}", **guess)
                if answer.status != 404:
                    wrong.append(f"{method} {end} of another's order as {role}: {answer.status}")
    return wrong


_READ = ("", "/payment", "/parcels", "/returns", "/refunds", "/documents", "/personal-data")
_PARTS = (*(("GET", part) for part in _READ), ("POST", "/cancel"))
