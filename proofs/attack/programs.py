"""B4: API keys at doors and in places that are not theirs, guessed and ended ones; webhooks that lead inside."""

from __future__ import annotations

import asyncio
import base64
import collections
import hashlib
import secrets
import time
import uuid

from proofs.attack.listening import OUTSIDE, PORT, leading_on, listening
from proofs.attack.people import anonymous, boss_of
from proofs.attack.spilling import spilled
from proofs.attack.uploads import INSIDE
from proofs.shopper import Shopper, shopper
from proofs.store import ProofStore
from proofs.waiting import eventually

TITLE = "Other programs: keys open what they may, guesses keep nobody out, webhooks lead nowhere inside"
KEYS, HOOKS = "/api/v1/admin/api-keys", "/api/v1/admin/webhooks"
STAFFS = "/api/v1/admin/products?limit=1"
GUESSES, AT_ONCE = 900, 6
# Answers of an endpoint that has taken a message.
TAKEN = {"200", "201", "202", "204"}
# Guesses of one address a minute in each process (docs/concepts/limits.md), and what is refilled meanwhile.
LOOKED_UP = 160
# Seconds until an ended key is refused everywhere, and the time of a request.
ENDED = 4.0


async def prove(store: ProofStore) -> list[str]:
    """Run the attacks; returns those that succeeded."""
    async with boss_of(store) as boss:
        wrong = [*await _doors(store, boss), *await _places(store, boss), *await _guessed(store, boss)]
        return [*wrong, *await _led_inside(boss), *await _spilled(store, boss)]


async def _made(boss: Shopper) -> tuple[str, str]:
    """The id of a new key, and the secret."""
    made = await boss.call("POST", KEYS, json={"title": "Warehouse", "scopes": ["catalog:read", "webhooks:write"]})
    assert made.status == 201, made
    return made.body["id"], made.body["key"]


async def _doors(store: ProofStore, boss: Shopper) -> list[str]:
    """Ask by a key for what it may not have, then end it, and ask for what it might until then."""
    key_id, key = await _made(boss)
    too_much = await boss.call("POST", KEYS, json={"title": "More", "scopes": ["accounts:write"]})
    wrong = [] if too_much.status == 422 else [f"a key that gives rights to people: {too_much.status}"]
    async with anonymous(store, f"Bearer {key}") as program:
        for path in ("/api/v1/accounts/me", "/api/v1/orders", "/api/v1/sessions", "/api/v1/admin/orders", KEYS):
            answer = await program.call("GET", path)
            if answer.status != 403:
                wrong.append(f"a key at {path}: {answer.status}")
        hidden = await program.call("GET", f"{HOOKS}/{uuid.uuid4()}/secret")
        if hidden.type != "step-up-required":
            wrong.append(f"a key that asks for a secret: {hidden.status} {hidden.type}")
        assert (await program.call("GET", STAFFS)).status == 200
        assert (await boss.call("DELETE", f"{KEYS}/{key_id}")).status == 204
        ended = time.monotonic()
        while (await program.call("GET", STAFFS)).status == 200:
            if time.monotonic() - ended > ENDED:
                return [*wrong, "an ended key opens doors still"]
    return wrong


async def _places(store: ProofStore, boss: Shopper) -> list[str]:
    """Send a good key elsewhere than as a bearer token: what takes it there would have it in logs and pages."""
    _, key = await _made(boss)
    basic = base64.b64encode(f"{key}:".encode()).decode()
    places: tuple[tuple[str, dict[str, str]], ...] = (
        (f"{STAFFS}&access_token={key}", {}),
        (f"{STAFFS}&api_key={key}", {}),
        (STAFFS, {"X-Api-Key": key}),
        (STAFFS, {"Cookie": f"__Host-refresh={key}; Authorization={key}"}),
        (STAFFS, {"Authorization": f"Basic {basic}"}),
        (STAFFS, {"Authorization": key}),
        (STAFFS, {"Authorization": f"Bearer {key.upper()}"}),
        (STAFFS, {"Authorization": f"Bearer {key}x"}),
        (STAFFS, {"Authorization": f"Bearer {key}, Bearer x"}),
        (STAFFS, {"Authorization": f"Bearer {hashlib.sha256(key.encode()).hexdigest()}"}),
    )
    async with shopper(store) as stranger:
        told = [(await stranger.call("GET", path, **headers)).status for path, headers in places]
    # Unknown parameters of a query may be refused as such; anything but the list itself is right.
    return [f"a key is taken at {place}" for place, status in zip(places, told, strict=True) if status < 400]


async def _spilled(store: ProofStore, boss: Shopper) -> list[str]:
    """A key that was used, and the secret of a webhook that signed a message, are in no log."""
    _, key = await _made(boss)
    async with anonymous(store, f"Bearer {key}") as program:
        used = [(await program.call("GET", STAFFS)).status, (await program.call("GET", KEYS)).status]
    assert used == [200, 403], used
    hook = await _hook(boss, f"https://{OUTSIDE}:{PORT}/secret")
    secret = (await boss.call("GET", f"{HOOKS}/{hook}/secret")).body["secret"]
    assert hook is not None
    await _told(boss, hook)
    return spilled(store, {"an API key": key, "a webhook's secret": secret.removeprefix("whsec_")})


async def _guessed(store: ProofStore, boss: Shopper) -> list[str]:
    """Guess from one address: few guesses are looked up, and a new key of another address is."""
    statuses = collections.Counter[int]()
    async with shopper(store) as guesser:

        async def guess() -> None:
            for _ in range(GUESSES // AT_ONCE):
                bearer = f"Bearer mk_{secrets.token_urlsafe(32)}"
                statuses[(await guesser.call("GET", STAFFS, Authorization=bearer)).status] += 1

        await asyncio.gather(*(guess() for _ in range(AT_ONCE)))
        _, key = await _made(boss)
        async with anonymous(store, f"Bearer {key}") as program:
            found = await program.call("GET", STAFFS)
    print(f"  {GUESSES} guessed keys: {dict(statuses)}; a new one of another address: {found.status}", flush=True)
    wrong = [] if found.status == 200 else [f"guesses keep a new key out: {found.status}"]
    most = LOOKED_UP * len(store.processes("catalog"))
    return wrong if statuses[401] <= most else [*wrong, f"{statuses[401]} guessed keys were looked up"]


async def _led_inside(boss: Shopper) -> list[str]:
    """Send a test to each address inside that is taken, and to strangers who lead there; none may be visited."""
    wrong = []
    async with listening() as (port, visits), leading_on() as (outside, led):
        urls = [each.format(port=port) for each in INSIDE]
        https = [each.replace("http:", "https:") for each in urls]
        for url in [*urls, *https, f"https://127.0.0.1:{port}/", *outside]:
            made = await _hook(boss, url)
            # A redirect is an answer that is not taken: the endpoint is tried again, at its own address.
            if made is not None and await _told(boss, made) in TAKEN:
                wrong.append(f"{url} took a message")
    print(f"  {len(led)} redirects were met, {len(visits)} addresses inside were visited", flush=True)
    if len(led) < len(outside):
        wrong.append(f"of {len(outside)} redirects only these were met: {led}")
    return wrong + [f"shop asked an address inside: {line!r}" for line in visits]


async def _hook(boss: Shopper, url: str) -> str | None:
    """The id of the endpoint; None where its address is refused at once."""
    wish = {"url": url, "title": "Inside", "types": ["order.paid"]}
    made = await boss.call("POST", HOOKS, json=wish, **{"Idempotency-Key": uuid.uuid4().hex})
    assert made.status in {201, 422}, made
    return str(made.body["id"]) if made.status == 201 else None


async def _told(boss: Shopper, hook: str) -> str:
    """What a test was answered, or why it was not. The endpoint is deleted afterwards."""
    sent = await boss.call("POST", f"{HOOKS}/{hook}/tests", **{"Idempotency-Key": uuid.uuid4().hex})
    assert sent.status == 202, sent

    async def tried() -> list[str]:
        (line,) = (await boss.call("GET", f"{HOOKS}/{hook}/deliveries")).body["items"]
        ended = line["last_error"] is not None or line["last_status"] is not None
        return [line["last_error"] or str(line["last_status"])] if ended else []

    (answer,) = await eventually(tried, 30, "the first try of a test")
    assert (await boss.call("DELETE", f"{HOOKS}/{hook}")).status == 204
    return str(answer)
