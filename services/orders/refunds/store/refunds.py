"""Refunds in the database. Who writes holds the lock of the order's row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from chassis.db import ReadTx, WriteTx
from orders.refunds.domain.refund import Refund, RefundStatus

# How long whoever has written a refund has before the sweep asks the payment service.
LEASE = "interval '30 seconds'"
# Once the payment service has it, its events tell the rest; asked again, it answers the same.
ACCEPTED_PAUSE = "interval '1 hour'"

_LINES = """
coalesce((
    select jsonb_agg(to_jsonb(line) - 'refund_id' - 'order_id' order by line.position) from refund_lines line
    where line.refund_id = r.id
), '[]') as lines
"""
_COLUMNS = f"""
r.id, r.order_id, r.origin, r.status, r.amount, r.goods, r.shipping, r.adjustment, r.tax, r.shipping_tax, r.reason,
r.note, r.failure, r.cancellation_id, r.created_by, r.created_at, r.accepted_at, r.failed_at, {_LINES}
"""
_ADD = f"""
with refund as (
    insert into refunds (id, order_id, origin, status, amount, goods, shipping, adjustment, tax, shipping_tax, reason,
                         note, cancellation_id, created_by, accepted_at, next_attempt_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, case when $4 = 'refunded' then now() end,
            case when $4 = 'requested' then now() + {LEASE} end)
    returning *
), lines as (
    insert into refund_lines (refund_id, order_id, position, quantity, gross, tax, discount, cancelled, restock)
    select $1, $2, line.* from jsonb_to_recordset($15) as line (
        position smallint, quantity integer, gross bigint, tax bigint, discount bigint, cancelled integer,
        restock boolean
    )
)
select created_at from refund
"""
# What refunds that did not fail have taken of an order.
_TAKEN = """
select coalesce(sum(amount), 0)::bigint as amount, coalesce(sum(shipping), 0)::bigint as shipping,
       coalesce(sum(adjustment) filter (where goods = 0 and shipping = 0), 0)::bigint as of_no_line,
       coalesce(sum(shipping_tax), 0)::bigint as shipping_tax, coalesce((
           select jsonb_agg(line) from (
               select l.position, sum(l.quantity) as quantity, sum(l.gross) as gross, sum(l.tax) as tax,
                      sum(l.discount) as discount
               from refund_lines l join refunds r on r.id = l.refund_id
               where l.order_id = $1 and r.status <> 'failed' group by l.position
           ) line
       ), '[]') as lines
from refunds where order_id = $1 and status <> 'failed'
"""
_MOVE = """
update refunds set status = $2, failure = $3, next_attempt_at = null,
    accepted_at = case when $2 = 'refunded' then now() else accepted_at end,
    failed_at = case when $2 = 'failed' then now() end
where id = $1 and status = $4
"""
# The pieces and shares that it once had may be another refund's by now.
_REVIVE = """
with dropped as (delete from refund_lines where refund_id = $1)
update refunds set status = 'refunded', failure = null, failed_at = null, accepted_at = now(),
    goods = 0, shipping = 0, adjustment = amount, tax = 0, shipping_tax = 0
where id = $1 and status = 'failed'
"""
# No `on conflict`: that checks the row to be inserted first, which may take from counts that are there.
_COUNT = """
merge into line_progress p
using (
    select l.order_id, l.position, l.quantity as ordered, c.refunded
    from unnest($2::smallint[], $3::integer[]) as c (position, refunded)
    join order_lines l using (position) where l.order_id = $1
) as c on p.order_id = c.order_id and p.position = c.position
when matched then update set refunded = p.refunded + c.refunded
when not matched then insert (order_id, position, ordered, refunded)
    values (c.order_id, c.position, c.ordered, c.refunded)
"""
# Whether `take_due` would find any.
ANY_DUE = "exists (select from refunds where next_attempt_at <= now())"
_TAKE_DUE = f"""
with due as (
    update refunds set attempts = least(attempts + 1, 1000),
        next_attempt_at = now() + least(make_interval(secs => 5 * power(2, least(attempts, 6))), interval '5 minutes')
    where id in (
        select id from refunds where next_attempt_at <= now() order by next_attempt_at limit $1 for update skip locked
    )
    returning *
)
select {_COLUMNS}, o.currency from due r join orders o on o.id = r.order_id
"""
_PASSED_ON = f"update refunds set next_attempt_at = now() + {ACCEPTED_PAUSE} where id = $1 and status = 'requested'"
_WAITING = """
select extract(epoch from now() - min(created_at))::float8 from refunds where next_attempt_at is not null
"""


class TakenLine(msgspec.Struct, frozen=True):
    """What refunds have taken of a line."""

    position: int
    quantity: int = 0
    gross: int = 0
    tax: int = 0
    discount: int = 0


class Taken(msgspec.Struct, frozen=True):
    """What refunds that did not fail have taken of an order. `of_no_line`: amounts that found no line to be of, since
    other refunds had asked for all of them.
    """

    amount: int
    of_no_line: int
    shipping: int
    shipping_tax: int
    lines: list[TakenLine]


class Due(msgspec.Struct, frozen=True):
    """A refund that the payment service is to be asked about."""

    refund: Refund
    currency: str


async def find(tx: ReadTx, refund_id: UUID) -> Refund | None:
    """The refund with this id."""
    return await tx.row(_refund, f"select {_COLUMNS} from refunds r where r.id = $1", refund_id)


async def of_order(tx: ReadTx, order_id: UUID) -> list[Refund]:
    """All of an order, oldest first."""
    return await tx.rows(_refund, f"select {_COLUMNS} from refunds r where r.order_id = $1 order by r.id", order_id)


async def of_cancellation(tx: ReadTx, cancellation_id: UUID) -> Refund | None:
    """The refund that belongs to a cancellation."""
    return await tx.row(_refund, f"select {_COLUMNS} from refunds r where r.cancellation_id = $1", cancellation_id)


async def taken(tx: ReadTx, order_id: UUID) -> Taken:
    """What was taken of an order so far."""
    found = await tx.row(_taken, _TAKEN, order_id)
    assert found is not None, "a sum is one row"  # noqa: S101 -- narrows the type
    return found


async def add(tx: WriteTx, refund: Refund) -> Refund:
    """Write a new refund with its lines; with the time of the database.

    Raises:
        asyncpg.CheckViolationError: it gives back more than is left (see check_refund).
    """
    lines = [msgspec.structs.asdict(line) for line in refund.lines]
    money = (refund.amount, refund.goods, refund.shipping, refund.adjustment, refund.tax, refund.shipping_tax)
    why = (refund.reason.value, refund.note, refund.cancellation_id, refund.created_by)
    who = (refund.id, refund.order_id, refund.origin.value, refund.status.value)
    created_at = await tx.value(_ADD, *who, *money, *why, lines)
    return msgspec.structs.replace(refund, created_at=created_at)


async def move(
    tx: WriteTx, refund_id: UUID, before: RefundStatus, after: RefundStatus, failure: str | None = None
) -> bool:
    """Whether it was in `before`, and is in `after` now."""
    return await tx.execute(_MOVE, refund_id, after.value, failure, before.value) == 1


async def revive(tx: WriteTx, refund_id: UUID) -> None:
    """A failed refund was accepted all the same: it is of an amount alone from now on."""
    await tx.execute(_REVIVE, refund_id)


async def count_pieces(tx: WriteTx, order_id: UUID, changes: Mapping[int, int]) -> None:
    """Add to the pieces of these lines that were paid back, or are about to be.

    Raises:
        asyncpg.CheckViolationError: more than were ordered.
    """
    if changes:
        await tx.execute(_COUNT, order_id, list(changes), list(changes.values()))


async def take_due(tx: WriteTx, limit: int) -> list[Due]:
    """Refunds that the payment service has not settled, each for one caller; due again later each time."""
    return await tx.rows(_due, _TAKE_DUE, limit)


async def passed_on(tx: WriteTx, refund_id: UUID) -> None:
    """The payment service has it: its events tell what becomes of it."""
    await tx.execute(_PASSED_ON, refund_id)


async def longest_wait(tx: ReadTx) -> float:
    """For how many seconds the oldest refund that is not settled has waited; 0: there is none."""
    seconds: float | None = await tx.value(_WAITING)
    return seconds or 0.0


def _refund(**columns: Any) -> Refund:
    return msgspec.convert(columns, Refund, strict=False)


def _taken(**columns: Any) -> Taken:
    return msgspec.convert(columns, Taken)


def _due(*, currency: str, **columns: Any) -> Due:
    return Due(_refund(**columns), currency)
