"""Staff who act on one order at once: never a piece more than was ordered."""

from __future__ import annotations

import asyncio
from collections import Counter

import asyncpg
import pytest

from chassis.db import Database
from orders.checkout import lock_order
from orders.fulfilment import NotEnoughPieces, cancel_pieces
from orders.fulfilment.domain.pieces import PiecesChange
from orders.fulfilment.store.pieces import change_pieces
from orders.tests.fulfilment.desk import Desk

CHECKS = """
select count(*) from line_progress where cancelled + fulfilled > ordered or in_return + returned > fulfilled
"""


async def withdraw(db: Database, order_id: object, **pieces: int) -> str:
    """As staff who cancel pieces after the payment do it."""
    async with db.write() as tx:
        order = await lock_order(tx, order_id)  # type: ignore[arg-type]
        assert order is not None
        try:
            await cancel_pieces(tx, order, {int(place[1:]): quantity for place, quantity in pieces.items()})
        except NotEnoughPieces:
            return "refused"
    return "cancelled"


async def test_two_who_send_the_last_piece_send_it_once(desk: Desk):
    order = await desk.paid(3)
    answers = await asyncio.gather(*(desk.send(order, p1=2) for _ in range(6)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 5}
    assert await desk.pieces(order) == [(3, 0, 2, 0, 0)]
    assert await desk.value("select count(*) from parcels where order_id = $1", order) == 1
    assert (await desk.progress(order))["fulfilled"] == 2


async def test_a_parcel_that_meets_a_cancellation(desk: Desk):
    """One of the two gets the piece, whichever it is."""
    ends = set()
    for _ in range(5):
        order = await desk.paid(1)
        sent, ended = await asyncio.gather(desk.send(order, p1=1), withdraw(desk.service.ctx.db, order, p1=1))
        assert (sent.status_code, ended) in {(201, "refused"), (409, "cancelled")}
        ends.add(ended)
        ((ordered, cancelled, fulfilled, _, _),) = await desk.pieces(order)
        assert cancelled + fulfilled == ordered
        figures = await desk.progress(order)
        assert (figures["cancelled"], figures["fulfilled"]) == (cancelled, fulfilled)
    assert await desk.value(CHECKS) == 0


async def test_one_parcel_cancelled_and_delivered_at_once_ends_in_one_way(desk: Desk):
    order = await desk.paid(1)
    for _ in range(4):
        parcel = await desk.sent(order, p1=1)
        steps = ("cancel", "delivered", "cancel", "delivered")
        answers = await asyncio.gather(*(desk.parcel(order, parcel, step) for step in steps))
        done = {answer.json()["status"] for answer in answers if answer.status_code == 200}
        assert len(done) == 1
        fulfilled = 0 if done == {"cancelled"} else 1
        assert await desk.pieces(order) == [(1, 0, fulfilled, 0, 0)]
        if fulfilled:
            break


async def test_the_database_refuses_more_than_was_ordered_whoever_writes(desk: Desk):
    order = await desk.paid(2)
    await desk.sent(order, p1=2)
    for change in (PiecesChange(fulfilled=1), PiecesChange(cancelled=1), PiecesChange(in_return=2, returned=1)):
        with pytest.raises(asyncpg.CheckViolationError):
            async with desk.service.ctx.db.write() as tx:
                await change_pieces(tx, order, {1: change})
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await desk.execute("update parcel_lines set quantity = 1")


async def test_an_order_whose_rest_is_cancelled_is_fulfilled(desk: Desk):
    order = await desk.paid(2, 1)
    await desk.sent(order, p1=1)
    assert await withdraw(desk.service.ctx.db, order, p1=1, p2=1) == "cancelled"
    assert await desk.timeline(order) == ["placed", "parcel_sent", "fulfilled"]
    assert await withdraw(desk.service.ctx.db, order, p1=1) == "refused"
    told = await desk.rows("select type from outbox where aggregate_id = $1 order by version", order)
    assert [row["type"] for row in told] == ["order.parcel_sent", "order.fulfilled"]
