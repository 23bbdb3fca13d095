"""Customers who order continuously in several scenarios, and report the final status that each order must have."""

from __future__ import annotations

import asyncio
import itertools
import random
import uuid
from collections.abc import Callable
from typing import Self

import aiohttp
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from chassis import auth
from mercat.installation import secrets
from proofs import shopper as shoppers
from proofs.products import Variant, set_stock, variants
from proofs.shopper import Answer, Shopper, shopper
from proofs.store import ProofStore
from proofs.waiting import eventually

AT_ONCE, PAUSE = 8, 0.2
# Seconds for which a request is repeated: longer than any claim or lease.
PATIENCE = 120.0
DISTURB_SECONDS = 0.3
_DUE_NOW = {
    "orders": """
        update orders set next_attempt_at = now() where status in ('authorised', 'stock_committed', 'cancelling')
    """,
    "payments": """
        update payments set next_check_at = now(), version = version + 1 where next_check_at > now()
    """,
}

Acknowledge = Callable[[str, str], None]


class Customers:
    """Order for as long as the block runs. `acknowledge(order, status)` is called when the final status is certain."""

    def __init__(self, store: ProofStore, acknowledge: Acknowledge) -> None:
        self._store, self._acknowledge = store, acknowledge
        self._scenarios = itertools.cycle(
            (
                *(self._pay, self._pay_after_a_decline, self._cancel, self._pay_late),
                *(self._pay_and_capture_again, self._take_the_last, self._cancel_late),
            )
        )
        self.complaints: list[str] = []
        self._leaving = False
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        shelf = await variants(self._store)
        self._plenty, self._scarce = shelf[1], shelf[2]
        await set_stock(self._store, self._plenty, 100_000)
        self._tasks = [asyncio.create_task(self._order()) for _ in range(AT_ONCE)]
        self._tasks.append(asyncio.create_task(self._disturb()))
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._leaving = True
        await asyncio.gather(*self._tasks)

    async def _order(self) -> None:
        while not self._leaving:
            scenario = next(self._scenarios)
            try:
                async with shopper(self._store, https=False) as customer:
                    await scenario(customer)
            except (AssertionError, aiohttp.ClientError, TimeoutError) as error:
                self.complaints.append(f"{scenario.__name__}: {error!r}"[:500])
            await asyncio.sleep(PAUSE)

    async def _disturb(self) -> None:
        """Make one unit of the scarce variant available, and all orders and payments in progress due for the sweeps."""
        while not self._leaving:
            await set_stock(self._store, self._scarce, 1)
            for service, sql in _DUE_NOW.items():
                await self._store.rows(service, sql)
            await asyncio.sleep(DISTURB_SECONDS)

    async def _placed(self, customer: Shopper, variant: Variant) -> Answer:
        """Place an order with one key until it is answered, and once more; returns the answer."""
        key = uuid.uuid4().hex
        placed = await customer.retry(lambda: customer.order(variant, key), PATIENCE)
        if placed.status == 201:
            again = await customer.retry(lambda: customer.order(variant, key), PATIENCE)
            assert again.status == 201, again
            assert again.body["order"]["id"] == placed.body["order"]["id"], "one key made two orders"
        return placed

    async def _pay(self, customer: Shopper) -> None:
        await self._paid(customer, await self._placed(customer, self._plenty))

    async def _pay_and_capture_again(self, customer: Shopper) -> None:
        """Pay an order, then request its capture again, as a process does that has lost the first answer."""
        placed = await self._placed(customer, self._plenty)
        await self._paid(customer, placed)
        order, paid = placed.body["order"]["id"], "select status = 'paid' from orders where id = $1::uuid"
        await eventually(lambda: self._store.value("orders", paid, order), PATIENCE, "a paid order")
        key = load_pem_private_key(secrets.signing_key(self._store.store, "orders").read_bytes(), None)
        assert isinstance(key, EllipticCurvePrivateKey)
        headers = {"Authorization": f"Bearer {auth.sign_service_token(key, 'orders', 'payments')}"}

        async def again() -> Answer:
            entry = random.choice(self._store.processes("payments"))  # noqa: S311 -- no secret
            url = f"http://127.0.0.1:{entry.port}/internal/payments/{order}/capture"
            return await customer.call("POST", url, **headers)

        captured = await customer.retry(again, PATIENCE)
        assert captured.status == 202, captured

    async def _paid(self, customer: Shopper, placed: Answer) -> None:
        assert placed.status == 201, placed
        outcome = await customer.pay(placed.body, PATIENCE)
        assert outcome == "bought", outcome
        self._acknowledge(placed.body["order"]["id"], "paid")

    async def _pay_after_a_decline(self, customer: Shopper) -> None:
        placed = await self._placed(customer, self._plenty)
        assert placed.status == 201, placed
        if payment := placed.body["payment"]:
            declined = await customer.retry(lambda: customer.confirm(payment, shoppers.DECLINED), PATIENCE)
            assert declined.status == 402, declined
        await self._paid(customer, placed)

    async def _cancel(self, customer: Shopper) -> None:
        placed = await self._placed(customer, self._plenty)
        await self._cancelled(customer, placed)

    async def _cancelled(self, customer: Shopper, placed: Answer) -> None:
        assert placed.status == 201, placed
        order = placed.body["order"]["id"]
        ended = await customer.retry(lambda: customer.call("POST", f"/api/v1/orders/{order}/cancel"), PATIENCE)
        assert ended.status == 200, ended
        self._acknowledge(order, "cancelled")

    async def _take_the_last(self, customer: Shopper) -> None:
        """Three customers order the last unit at once: those who do not get it are refused with the reason."""

        async def one(other: Shopper) -> None:
            placed = await self._placed(other, self._scarce)
            if placed.status == 201 and placed.body["order"]["status"] in {"placed", "pending_payment"}:
                await self._paid(other, placed)
            else:
                assert placed.status == 201 or placed.type in {"out-of-stock", "hold-limit"}, placed

        async with shopper(self._store, https=False) as second, shopper(self._store, https=False) as third:
            await asyncio.gather(one(customer), one(second), one(third))

    async def _pay_late(self, customer: Shopper) -> None:
        await self._paid(customer, await self._lapsed(customer))

    async def _cancel_late(self, customer: Shopper) -> None:
        await self._cancelled(customer, await self._lapsed(customer))

    async def _lapsed(self, customer: Shopper) -> Answer:
        """Place an order and let its reservation expire: the payment reserves it again. Returns the answer."""
        placed = await self._placed(customer, self._plenty)
        assert placed.status == 201, placed
        order = placed.body["order"]["id"]
        lapse = "update reservations set expires_at = now() where order_id = $1::uuid and status = 'held'"
        await self._store.rows("catalog", lapse, order)
        status = "select coalesce((select status from reservations where order_id = $1::uuid), 'none')"

        async def lapsed() -> bool:
            return bool(await self._store.value("catalog", status, order) != "held")

        await eventually(lapsed, PATIENCE, "the end of a reservation")
        return placed
