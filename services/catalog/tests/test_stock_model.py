"""Stock against a model of it: any sequence of what may happen leaves database and model in agreement."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from catalog.domain.stock import HoldRequest, Outcome
from catalog.tests.shop import Shop, simple
from catalog.usecases.commit_reservation import commit_all
from catalog.usecases.expire_reservations import expire_reservations
from catalog.usecases.release_reservation import release_all
from catalog.usecases.reserve_stock import reserve_all
from chassis.testing import running_app
from chassis.testing.keys import Bench
from chassis.values import uuid7

SKUS = ("A", "B")
_SET = "update stock set on_hand = $2, reserved = 0 from variants v where v.id = variant_id and v.sku = $1"
UNITS = st.dictionaries(st.sampled_from(SKUS), st.integers(1, 4), min_size=1)


@dataclass
class Order:
    status: str
    wanted: dict[str, int]


class Model(RuleBasedStateMachine):
    """What may happen, in any order. Bound to a running catalog by a subclass."""

    runner: ClassVar[asyncio.Runner]
    shop: ClassVar[Shop]

    orders = Bundle("orders")

    @initialize(a=st.integers(0, 8), b=st.integers(0, 8))
    def begin(self, a: int, b: int) -> None:
        self.on_hand = {"A": a, "B": b}
        self.known: dict[UUID, Order] = {}
        self.runner.run(self._begin())

    async def _begin(self) -> None:
        async with self.shop.db.write() as tx:
            for table in ("stock_movements", "reservation_lines", "reservations"):
                await tx.execute(f"delete from {table}")
            for sku, units in self.on_hand.items():
                await tx.execute(_SET, sku, units)
        self.ids = {sku: await self.shop.variant(sku) for sku in SKUS}

    def reserved(self, sku: str) -> int:
        return sum(order.wanted.get(sku, 0) for order in self.known.values() if order.status == "held")

    def fits(self, wanted: dict[str, int]) -> bool:
        return all(self.on_hand[sku] - self.reserved(sku) >= units for sku, units in wanted.items())

    @rule(target=orders, wanted=UNITS)
    def reserve(self, wanted: dict[str, int]) -> UUID:
        order_id = uuid7()
        expected = Outcome.HELD if self.fits(wanted) else Outcome.SHORT
        assert self._ask(order_id, wanted) is expected
        if expected is Outcome.HELD:
            self.known[order_id] = Order("held", wanted)
        return order_id

    @rule(order_id=orders)
    def reserve_again(self, order_id: UUID) -> None:
        order = self.known.get(order_id)
        if order is None:
            return
        expected = Outcome.AGAIN
        if order.status == "released":
            expected = Outcome.RELEASED
        elif order.status == "expired":
            expected = Outcome.HELD if self.fits(order.wanted) else Outcome.SHORT
        assert self._ask(order_id, order.wanted or {"A": 1}) is expected
        if expected is Outcome.HELD:
            order.status = "held"

    def _ask(self, order_id: UUID, wanted: dict[str, int]) -> Outcome:
        units = dict(sorted((self.ids[sku], units) for sku, units in wanted.items()))
        (decision,) = self.runner.run(reserve_all(self.shop.db, [HoldRequest(order_id, units, timedelta(hours=1))]))
        return decision.outcome

    @rule(order_id=orders)
    def commit(self, order_id: UUID) -> None:
        order = self.known.get(order_id)
        (decision,) = self.runner.run(commit_all(self.shop.db, [order_id]))
        if order is None or order.status == "released":
            assert decision.outcome is Outcome.SHORT
        elif order.status == "committed":
            assert decision.outcome is Outcome.AGAIN
        elif order.status == "held" or self.fits(order.wanted):
            assert decision.outcome is Outcome.SOLD
            order.status = "committed"
            for sku, units in order.wanted.items():
                self.on_hand[sku] -= units
        else:
            assert decision.outcome is Outcome.SHORT

    @rule(order_id=consumes(orders))
    def release(self, order_id: UUID) -> None:
        order = self.known.setdefault(order_id, Order("unknown", {}))
        (outcome,) = self.runner.run(release_all(self.shop.db, [order_id]))
        if order.status == "committed":
            assert outcome is Outcome.COMMITTED
        else:
            assert outcome is (Outcome.AGAIN if order.status == "released" else Outcome.GIVEN_UP)
            order.status = "released"

    @rule(order_id=orders)
    def expire(self, order_id: UUID) -> None:
        order = self.known.get(order_id)
        count = self.runner.run(self._expire(order_id))
        assert count == (1 if order is not None and order.status == "held" else 0)
        if order is not None and order.status == "held":
            order.status = "expired"

    async def _expire(self, order_id: UUID) -> int:
        async with self.shop.db.write() as tx:
            sql = "update reservations set expires_at = now() where order_id = $1 and status = 'held'"
            await tx.execute(sql, order_id)
        return await expire_reservations(self.shop.app.ctx)

    @rule(sku=st.sampled_from(SKUS), on_hand=st.integers(0, 12))
    def count(self, sku: str, on_hand: int) -> None:
        path, body = f"/api/v1/admin/stock/{sku}", {"on_hand": on_hand}
        answer = self.runner.run(self.shop.client.put(path, json=body, headers=self.shop.staff))
        assert answer.status_code == (200 if on_hand >= self.reserved(sku) else 409)
        if answer.status_code == 200:
            self.on_hand[sku] = on_hand

    @invariant()
    def database_and_model_agree(self) -> None:
        for sku, on_hand in getattr(self, "on_hand", {}).items():
            assert self.runner.run(self.shop.level(sku)) == (on_hand, self.reserved(sku))


def test_any_sequence_leaves_stock_as_the_model_says(bench: Bench, tmp_path: Path):
    with asyncio.Runner() as runner:
        app: Any = running_app("catalog", bench, media_dir=tmp_path)
        shop = Shop(runner.run(app.__aenter__()))
        try:
            runner.run(shop.stock_up(simple("A", 0), simple("B", 0)))
            runner.run(shop.stop_sweeping())
            run_state_machine_as_test(
                type("Bound", (Model,), {"runner": runner, "shop": shop}),
                settings=settings(
                    max_examples=25,
                    stateful_step_count=30,
                    deadline=None,
                    suppress_health_check=list(HealthCheck),
                    database=None,
                ),
            )
        finally:
            runner.run(app.__aexit__(None, None, None))
