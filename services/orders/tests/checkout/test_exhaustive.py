"""Every reachable state of the order and its world, with up to two calls in flight: none leads to a wrong end.

test_progress.py draws long histories at random; this goes through all short-memory ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field

import pytest

from orders.checkout.domain.order_state import Fact, State, Step, step
from orders.checkout.domain.order_values import OrderStatus, Payment, Stock
from orders.tests.checkout.world import Call, World

CALLS, EVENTS = 2, 2


@dataclass
class Scene:
    world: World
    calls: list[Call] = field(default_factory=list)

    def key(self) -> tuple[object, ...]:
        world = self.world
        calls = sorted((c.step, c.reserved, c.answer or "", c.done) for c in self.calls)
        known = (world.reservation, world.available, world.payment)
        return (world.order, *known, tuple(sorted(world.events)), tuple(calls))

    def copy(self) -> Scene:
        world = World(**{**vars(self.world), "events": list(self.world.events), "told": [], "effects": []})
        return Scene(world, deepcopy(self.calls))


def moves(scene: Scene) -> Iterator[Scene]:
    """All that can happen next."""
    if step(scene.world.order) is not None and len(scene.calls) < CALLS:
        yield from _changed(scene, _decide)
    for place, call in enumerate(scene.calls):
        if call.done:
            yield from _changed(scene, lambda s, place=place: _hear(s, place))
            yield from _changed(scene, lambda s, place=place: s.calls.pop(place))
        else:
            yield from _changed(scene, lambda s, place=place: s.world.carry_out(s.calls[place]))
    for place in range(len(scene.world.events)):
        yield from _changed(scene, lambda s, place=place: s.world.record_event(s.world.events.pop(place)))
    for fact in (Fact.EXPIRED, Fact.CANCEL_REQUESTED):
        yield from _changed(scene, lambda s, fact=fact: s.world.record_event(fact))
    if len(scene.world.events) < EVENTS:
        yield from _changed(scene, lambda s: s.world.settle())
        if scene.world.payment == "open":
            yield from _changed(scene, _authorise)
    yield from _changed(scene, lambda s: setattr(s.world, "available", not s.world.available))
    if scene.world.reservation == "held":
        yield from _changed(scene, lambda s: setattr(s.world, "reservation", "lapsed"))


def _changed(scene: Scene, change: object) -> Iterator[Scene]:
    after = scene.copy()
    change(after)  # type: ignore[operator]
    yield after


def _decide(scene: Scene) -> None:
    call = scene.world.decide()
    assert call is not None
    scene.calls.append(call)


def _hear(scene: Scene, place: int) -> None:
    call = scene.calls.pop(place)
    if call.answer is not None:
        scene.world.record_event(call.answer)


def _authorise(scene: Scene) -> None:
    scene.world.payment = "authorised"
    scene.world.events.append(Fact.AUTHORISED)


def settled(scene: Scene) -> World:
    """The world when all in flight is lost and the store is left alone."""
    world = scene.copy().world
    for _ in range(12):
        world.settle()
        while world.events:
            world.record_event(world.events.pop(0))
        if world.order.status is OrderStatus.PENDING_PAYMENT:
            world.record_event(Fact.EXPIRED)
        call = world.decide()
        if call is not None:
            while not call.done:
                world.carry_out(call)
            if call.answer is not None:
                world.record_event(call.answer)
    return world


@pytest.mark.parametrize("free", [False, True])
def test_every_reachable_state_ends_correctly(free: bool) -> None:  # noqa: FBT001 -- a parameter
    start = Scene(World(State(free=free)), [Call(Step.PREPARE)])
    seen, frontier = {start.key()}, [start]
    ends: dict[tuple[State, str, str], int] = {}
    while frontier:
        scene = frontier.pop()
        world = settled(scene)
        end = (world.order, world.payment, world.reservation)
        ends[end] = ends.get(end, 0) + 1
        for after in moves(scene):
            key = after.key()
            if key not in seen:
                seen.add(key)
                frontier.append(after)
    assert len(seen) > (500 if free else 10_000)
    assert {order.status for order, *_ in ends} == {OrderStatus.PAID, OrderStatus.CANCELLED}
    for order, payment, reservation in ends:
        assert order.attention is None
        if order.status is OrderStatus.PAID:
            assert (payment, reservation) == ("absent" if free else "captured", "committed")
        else:
            assert order.status is OrderStatus.CANCELLED
            assert payment in {"absent", "cancelled"}
            assert order.payment in {Payment.NONE, Payment.CANCELLED}
            # Held only where nobody heard of it: it lapses by itself.
            assert reservation != "committed"
            assert reservation != "held" or order.stock is Stock.NONE
