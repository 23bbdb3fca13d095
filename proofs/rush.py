"""A8: 100 checkouts at once with Stripe's rate limits: every shopper can pay within 5 seconds.

The limits of a sandbox are measured too, without a target.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from dataclasses import dataclass
from typing import Any

from proofs import shopper as shoppers
from proofs.products import Variant, set_stock, variants
from proofs.shopper import Shopper, shopper
from proofs.store import ProofStore
from proofs.waiting import eventually

TITLE = "A8: 100 checkouts at once, with Stripe's limits"
# Stripe's limits in calls a second: at each endpoint, and in total.
LIVE, SANDBOX = {"endpoint": 25, "total": 100}, {"endpoint": 25, "total": 25}
BUYERS, WITHIN = 100, 5.0
PATIENCE = 60.0
# The service paces its calls by this setting; with the double the default is no limit.
SETTINGS = {"STRIPE_CALLS_PER_SECOND_PAYMENTS": str(LIVE["total"])}


@dataclass(frozen=True)
class Bought:
    """A purchase: seconds until it could be paid and was confirmed. `at_once`: the order's answer had the payment."""

    order: str
    at_once: bool
    payable: float
    confirmed: float


async def prove(store: ProofStore) -> list[str]:
    """Run the proof; prints the figures.

    The time without limits is measured first: a busy machine may need seconds for that alone, and the promise is about
    what the limits add.
    """
    alone = await _rush(store, "no", {})
    limited = await _rush(store, "live", LIVE)
    # The service still paces its calls for a live account: it retries what is refused, and every order is paid.
    await _rush(store, "sandbox", SANDBOX)
    allowed = max(WITHIN, alone + WITHIN - 1.0)
    if limited > allowed:
        return [f"live limits: the last shopper could pay after {limited:.1f} s, later than {allowed:.1f} s"]
    return []


async def _rush(store: ProofStore, name: str, limits: dict[str, int]) -> float:
    """Seconds until the last shopper could pay."""
    variant = (await variants(store))[0]
    await set_stock(store, variant, BUYERS)
    await store.double_control("limits", limits)
    try:
        async with asyncio.TaskGroup() as crowd:
            tasks = [crowd.create_task(_buy(store, variant)) for _ in range(BUYERS)]
        bought = [task.result() for task in tasks]
        refused = (await store.double_control("limits"))["refused"]
        await eventually(lambda: _all_paid(store, bought), 180, "all orders to be paid")
    finally:
        await store.double_control("limits", {})
    waits = sorted(each.payable for each in bought)
    paid = sorted(each.confirmed for each in bought)
    print(
        f"  {name} limits, {BUYERS} at once: payable after {_at(waits, 0.5):.2f} s (median), "
        f"{_at(waits, 0.99):.2f} s (p99), {waits[-1]:.2f} s (last); paid after {paid[-1]:.2f} s (last); "
        f"{sum(each.at_once for each in bought)} by the order's own answer; {refused} calls got 429",
        flush=True,
    )
    return waits[-1]


async def _buy(store: ProofStore, variant: Variant) -> Bought:
    """Order, poll until the order can be paid, and pay, as the storefront does."""
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
    """Confirm the payment; a browser's calls count for the same limits, and it retries as Stripe.js does."""
    for _ in range(int(PATIENCE / 0.5)):
        answer = await buyer.confirm(payment, shoppers.OK)
        if answer.status != 429:
            assert answer.status == 200, answer
            return
        await asyncio.sleep(0.5)
    raise AssertionError("a browser got 429 for too long")


async def _all_paid(store: ProofStore, bought: list[Bought]) -> bool:
    orders = [uuid.UUID(each.order) for each in bought]
    sql = "select count(*) from orders where id = any($1::uuid[]) and status = 'paid'"
    return int(await store.value("orders", sql, orders)) == len(orders)


def _at(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
