"""Staff, customers and the provider at once: never more goes back than was charged, of each line and of the order."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from chassis.values import uuid7
from orders.refunds.domain.refund import Refund, RefundStatus, StoredLine
from orders.refunds.store import refunds
from orders.refunds.usecases.tell import NO_TIME
from orders.tests.refunds.cashier import TOTAL, Cashier, euros, piece


async def test_two_staff_who_refund_the_same_piece_refund_it_once(desk: Cashier) -> None:
    order = await desk.sold()
    await desk.sent(order, p1=3, p2=1)
    answers = await asyncio.gather(*(desk.refund(order, 1000, lines=[piece(2)]) for _ in range(6)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 5}
    assert {answer.json()["type"] for answer in answers if answer.status_code == 409} == {"refund-exceeds"}
    assert (await desk.money(order), await desk.paid_back(order)) == ((0, 1000), [(0, 3, 0), (0, 1, 1)])
    await desk.books()


async def test_a_double_click_gives_back_once(desk: Cashier) -> None:
    order = await desk.sold()
    answers = await asyncio.gather(*(desk.refund(order, TOTAL, key="click", whole=True) for _ in range(5)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
    assert await desk.value("select count(*) from refunds") == 1


async def test_amounts_at_once_never_exceed_the_total(desk: Cashier) -> None:
    order = await desk.sold()
    wishes: list[dict[str, Any]] = [
        {"amount": euros(1500)},
        {"lines": [piece(1, 2)]},
        {"shipping": euros(490)},
        {"whole": True},
    ]
    answers = await asyncio.gather(*(desk.refund(order, **wish) for wish in wishes for _ in range(2)))
    assert {answer.status_code for answer in answers} <= {201, 409, 422}
    given = sum(answer.json()["total"]["amount"] for answer in answers if answer.status_code == 201)
    assert await desk.money(order) == (0, given)
    assert 0 < given <= TOTAL
    await desk.books()


async def test_a_parcel_that_meets_a_cancellation(desk: Cashier) -> None:
    """One of the two gets the piece, whichever it is."""
    for _ in range(6):
        order = await desk.sold()
        sent, ended = await asyncio.gather(desk.send(order, p2=1), desk.cancel(order, lines=[piece(2)]))
        assert sorted((sent.status_code, ended.status_code)) == [201, 409]
        cancelled = 1 if ended.status_code == 201 else 0
        assert (await desk.paid_back(order))[-1] == (cancelled, 1 - cancelled, cancelled)
        assert await desk.money(order) == (0, 1000 * cancelled)
    await desk.books()


async def test_a_parcel_that_meets_a_refund(desk: Cashier) -> None:
    """A piece that is paid back first is not sent; one that was sent first is paid back all the same."""
    for _ in range(6):
        order = await desk.sold()
        sent, given = await asyncio.gather(desk.send(order, p2=1), desk.refund(order, 1000, lines=[piece(2)]))
        assert given.status_code == 201
        assert (await desk.paid_back(order))[-1] == ((0, 1, 1) if sent.status_code == 201 else (1, 0, 1))
    await desk.books()


async def test_a_cancellation_that_meets_a_refund_gives_back_once(desk: Cashier) -> None:
    for _ in range(4):
        order = await desk.sold()
        ended, given = await asyncio.gather(
            desk.cancel(order, lines=[piece(2)]), desk.refund(order, 1000, lines=[piece(2)])
        )
        assert sorted((ended.status_code, given.status_code)) == [201, 409]
        assert await desk.money(order) == (0, 1000)
    await desk.books()


async def test_events_told_at_once_with_refunds_of_staff(desk: Cashier) -> None:
    order = await desk.sold()
    made = await desk.refunded(order, lines=[piece(2)])
    await asyncio.gather(
        desk.accept(order, made),
        desk.told_refunded(order, uuid4(), 100, "provider"),
        desk.refund(order, 500, amount=euros(500)),
        desk.tell("disputed", order, dispute_id="du_1", amount=1),
    )
    assert await desk.money(order) == (1100, 500)
    await desk.books()


def a_refund(order_id: UUID, amount: int, *lines: StoredLine, status: RefundStatus = RefundStatus.REQUESTED) -> Refund:
    goods = sum(line.gross for line in lines)
    return Refund(
        id=uuid7(),
        order_id=order_id,
        status=status,
        amount=amount,
        goods=goods,
        shipping=0,
        adjustment=amount - goods,
        tax=sum(line.tax for line in lines),
        shipping_tax=0,
        created_at=NO_TIME,
        lines=list(lines),
    )


async def test_the_database_refuses_too_much_whoever_writes(desk: Cashier) -> None:
    order = await desk.sold()
    await desk.refunded(order, lines=[piece(1, 2)])
    accepted = RefundStatus.REFUNDED
    wrong = {
        "refunds_within_charge": a_refund(order, TOTAL - 1799),
        "refunds_accepted_within_charge": a_refund(order, TOTAL + 1, status=accepted),
        "refund_lines_within_charge": a_refund(order, 100, StoredLine(1, 2, 100, 0)),
        "refund_lines_counts": a_refund(order, 100, StoredLine(1, 1, 100, 0, cancelled=2)),
        "refunds_amount": a_refund(order, 0),
    }
    for rule, refund in wrong.items():
        with pytest.raises(asyncpg.CheckViolationError) as refused:
            async with desk.service.ctx.db.write() as tx:
                await refunds.add(tx, refund)
        assert refused.value.constraint_name == rule
    for line in (StoredLine(2, 1, 1001, 0), StoredLine(2, 1, 1000, 161)):
        with pytest.raises(asyncpg.CheckViolationError) as refused:
            async with desk.service.ctx.db.write() as tx:
                await refunds.add(tx, a_refund(order, line.gross, line))
        assert refused.value.constraint_name == "refund_lines_within_charge"
    with pytest.raises(asyncpg.CheckViolationError):
        async with desk.service.ctx.db.write() as tx:
            await refunds.count_pieces(tx, order, {1: 2})
    for change in ("amount = 1", "origin = 'provider'", "created_at = now()"):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await desk.execute(f"update refunds set {change}")
    with pytest.raises(asyncpg.CheckViolationError):
        await desk.execute("update refunds set goods = goods - 1, adjustment = adjustment + 1, status = 'requested'")


async def test_two_who_write_past_the_lock_are_still_counted_together(desk: Cashier) -> None:
    """The database locks the order itself: each sees what the other one has written."""
    order = await desk.sold()

    async def write() -> str:
        try:
            async with desk.service.ctx.db.write() as tx:
                await refunds.add(tx, a_refund(order, 3000))
        except asyncpg.CheckViolationError as refused:
            return str(refused.constraint_name)
        return "written"

    assert Counter(await asyncio.gather(*(write() for _ in range(4)))) == {"written": 1, "refunds_within_charge": 3}
