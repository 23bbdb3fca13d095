"""Shoppers who buy and browse without a pause, and what they were answered."""

from __future__ import annotations

import asyncio
import itertools
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from proofs.products import Variant, set_stock, variants
from proofs.shopper import ADDRESS, Answer, Shopper, shopper
from proofs.store import ProofStore

BUYERS, READS_A_SECOND = 6, 20
# A buyer repeats a request for so long; a browser waits so long for a page.
PATIENCE, PAGE_SECONDS = 90.0, 5.0


class UnexpectedAnswer(Exception):
    """A purchase could not go on."""


@dataclass
class Record:
    """What was answered. Times are monotonic seconds; `orders` are those acknowledged, with their tokens.

    `bought` are those that were paid for, `unknown` requests for an order whose first answer did not say what became of
    them, by how they ended.
    """

    orders: dict[str, str] = field(default_factory=dict)
    bought: set[str] = field(default_factory=set)
    unknown: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    writes: list[float] = field(default_factory=list)
    reads: list[tuple[float, bool]] = field(default_factory=list)
    slowest: float = 0.0
    complaints: list[str] = field(default_factory=list)

    def answered(self, method: str, answer: Answer, seconds: float) -> None:
        """Count an answer to a buyer."""
        self.statuses[f"{answer.status} {answer.type}".strip()] += 1
        self.slowest = max(self.slowest, seconds)
        if method != "GET" and answer.status < 300:
            self.writes.append(time.monotonic())


class _Buyer(Shopper):
    """A shopper whose answers are counted."""

    record: Record
    patience: float

    async def call(self, method: str, path: str, *, json: Any = None, **headers: str) -> Answer:
        began = time.monotonic()
        try:
            answer = await super().call(method, path, json=json, **headers)
        except (aiohttp.ClientError, TimeoutError) as error:
            self.record.statuses[type(error).__name__] += 1
            raise
        self.record.answered(method, answer, time.monotonic() - began)
        return answer


@asynccontextmanager
async def running(store: ProofStore, *, patience: float = PATIENCE) -> AsyncIterator[Record]:
    """Load for as long as the block runs; then each buyer ends what was begun, and repeats a request for so long."""
    record, leaving = Record(), asyncio.Event()
    shelf = itertools.cycle((await variants(store))[:BUYERS])
    for variant in itertools.islice(shelf, BUYERS):
        await set_stock(store, variant, 10_000)
    async with asyncio.TaskGroup() as group:
        for _ in range(BUYERS):
            group.create_task(_buy_on(store, next(shelf), record, leaving, patience))
        group.create_task(_browse(store, record, leaving))
        try:
            yield record
        finally:
            leaving.set()


async def _buy_on(store: ProofStore, variant: Variant, record: Record, leaving: asyncio.Event, patience: float) -> None:
    while not leaving.is_set():
        async with shopper(store, https=False) as one:
            buyer = _Buyer(one.store, one.http, one.base, one.email)
            buyer.record, buyer.patience = record, patience
            try:
                await _purchase(buyer, variant, record)
            except (aiohttp.ClientError, TimeoutError, UnexpectedAnswer) as error:
                record.complaints.append(f"a purchase ended with {error!r}"[:300])


async def _purchase(buyer: _Buyer, variant: Variant, record: Record) -> None:
    """A cart, an order and its payment, each request repeated until its outcome is known."""
    cart = await buyer.retry(lambda: buyer.call("POST", "/api/v1/cart", json={}), buyer.patience)
    _expect(cart.status == 201, cart)
    token = {"Cart-Token": cart.body["cart_token"]}
    line = f"/api/v1/cart/lines/{variant.id}"
    put = await buyer.retry(lambda: buyer.call("PUT", line, json={"quantity": 1}, **token), buyer.patience)
    _expect(put.status == 200, put)
    wish = {"email": buyer.email, "shipping_address": ADDRESS, "expected_total": put.body["total"]}
    headers = {**token, "Idempotency-Key": uuid.uuid4().hex}
    tries = 0

    async def order() -> Answer:
        nonlocal tries
        tries += 1
        return await buyer.call("POST", "/api/v1/orders", json=wish, **headers)

    placed = await buyer.retry(order, buyer.patience)
    if tries > 1:
        record.unknown[f"{placed.status} {placed.type}".strip()] += 1
    _expect(placed.status == 201, placed)
    number, buyer.headers["Order-Token"] = placed.body["order"]["id"], placed.body["order_token"]
    record.orders[number] = placed.body["order_token"]
    outcome = await buyer.pay(placed.body, buyer.patience)
    _expect(outcome == "bought", f"{outcome}: order {number}")
    record.bought.add(number)


def _expect(right: bool, found: object) -> None:  # noqa: FBT001 -- as in an assertion
    if not right:
        raise UnexpectedAnswer(str(found))


async def _browse(store: ProofStore, record: Record, leaving: asyncio.Event) -> None:
    """Ask for pages of the catalog at a steady pace, whether or not earlier ones were answered."""
    async with shopper(store, https=False) as one, asyncio.TaskGroup() as group:
        products = (await one.call("GET", "/api/v1/products?limit=10")).body["items"]
        pages = itertools.cycle(
            ["/api/v1/products?limit=10", *(f"/api/v1/products/{each['slug']}" for each in products)]
        )
        while not leaving.is_set():
            group.create_task(_read(one, next(pages), record))
            await asyncio.sleep(1 / READS_A_SECOND)


async def _read(one: Shopper, page: str, record: Record) -> None:
    began = time.monotonic()
    try:
        async with asyncio.timeout(PAGE_SECONDS):
            right = (await one.call("GET", page)).status == 200
    except (aiohttp.ClientError, TimeoutError):
        right = False
    record.reads.append((began, right))
