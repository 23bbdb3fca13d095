"""Customers who order continuously in several scenarios, and report the final status that each order must have."""

from __future__ import annotations

import asyncio
import itertools
import random
import uuid
from collections.abc import Awaitable, Callable, Collection
from typing import Any, NamedTuple, Self

import aiohttp

from chassis.values import uuid7
from proofs import shopper as shoppers
from proofs.databases import Databases
from proofs.internal import as_orders
from proofs.nudges import DUE_NOW
from proofs.products import Variant, set_stock, variants
from proofs.shopper import Answer, Shopper, shopper
from proofs.store import ProofStore
from proofs.waiting import eventually

AT_ONCE, PAUSE = 8, 0.2
# Seconds for which a request is repeated: longer than any claim or lease.
PATIENCE = 120.0
DISTURB_SECONDS = 0.3

Acknowledge = Callable[[str, str], None]


class Scenario(NamedTuple):
    """What a customer does. `passes`: how the names of the failpoints begin that only a few scenarios pass.

    `rare`: it runs only while one of these is on.
    """

    run: Callable[[Shopper], Awaitable[None]]
    passes: tuple[str, ...] = ()
    rare: bool = False

    def fits(self, points: Collection[str]) -> bool:
        """Whether it passes one of these failpoints."""
        return any(point.startswith(self.passes) for point in points)


class Customers:
    """Order for as long as the block runs. `acknowledge(order, status)` is called when the final status is certain.

    `wanted()` are the failpoints that are on: every second customer does something that passes one of them.
    """

    def __init__(
        self, store: ProofStore, acknowledge: Acknowledge, wanted: Callable[[], Collection[str]] = tuple
    ) -> None:
        self._store, self._acknowledge, self._wanted = store, acknowledge, wanted
        refunds = ("payments.refund_",)
        self.scenarios = [
            *map(Scenario, (self._pay, self._cancel, self._pay_late)),
            *map(Scenario, (self._pay_and_capture_again, self._take_the_last, self._cancel_late)),
            Scenario(self._pay_after_a_decline, ("payments.before_decline_",)),
            Scenario(self._pay_and_refund, refunds),
            Scenario(self._pay_and_refund_in_the_dashboard, ("payments.refund_taken_in",)),
        ]
        self._turns = itertools.count()
        self._databases = Databases(store.store)
        self.complaints: list[str] = []
        self.refunds: list[str] = []
        self._leaving = False
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        shelf = await variants(self._store)
        self.plenty, self._scarce = shelf[1], shelf[2]
        await set_stock(self._store, self.plenty, 100_000)
        self._tasks = [asyncio.create_task(self._order()) for _ in range(AT_ONCE)]
        self._tasks.append(asyncio.create_task(self._disturb()))
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._leaving = True
        await asyncio.gather(*self._tasks)
        await self._databases.close()

    def next_scenario(self) -> Scenario:
        """What the next customer does."""
        turn, points = next(self._turns), self._wanted()
        fitting = [[each for each in self.scenarios if each.fits([point])] for point in points]
        if turn % 2 and any(fitting):
            # A failpoint first, so that one which few scenarios pass is passed as often as another.
            return random.choice(random.choice(list(filter(None, fitting))))  # noqa: S311 -- no secret
        usual = [scenario for scenario in self.scenarios if not scenario.rare]
        return usual[turn // 2 % len(usual)]

    async def _order(self) -> None:
        while not self._leaving:
            scenario = self.next_scenario()
            try:
                async with shopper(self._store, https=False) as customer:
                    await scenario.run(customer)
            except (AssertionError, aiohttp.ClientError, TimeoutError) as error:
                self.complaints.append(f"{scenario.run.__name__}: {error!r}"[:500])
            await asyncio.sleep(PAUSE)

    async def _disturb(self) -> None:
        """Make one unit of the scarce variant available, and all orders and payments in progress due for the sweeps."""
        while not self._leaving:
            await set_stock(self._store, self._scarce, 1)
            for service, sql in DUE_NOW:
                await self._databases.fetch(service, sql)
            await asyncio.sleep(DISTURB_SECONDS)

    async def _placed(self, customer: Shopper, variant: Variant, pieces: int = 1) -> Answer:
        """Place an order with one key until it is answered, and once more; returns the answer."""
        key, lines = uuid.uuid4().hex, [{"variant_id": variant.id, "quantity": pieces}]
        wish = {"lines": lines, "expected_total": variant.total_of(pieces)}
        placed = await customer.retry(lambda: customer.order(variant, key, **wish), PATIENCE)
        if placed.status == 201:
            again = await customer.retry(lambda: customer.order(variant, key, **wish), PATIENCE)
            assert again.status == 201, again
            assert again.body["order"]["id"] == placed.body["order"]["id"], "one key made two orders"
        return placed

    async def _pay(self, customer: Shopper) -> None:
        await self._paid(customer, await self._placed(customer, self.plenty))

    async def _pay_and_capture_again(self, customer: Shopper) -> None:
        """Pay an order, then request its capture again, as a process does that has lost the first answer."""
        order = await self.bought(customer)
        captured = await self._as_orders(customer, f"{order}/capture")
        assert captured.status == 202, captured

    async def _pay_and_refund(self, customer: Shopper) -> None:
        """Ask for the refund of a part, and again, as a process does that has lost the first answer."""
        order = await self.bought(customer)
        currency = await self.value("orders", "select currency from orders where id = $1::uuid", order)
        refund_id = str(uuid7())
        asked = {"refund_id": refund_id, "amount": 1, "currency": currency, "reason": "duplicate"}
        for _ in range(2):
            refund = await self._as_orders(customer, f"{order}/refunds", asked)
            assert refund.status == 202, refund
        self.refunds.append(refund_id)

    async def _pay_and_refund_in_the_dashboard(self, customer: Shopper) -> None:
        intent = await self.intent_of(await self.bought(customer))
        await self._store.double_control("refunds", {"payment_intent": intent, "amount": 1})

    async def bought(self, customer: Shopper, pieces: int = 1) -> str:
        """The id of an order of so many pieces that is paid."""
        placed = await self._placed(customer, self.plenty, pieces)
        await self._paid(customer, placed)
        order: str = placed.body["order"]["id"]
        paid = "select status = 'paid' from orders where id = $1::uuid"
        await eventually(lambda: self.value("orders", paid, order), PATIENCE, "a paid order")
        return order

    async def intent_of(self, order: str) -> str:
        """The provider's id of an order's payment."""
        return str(await self.value("payments", "select intent_id from payments where order_id = $1::uuid", order))

    async def value(self, service: str, sql: str, *arguments: Any) -> Any:
        """The first column of the first row of a query, by a connection that stays open."""
        return (await self._databases.fetch(service, sql, *arguments))[0][0]

    async def _as_orders(self, customer: Shopper, path: str, body: Any = None) -> Answer:
        """What orders asks payments for, until it is answered."""
        return await customer.retry(lambda: as_orders(self._store, f"payments/{path}", body), PATIENCE)

    async def _paid(self, customer: Shopper, placed: Answer) -> None:
        assert placed.status == 201, placed
        outcome = await customer.pay(placed.body, PATIENCE)
        assert outcome == "bought", outcome
        self._acknowledge(placed.body["order"]["id"], "paid")

    async def _pay_after_a_decline(self, customer: Shopper) -> None:
        placed = await self._placed(customer, self.plenty)
        assert placed.status == 201, placed
        if payment := placed.body["payment"]:
            declined = await customer.retry(lambda: customer.confirm(payment, shoppers.DECLINED), PATIENCE)
            assert declined.status == 402, declined
        await self._paid(customer, placed)

    async def _cancel(self, customer: Shopper) -> None:
        placed = await self._placed(customer, self.plenty)
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
            if placed.status != 201:
                assert placed.type in {"out-of-stock", "hold-limit"}, placed
            elif placed.body["order"]["status"] == "placed":
                # Whether it got the unit is not known yet.
                await self._paid_or_without_stock(other, placed)
            elif placed.body["order"]["status"] == "pending_payment":
                await self._paid(other, placed)

        async with shopper(self._store, https=False) as second, shopper(self._store, https=False) as third:
            await asyncio.gather(one(customer), one(second), one(third))

    async def _paid_or_without_stock(self, customer: Shopper, placed: Answer) -> None:
        order = placed.body["order"]["id"]
        outcome = await customer.pay(placed.body, PATIENCE)
        if outcome == "bought":
            return self._acknowledge(order, "paid")
        reason = await self.value("orders", "select cancel_reason from orders where id = $1::uuid", order)
        assert reason == "out_of_stock", f"{outcome}: {reason}"
        return self._acknowledge(order, "cancelled")

    async def _pay_late(self, customer: Shopper) -> None:
        await self._paid(customer, await self._lapsed(customer))

    async def _cancel_late(self, customer: Shopper) -> None:
        await self._cancelled(customer, await self._lapsed(customer))

    async def _lapsed(self, customer: Shopper) -> Answer:
        """Place an order and let its reservation expire: the payment reserves it again. Returns the answer."""
        placed = await self._placed(customer, self.plenty)
        assert placed.status == 201, placed
        order = placed.body["order"]["id"]
        lapse = "update reservations set expires_at = now() where order_id = $1::uuid and status = 'held'"
        status = "select coalesce((select status from reservations where order_id = $1::uuid), 'none')"

        async def lapsed() -> bool:
            # Each time: orders reserves again, for longer, where a process died that had not noted the answer.
            await self._databases.fetch("catalog", lapse, order)
            return bool(await self.value("catalog", status, order) != "held")

        await eventually(lapsed, PATIENCE, "the end of a reservation")
        return placed
