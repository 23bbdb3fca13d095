"""A8: 100 checkouts at once against Stripe's limits: every shopper can pay within 5 seconds; a sandbox's are told."""

from __future__ import annotations

import asyncio
import time
import uuid
from dataclasses import dataclass
from typing import Any

from mercat.config import environment
from proofs import shopper as shoppers
from proofs.scenery import Variant, put_on_shelf, variants
from proofs.shopper import Shopper, shopper
from proofs.store import ProofStore
from proofs.waiting import eventually

TITLE = "A8: 100 checkouts at once, with Stripe's limits"
# Calls a second, as Stripe states them: at each endpoint, and in all.
LIVE, SANDBOX = {"endpoint": 25, "total": 100}, {"endpoint": 25, "total": 25}
BUYERS, WITHIN = 100, 5.0
PATIENCE = 60.0
# The service knows what the account may do; a double sets no limit by itself.
SETTINGS = {"STRIPE_CALLS_PER_SECOND_PAYMENTS": str(LIVE["total"])}


@dataclass(frozen=True)
class Bought:
    """When a shopper could pay, and had paid, in seconds from the order; and whether the order's answer said how."""

    order: str
    at_once: bool
    payable: float
    confirmed: float


async def prove(store: ProofStore, *, buyers: int = BUYERS) -> list[str]:
    """What went wrong; prints the figures. What this machine needs without any limit is measured first: on a busy one
    that alone may be seconds, and the promise is about what the limits add.
    """
    alone = await _rush(store, "no", {}, buyers)
    limited = await _rush(store, "live", LIVE, buyers)
    # The same settings, so this tells what too high a figure for an account does: it is waited for, nothing breaks.
    await _rush(store, "sandbox", SANDBOX, buyers)
    allowed = max(WITHIN, alone + WITHIN - 1.0)
    if limited > allowed:
        return [f"live limits: the last shopper could pay after {limited:.1f} s, later than {allowed:.1f} s"]
    return []


async def _rush(store: ProofStore, name: str, limits: dict[str, int], buyers: int) -> float:
    """Seconds until the last shopper could pay."""
    variant = (await variants(store))[0]
    await put_on_shelf(store, variant, buyers)
    await _limit(store, limits)
    try:
        async with asyncio.TaskGroup() as crowd:
            tasks = [crowd.create_task(_buy(store, variant)) for _ in range(buyers)]
        bought = [task.result() for task in tasks]
        refused = (await _limits(store))["refused"]
        await eventually(lambda: _all_paid(store, bought), 180, "all orders to be paid")
    finally:
        await _limit(store, {})
    waits = sorted(each.payable for each in bought)
    paid = sorted(each.confirmed for each in bought)
    print(
        f"  {name} limits, {buyers} at once: payable after {_at(waits, 0.5):.2f} s (median), "
        f"{_at(waits, 0.99):.2f} s (p99), {waits[-1]:.2f} s (last); paid after {paid[-1]:.2f} s (last); "
        f"{sum(each.at_once for each in bought)} by the order's own answer; {refused} calls met 429",
        flush=True,
    )
    return waits[-1]


async def _buy(store: ProofStore, variant: Variant) -> Bought:
    """Order, ask until it can be paid, and pay, as the storefront does."""
    async with shopper(store, https=False) as buyer:
        began = time.monotonic()
        placed = await buyer.order(variant, uuid.uuid4().hex)
        assert placed.status == 201, placed
        order, payment = placed.body["order"]["id"], placed.body["payment"]
        at_once = payment is not None
        while payment is None:
            assert time.monotonic() - began < PATIENCE, f"order {order} cannot be paid after {PATIENCE} s"
            await asyncio.sleep(0.5)
            answer = await buyer.call("GET", f"/api/v1/orders/{order}/payment")
            assert answer.status == 200, answer
            payment = answer.body["payment"]
        payable = time.monotonic() - began
        await _confirm(buyer, payment)
        return Bought(order, at_once, payable, time.monotonic() - began)


async def _confirm(buyer: Shopper, payment: dict[str, Any]) -> None:
    """Browsers count against the same limits, and try again as Stripe.js does."""
    for _ in range(int(PATIENCE / 0.5)):
        answer = await buyer.confirm(payment, shoppers.OK)
        if answer.status != 429:
            assert answer.status == 200, answer
            return
        await asyncio.sleep(0.5)
    raise AssertionError("a browser met 429 for too long")


async def _all_paid(store: ProofStore, bought: list[Bought]) -> bool:
    orders = [uuid.UUID(each.order) for each in bought]
    sql = "select count(*) from orders where id = any($1::uuid[]) and status = 'paid'"
    return int(await store.value("orders", sql, orders)) == len(orders)


def _at(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


async def _limit(store: ProofStore, limits: dict[str, int]) -> None:
    async with store.http.post(f"{store.double}/_double/limits", json=limits, headers=_key(store)) as answer:
        answer.raise_for_status()


async def _limits(store: ProofStore) -> dict[str, int]:
    async with store.http.get(f"{store.double}/_double/limits", headers=_key(store)) as answer:
        answer.raise_for_status()
        found: dict[str, int] = await answer.json()
        return found


def _key(store: ProofStore) -> dict[str, str]:
    return {"Authorization": f"Bearer {environment.payments(store.store)['STRIPE_SECRET_KEY']}"}
