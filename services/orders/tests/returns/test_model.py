"""Parcels, cancellations and returns against a model: any sequence leaves counts, figures and books as it says."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID, uuid4

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from chassis.db import books
from chassis.testing import running_app
from chassis.testing.keys import Bench
from orders.checkout import lock_order
from orders.fulfilment import NotEnoughPieces, cancel_pieces
from orders.fulfilment.domain.carriers import Tracking
from orders.fulfilment.domain.parcel_state import ParcelStep
from orders.fulfilment.problems import ParcelNotChangeable
from orders.fulfilment.usecases.move_parcel import move_parcel
from orders.fulfilment.usecases.send_parcel import ParcelWish, send_parcel
from orders.returns import ReturnReason
from orders.returns.domain.receipt import Receipt
from orders.returns.domain.return_state import ReturnStep
from orders.returns.problems import NotReturnable, ReturnNotChangeable
from orders.returns.usecases.decide_return import decide_return
from orders.returns.usecases.locked import Actor
from orders.returns.usecases.open_return import ReturnWish, open_return
from orders.returns.usecases.receive_return import receive_return
from orders.tests.returns.counter import Counter

PIECES = st.sampled_from(({1: 1}, {1: 2}, {2: 1}, {1: 1, 2: 1}, {1: 2, 2: 1}, {1: 4}))
WHAT = st.sampled_from(
    (
        *("send", "send", "hand over", "cancel", "ask back", "ask back", "ask back"),
        *("deliver parcel", "cancel parcel", "cancel parcel", "give up", "receive", "receive", "miss"),
    )
)
PICK = st.integers(0, 9)
BOOKS = Path(__file__).parents[2] / "books"
STAFF = UUID(int=7)


@dataclass
class Line:
    ordered: int
    cancelled: int = 0
    fulfilled: int = 0
    in_return: int = 0
    returned: int = 0

    @property
    def open(self) -> int:
        return self.ordered - self.cancelled - self.fulfilled

    @property
    def returnable(self) -> int:
        return self.fulfilled - self.in_return - self.returned


@dataclass
class Thing:
    """A parcel or a return."""

    pieces: dict[int, int]
    status: str
    id: UUID = field(default_factory=uuid4)
    lost: int = 0


class Model(RuleBasedStateMachine):
    """What may happen to an order, in any order. Bound to a running service by a subclass."""

    runner: ClassVar[asyncio.Runner]
    counter: ClassVar[Counter]

    @initialize(first=st.integers(4, 9), second=st.integers(2, 6))
    def begin(self, first: int, second: int) -> None:
        self.order = self.runner.run(self.counter.paid(first, second))
        self.lines = {1: Line(first), 2: Line(second)}
        self.parcels: list[Thing] = []
        self.returns: list[Thing] = []
        self.restocked = 0

    def _done(self, work: Any, *refusals: type[Exception]) -> bool:
        try:
            self.runner.run(work)
        except refusals:
            return False
        return True

    def _fits(self, pieces: dict[int, int], count: str) -> bool:
        return all(getattr(self.lines[place], count) >= quantity for place, quantity in pieces.items())

    def _add(self, pieces: dict[int, int], **signs: int) -> None:
        for place, quantity in pieces.items():
            for name, sign in signs.items():
                setattr(self.lines[place], name, getattr(self.lines[place], name) + sign * quantity)

    # One rule for all: hypothesis leaves out some of several rules in each example, and these need each other.
    @rule(what=WHAT, pieces=PIECES, pick=PICK)
    def act(self, what: str, pieces: dict[int, int], pick: int) -> None:
        match what:
            case "send" | "hand over":
                self._send(pieces, by_hand=what == "hand over")
            case "cancel":
                self._cancel_pieces(pieces)
            case "ask back":
                self._ask_back(pieces)
            case "deliver parcel" | "cancel parcel" if self.parcels:
                step = ParcelStep.DELIVER if what == "deliver parcel" else ParcelStep.CANCEL
                self._move(self.parcels[pick % len(self.parcels)], step)
            case "give up" if self.returns:
                self._give_up(self.returns[pick % len(self.returns)])
            case "receive" | "miss" if self.returns:
                self._receive(self.returns[pick % len(self.returns)], lost=int(what == "miss"))

    def _send(self, pieces: dict[int, int], *, by_hand: bool) -> None:
        parcel = Thing(pieces, "delivered" if by_hand else "sent")
        wish = ParcelWish(pieces, Tracking(), by_hand, despite_dispute=False)
        sent = self._done(send_parcel(self.counter.service.ctx, self.order, parcel.id, wish, STAFF), NotEnoughPieces)
        assert sent == self._fits(pieces, "open")
        if sent:
            self._add(pieces, fulfilled=1)
            self.parcels.append(parcel)

    def _cancel_pieces(self, pieces: dict[int, int]) -> None:
        cancelled = self._done(self._cancel(pieces), NotEnoughPieces)
        assert cancelled == self._fits(pieces, "open")
        if cancelled:
            self._add(pieces, cancelled=1)

    async def _cancel(self, pieces: dict[int, int]) -> None:
        async with self.counter.service.ctx.db.write() as tx:
            order = await lock_order(tx, self.order)
            assert order is not None
            await cancel_pieces(tx, order, pieces)

    def _move(self, parcel: Thing, step: ParcelStep) -> None:
        work = move_parcel(self.counter.service.ctx, self.order, parcel.id, step, STAFF)
        moved = self._done(work, ParcelNotChangeable)
        if step is ParcelStep.DELIVER:
            assert moved == (parcel.status != "cancelled")
            parcel.status = "delivered" if moved else parcel.status
        elif parcel.status == "sent":
            assert moved == self._fits(parcel.pieces, "returnable")
            if moved:
                self._add(parcel.pieces, fulfilled=-1)
                parcel.status = "cancelled"
        else:
            assert moved == (parcel.status == "cancelled")

    def _ask_back(self, pieces: dict[int, int]) -> None:
        back = Thing(pieces, "approved")
        wish = ReturnWish(pieces, ReturnReason.OTHER)
        opened = self._done(open_return(self.counter.service.ctx, self.order, back.id, wish, STAFF), NotReturnable)
        assert opened == self._fits(pieces, "returnable")
        if opened:
            self._add(pieces, in_return=1)
            self.returns.append(back)

    def _give_up(self, back: Thing) -> None:
        actor = Actor(STAFF, staff=True)
        work = decide_return(self.counter.service.ctx, self.order, back.id, ReturnStep.CANCEL, actor)
        assert self._done(work, ReturnNotChangeable) == (back.status != "received")
        if back.status == "approved":
            self._add(back.pieces, in_return=-1)
            back.status = "cancelled"

    def _receive(self, back: Thing, lost: int) -> None:
        told = [Receipt(place, restocked=pieces - lost, missing=lost) for place, pieces in back.pieces.items()]
        work = receive_return(self.counter.service.ctx, self.order, back.id, told, STAFF)
        done = self._done(work, ReturnNotChangeable)
        if back.status == "approved":
            assert done
            self._add(back.pieces, in_return=-1)
            self._add({each.position: each.restocked for each in told}, returned=1)
            self.restocked += sum(each.restocked for each in told)
            back.status, back.lost = "received", lost
        else:
            assert done == (back.status == "received" and back.lost == lost)

    @invariant()
    def counts_figures_and_books_agree(self) -> None:
        if hasattr(self, "lines"):
            self.runner.run(self._agree())

    async def _agree(self) -> None:
        told = [
            (line.ordered, line.cancelled, line.fulfilled, line.in_return, line.returned)
            for line in self.lines.values()
        ]
        stored = {row["position"]: tuple(row.values())[1:] for row in await self.counter.rows(_COUNTS, self.order)}
        assert [stored.get(place, (line[0], 0, 0, 0, 0)) for place, line in enumerate(told, 1)] == told
        figures = await self.counter.rows(_FIGURES, self.order)
        sums = tuple(sum(line[count] for line in told) for count in (1, 2, 4))
        assert [tuple(row.values()) for row in figures] in ([sums], [] if not any(sums) else [sums])
        assert sum(await self.counter.restocks(self.order)) == self.restocked
        for check in books.find("orders"):
            if check.name in {"pieces_add_up", "returns_add_up"}:
                assert await self.counter.rows(check.sql) == [], check.name


_COUNTS = "select position, ordered, cancelled, fulfilled, in_return, returned from line_progress where order_id = $1"
_FIGURES = "select cancelled, fulfilled, returned from order_progress where order_id = $1"


def test_any_sequence_leaves_an_order_as_the_model_says(bench: Bench):
    with asyncio.Runner() as runner:
        nobody = {name: ["http://127.0.0.1:9"] for name in ("catalog", "payments")}
        app: Any = running_app("orders", bench, urls=nobody)
        service = runner.run(app.__aenter__())
        try:
            counter = Counter(service, STAFF)
            run_state_machine_as_test(
                type("Bound", (Model,), {"runner": runner, "counter": counter}),
                settings=settings(
                    max_examples=14,
                    stateful_step_count=25,
                    deadline=None,
                    derandomize=True,
                    suppress_health_check=list(HealthCheck),
                    database=None,
                ),
            )
        finally:
            runner.run(app.__aexit__(None, None, None))
