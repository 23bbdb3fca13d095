"""Returns in the database. The caller holds the order's lock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from chassis.db import ReadTx, WriteTx
from orders.fulfilment import Quantities
from orders.returns.domain.receipt import ReturnLine
from orders.returns.domain.return_state import ReturnReason, ReturnStatus

_COLUMNS = """
r.id, r.order_id, r.number, r.status, r.opened_by, r.reason, r.note, r.answer, r.fee, r.refund_id, r.opened_at,
r.approved_at, r.received_at, r.inspected_at, r.ended_at
"""
_LINES = """
(select jsonb_agg(to_jsonb(l) - 'return_id' - 'order_id' order by l.position)
 from return_lines l where l.return_id = r.id) as lines
"""
_OPEN = f"""
with r as (
    insert into returns (id, order_id, number, status, opened_by, reason, note, fee, approved_at)
    select $1, $2, coalesce(max(number), 0) + 1, $3, $4, $5, $6, $7, case when $3 = 'approved' then now() end
    from returns where order_id = $2
    returning *
), line as (
    insert into return_lines (return_id, position, order_id, quantity)
    select $1, position, $2, quantity from unnest($8::smallint[], $9::integer[]) as wanted (position, quantity)
)
select {_COLUMNS} from r
"""
_MOVE = f"""
update returns r set status = $3, answer = coalesce($4, answer), fee = coalesce($5, fee),
    approved_at = case when $3 = 'approved' then now() else approved_at end,
    received_at = case when $3 in ('received', 'inspected') then coalesce(received_at, now()) else received_at end,
    inspected_at = case when $3 = 'inspected' then now() else inspected_at end,
    ended_at = case when $3 in ('refused', 'cancelled', 'closed') then now() end
where r.id = $1 and r.status = $2 returning {_COLUMNS}, {_LINES}
"""
_COUNT = """
update return_lines l set restocked = c.restocked, discarded = c.discarded, to_process = c.to_process,
    missing = c.missing
from unnest($2::smallint[], $3::integer[], $4::integer[], $5::integer[], $6::integer[])
    as c (position, restocked, discarded, to_process, missing)
where l.return_id = $1 and l.position = c.position
"""
# Pieces that came to the shopper in the last so many days.
_RECENT = """
select l.position, sum(l.quantity)::integer as quantity
from parcels p join parcel_lines l on l.parcel_id = p.id
where p.order_id = $1 and p.status <> 'cancelled'
  and coalesce(p.delivered_at, p.shipped_at) > now() - make_interval(days => $2)
group by l.position
"""
_PAY_BACK = "update returns set refund_id = $2 where id = $1 and refund_id is null and received_at is not null"


class Return(msgspec.Struct, frozen=True, kw_only=True):
    """A return with what is in it. `fee` in minor units of the order's currency."""

    id: UUID
    order_id: UUID
    number: int
    status: ReturnStatus
    opened_by: str
    reason: ReturnReason
    note: str | None
    answer: str | None
    fee: int
    refund_id: UUID | None
    opened_at: datetime
    approved_at: datetime | None
    received_at: datetime | None
    inspected_at: datetime | None
    ended_at: datetime | None
    lines: list[ReturnLine]

    @property
    def moved_at(self) -> datetime:
        """When it came to its status."""
        return self.ended_at or self.inspected_at or self.received_at or self.approved_at or self.opened_at

    @property
    def quantities(self) -> dict[int, int]:
        """Its pieces by the positions of their lines."""
        return {line.position: line.quantity for line in self.lines}


class NewReturn(msgspec.Struct, frozen=True):
    """A return that is to be written: `status` is requested or approved."""

    id: UUID
    order_id: UUID
    status: ReturnStatus
    opened_by: str
    reason: ReturnReason
    note: str | None
    fee: int
    pieces: Quantities


def _return(**columns: Any) -> Return:
    return Return(
        **{
            **columns,
            "status": ReturnStatus(columns["status"]),
            "reason": ReturnReason(columns["reason"]),
            "lines": msgspec.convert(columns["lines"], list[ReturnLine]),
        }
    )


async def of_order(tx: ReadTx, order_id: UUID) -> list[Return]:
    """An order's returns, the first one first."""
    sql = f"select {_COLUMNS}, {_LINES} from returns r where r.order_id = $1 order by r.number"
    return await tx.rows(_return, sql, order_id)


async def find(tx: ReadTx, order_id: UUID, return_id: UUID) -> Return | None:
    """The return, if it is of this order."""
    sql = f"select {_COLUMNS}, {_LINES} from returns r where r.id = $2 and r.order_id = $1"
    return await tx.row(_return, sql, order_id, return_id)


async def add(tx: WriteTx, new: NewReturn) -> Return:
    """Write a return.

    Raises:
        asyncpg.CheckViolationError: the order has as many returns as it can (`returns_number`).
    """
    lines = sorted(new.pieces.items())
    own = (new.id, new.order_id, new.status.value, new.opened_by, new.reason.value, new.note, new.fee)
    places, quantities = [place for place, _ in lines], [quantity for _, quantity in lines]
    columns: dict[str, Any] | None = await tx.row(dict, _OPEN, *own, places, quantities)
    assert columns is not None, "it returns its row"  # noqa: S101 -- narrows the type
    return _return(**columns, lines=[{"position": place, "quantity": quantity} for place, quantity in lines])


async def move(
    tx: WriteTx, found: Return, status: ReturnStatus, *, answer: str | None = None, fee: int | None = None
) -> Return:
    """The return in its new status; its order is locked, so it is still as it was found."""
    moved = await tx.row(_return, _MOVE, found.id, found.status.value, status.value, answer, fee)
    assert moved is not None, "its order is locked"  # noqa: S101 -- narrows the type
    return moved


async def count(tx: WriteTx, return_id: UUID, lines: Sequence[ReturnLine]) -> None:
    """Write what became of its pieces."""
    counts = [(line.position, line.restocked, line.discarded, line.to_process, line.missing) for line in lines]
    await tx.execute(_COUNT, return_id, *(list(column) for column in zip(*counts, strict=True)))


async def pay_back(tx: WriteTx, return_id: UUID, refund_id: UUID) -> bool:
    """Note the refund that is made for it; False: there is one."""
    return await tx.execute(_PAY_BACK, return_id, refund_id) == 1


async def forget_refund(tx: WriteTx, refund_id: UUID) -> None:
    """The refund failed: another one can be made."""
    await tx.execute("update returns set refund_id = null where refund_id = $1", refund_id)


async def recent(tx: ReadTx, order_id: UUID, days: int) -> dict[int, int]:
    """Pieces that were delivered, or sent, in the last so many days, by the position of their line."""
    rows: list[dict[str, int]] = await tx.rows(dict, _RECENT, order_id, days)
    return {row["position"]: row["quantity"] for row in rows}
