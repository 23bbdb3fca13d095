"""A program of the warehouse with an API key: it reads the orders all day, and counts what was delivered."""

from __future__ import annotations

import asyncio
import itertools
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial

import aiohttp

from proofs.shop_day.shop import ORDERS, Shop
from proofs.shopper import Shopper

_KEYS = "/api/v1/admin/api-keys"
_SCOPES = ["catalog:read", "orders:read", "stock:write"]
# What its scopes open in each service, and what no key of them may do.
_OPEN = {"catalog": "/api/v1/admin/products?limit=1", "orders": f"{ORDERS}?limit=1"}
_CLOSED = ("/api/v1/admin/payments?limit=1", "/api/v1/admin/accounts?email=a%40b.example", _KEYS, "/api/v1/accounts/me")
DELIVERIES, PIECES = 6, 5
EVERY = 3.0
# Seconds until an ended key opens nothing anywhere (services/shop/README.md), and the time of a request.
ENDED = 4.0


class Program:
    """What the program has seen. `wrong`: what it was answered that it should not be."""

    def __init__(self, who: Shopper, key_id: str) -> None:
        self.who, self.key_id = who, key_id
        self.seen = set[str]()
        self.wrong = list[str]()

    async def work(self, shop: Shop) -> None:
        """Read the orders again and again, and count a delivery each time, twice with one key."""
        for turn in itertools.count():
            with suppress(aiohttp.ClientError, TimeoutError):
                await self.read_orders()
            if turn < DELIVERIES:
                await self._deliver(shop, shop.shelf[turn % len(shop.shelf)].sku)
            await asyncio.sleep(EVERY)

    async def read_orders(self) -> None:
        """Every order that there is."""
        path = f"{ORDERS}?limit=100"
        while path:
            answer = await self.who.retry(partial(self.who.call, "GET", path), 30)
            if answer.status != 200:
                self.wrong.append(f"the program reads orders: {answer}")
                return
            self.seen |= {each["id"] for each in answer.body["items"]}
            cursor = answer.body.get("next_cursor")
            path = f"{ORDERS}?limit=100&cursor={cursor}" if cursor else ""

    async def _deliver(self, shop: Shop, sku: str) -> None:
        key, wish = {"Idempotency-Key": uuid.uuid4().hex}, {"delta": PIECES, "reason": "delivered"}
        count = partial(self.who.call, "POST", f"/api/v1/admin/stock/{sku}/adjustments", json=wish, **key)
        for _ in range(2):
            answer = await self.who.retry(count)
            if answer.status >= 300:
                self.wrong.append(f"the program counts a delivery of {sku}: {answer}")
                return
        shop.delivered[sku] += PIECES


@asynccontextmanager
async def program(shop: Shop, who: Shopper) -> AsyncIterator[Program]:
    """It runs within the block; a failure of it ends nothing else, and is among its complaints."""
    made = await shop.boss.ask("POST", _KEYS, {"title": "Warehouse", "scopes": _SCOPES})
    who.headers["Authorization"] = f"Bearer {made['key']}"
    found = Program(who, made["id"])
    for path in _CLOSED:
        answer = await who.call("GET", path)
        if answer.status != 403:
            found.wrong.append(f"an API key at {path}: {answer}")
    running = asyncio.create_task(found.work(shop))
    try:
        yield found
    finally:
        running.cancel()
        (ended,) = await asyncio.gather(running, return_exceptions=True)
        if not isinstance(ended, asyncio.CancelledError):
            found.wrong.append(f"the program ended: {ended!r}")


async def program_complaints(shop: Shop, found: Program) -> list[str]:
    """Orders that it did not see; and doors that its key opens after it was ended."""
    await found.read_orders()
    missed = {each.id for each in shop.bought} - found.seen
    wrong = [*found.wrong, *([f"the program missed {len(missed)} orders"] if missed else [])]
    (key,) = [each for each in (await shop.boss.ask("GET", _KEYS))["items"] if each["id"] == found.key_id]
    if key["last_used_at"] is None:
        wrong.append("it is not noted when the key was used")
    await shop.boss.ask("DELETE", f"{_KEYS}/{found.key_id}")
    ended = time.monotonic()
    for service, path in _OPEN.items():
        while (await found.who.call("GET", path)).status != 401:
            if time.monotonic() - ended > ENDED:
                wrong.append(f"an ended key opens {service} still")
                break
    return wrong
