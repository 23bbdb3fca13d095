"""A headless browser uses the storefront: browses, buys with every kind of test card, signs up.

It needs Node and Chromium, so of the proofs it runs on request only: `make walk`; proofs/tests/test_walk.py runs it in
`make test`. The steps are in web/tests.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
from collections.abc import Coroutine
from pathlib import Path

from mercat.stack.status_file import ProcessStatus
from proofs.products import variants
from proofs.shopper import shopper
from proofs.staff import staff_of
from proofs.store import ProofStore

TITLE = (
    "The storefront in a browser: browse, buy, sign up; accessible by axe in light and dark, on wide and narrow screens"
)
# Filling in a card form takes longer than the calls of other proofs.
SETTINGS = {"HOLD_SECONDS_ORDERS": "900"}
TEXTS = {
    "returns/en": {
        "title": "Sending things back",
        "body": "You have **30 days**.\n\n# How\n\n1. Write to us\n2. Send it: https://example.com/label\n\n<b>Bold</b>",
    },
    "returns/de": {"title": "Rücksendung", "body": "Sie haben 30 Tage."},
    "imprint/de": {"title": "Impressum", "body": "Tide GmbH\nTorstr. 1\n10115 Berlin"},
}
KILLED = ("pages", "catalog", "orders", "payments", "shop", "identity")
TESTS = Path(__file__).resolve().parent.parent / "web" / "tests"


async def prove(store: ProofStore) -> list[str]:
    """Run the steps, which print their progress. Without a browser, Node or its packages the proof fails."""
    if lack := missing():
        return [f"nothing was proven: {lack}"]
    await _write_texts(store)
    address = f"http://localhost:{store.store.port('http')}"
    ended = {program: await _run("node", program, address) for program in ("walk.mjs", "places.mjs", "measuring.mjs")}
    ended["returns.mjs"] = await _run("node", "returns.mjs", address, await _arrived(store))
    ended["killed.mjs"] = await _killing(store, _run("node", "killed.mjs", address))
    return [f"{program} ended with status {status}" for program, status in ended.items() if status != 0]


async def _write_texts(store: ProofStore) -> None:
    """Two texts of the shop, one of them in a second language."""
    async with staff_of(store) as boss:
        now = await boss.ask("GET", "shop")
        kept = {name: now[name] for name in ("name", "logo_url", "colours", "currencies", "time_zone", "mail_sender")}
        await boss.ask("PUT", "shop", {**kept, "languages": ["en", "de"], "version": now["version"]})
        for place, text in TEXTS.items():
            await boss.ask("PUT", f"shop/policies/{place}", text)


async def _arrived(store: ProofStore) -> str:
    """The address of a guest's order that was paid, sent and delivered."""
    shelf = [each for each in await variants(store) if each.available]
    async with shopper(store, https=False) as guest, staff_of(store) as boss:
        placed = (await guest.order(shelf[0])).body
        assert await guest.pay(placed) == "bought", placed
        order = str(placed["order"]["id"])
        await guest.until(order, "paid")
        pieces = {"lines": [{"position": 1, "quantity": 1}], "carrier": "dhl", "tracking_number": "TRACK-1"}
        sent = await boss.ask("POST", f"orders/{order}/parcels", pieces)
        await boss.ask("POST", f"orders/{order}/parcels/{sent['id']}/delivered")
    return f"/orders/{order}#token={placed['order_token']}"


async def _killing(store: ProofStore, person: Coroutine[None, None, int]) -> int:
    """Kill the services in turn, each once the one before is back, until the person has ended; their status."""
    walking = asyncio.ensure_future(person)
    for killed, service in enumerate(itertools.cycle(KILLED), start=1):
        entry = _running(store, service)
        store.kill(entry)
        while not walking.done() and not _back(store, entry):
            await asyncio.wait([walking], timeout=0.1)
        if walking.done():
            print(f"  {killed} times a service was killed meanwhile", flush=True)
            return walking.result()
    raise AssertionError("there is always another one")


def _back(store: ProofStore, killed: ProcessStatus) -> bool:
    """Whether another process is ready in the place of one."""
    now = _running(store, killed.name)
    return now.condition == "ready" and now.pid != killed.pid


def _running(store: ProofStore, service: str) -> ProcessStatus:
    (entry,) = (each for each in store.processes(service) if not each.once)
    return entry


def missing() -> str:
    """What of Node and its packages this machine lacks; an empty text if nothing. A browser the steps look for."""
    if shutil.which("node") is None:
        return "there is no node on the PATH"
    if not (TESTS / "node_modules").exists():
        return "the Node packages of web/tests are missing: run `npm ci` there"
    return ""


async def _run(*words: str) -> int:
    process = await asyncio.create_subprocess_exec(*words, cwd=TESTS, env=os.environ)
    return await process.wait()
