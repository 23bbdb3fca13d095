"""P03 P10: kill -9 of each service during 200 checkouts: no acknowledged order is lost, nobody pays twice."""

from __future__ import annotations

import asyncio
import collections
import time
import uuid

import aiohttp

from proofs import checks
from proofs.products import Variant, set_stock, variants
from proofs.shopper import shopper
from proofs.store import ProofStore
from proofs.waiting import eventually

TITLE = "P03 P10: kill -9 of each service during 200 checkouts"
CHECKOUTS, AT_ONCE, PATIENCE = 200, 20, 60.0


async def prove(store: ProofStore) -> list[str]:
    """Run the proof for each service."""
    complaints = []
    for service in ("identity", "catalog", "orders", "payments"):
        complaints += [f"{service} killed: {complaint}" for complaint in await _round(store, service)]
    return complaints


async def _round(store: ProofStore, service: str) -> list[str]:
    variant = (await variants(store))[1]
    await set_stock(store, variant, CHECKOUTS * 2)
    gate, acknowledged, fates = asyncio.Semaphore(AT_ONCE), list[tuple[str, str]](), collections.Counter[str]()
    began = time.perf_counter()
    killer = asyncio.create_task(_kill_midway(store, service, fates))
    await asyncio.gather(*(_checkout(store, variant, gate, acknowledged, fates) for _ in range(CHECKOUTS)))
    await killer
    print(f"  {service} killed: {dict(fates)} in {time.perf_counter() - began:.1f} s", flush=True)
    return await _settle(store, acknowledged)


async def _kill_midway(store: ProofStore, service: str, fates: collections.Counter[str]) -> None:
    """Kill all replicas when a third of the checkouts has ended."""

    async def a_third() -> bool:
        return sum(fates.values()) >= CHECKOUTS // 3

    await eventually(a_third, 120, "a third of the checkouts")
    for entry in store.processes(service):
        store.kill(entry)


async def _checkout(
    store: ProofStore,
    variant: Variant,
    gate: asyncio.Semaphore,
    acknowledged: list[tuple[str, str]],
    fates: collections.Counter[str],
) -> None:
    """Place an order with one key, repeat it until it is answered, and pay."""
    key = uuid.uuid4().hex
    async with gate, shopper(store, https=False) as buyer:
        try:
            placed = await buyer.retry(lambda: buyer.order(variant, key), PATIENCE)
            if placed.status == 201:
                acknowledged.append((placed.body["order"]["id"], buyer.headers["Order-Token"]))
                fates[await buyer.pay(placed.body, PATIENCE)] += 1
            else:
                fates[f"placing: {placed.status} {placed.type}"] += 1
        except (aiohttp.ClientError, TimeoutError) as error:
            fates[type(error).__name__] += 1


async def _settle(store: ProofStore, acknowledged: list[tuple[str, str]]) -> list[str]:
    """Wait until every order has ended; then every acknowledged order must exist and be paid."""
    began = time.perf_counter()
    if complaints := await checks.remaining(store, checks.records, 120):
        return complaints
    print(f"    all orders ended {time.perf_counter() - began:.1f} s after the last checkout", flush=True)
    for order, token in acknowledged:
        async with shopper(store, https=False) as reader:
            reader.headers["Order-Token"] = token
            answer = await reader.call("GET", f"/api/v1/orders/{order}")
        if answer.status != 200:
            complaints.append(f"acknowledged order {order} is lost: {answer.status}")
        elif answer.body["status"] != "paid":
            complaints.append(f"acknowledged order {order} is {answer.body['status']}: {answer.body['cancel_reason']}")
    return complaints
