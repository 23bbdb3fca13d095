"""Parcels in the database. The caller holds the order's lock."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from chassis.db import ReadTx, WriteTx
from orders.fulfilment.domain.carriers import Tracking
from orders.fulfilment.domain.parcel_state import ParcelStatus
from orders.fulfilment.domain.pieces import Quantities

_COLUMNS = """
p.id, p.order_id, p.number, p.status, p.by_hand, p.carrier, p.tracking_number, p.tracking_url, p.shipped_at,
p.delivered_at, p.cancelled_at, p.mailed_at
"""
_LINES = """
(select jsonb_agg(jsonb_build_object('position', l.position, 'quantity', l.quantity) order by l.position)
 from parcel_lines l where l.parcel_id = p.id) as lines
"""
_ADD = f"""
with p as (
    insert into parcels
        (id, order_id, number, status, by_hand, carrier, tracking_number, tracking_url, delivered_at)
    select $1, $2, coalesce(max(number), 0) + 1, case when $3 then 'delivered' else 'sent' end, $3, $4, $5, $6,
           case when $3 then now() end
    from parcels where order_id = $2
    returning *
), line as (
    insert into parcel_lines (parcel_id, position, order_id, quantity)
    select $1, position, $2, quantity from unnest($7::smallint[], $8::integer[]) as wanted (position, quantity)
)
select {_COLUMNS} from p
"""
_MOVE = f"""
update parcels p set status = $2, delivered_at = case when $2 = 'delivered' then now() end,
    cancelled_at = case when $2 = 'cancelled' then now() end
where p.id = $1 and p.status = 'sent' returning {_COLUMNS}, {_LINES}
"""
_TRACK = f"""
update parcels p set carrier = $2, tracking_number = $3, tracking_url = $4
where p.id = $1 and p.status <> 'cancelled' and not p.by_hand returning {_COLUMNS}, {_LINES}
"""


class ParcelLine(msgspec.Struct, frozen=True):
    """So many pieces of the line at this position."""

    position: int
    quantity: int


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """A parcel with what is in it."""

    id: UUID
    order_id: UUID
    number: int
    status: ParcelStatus
    by_hand: bool
    carrier: str | None
    tracking_number: str | None
    tracking_url: str | None
    shipped_at: datetime
    delivered_at: datetime | None
    cancelled_at: datetime | None
    mailed_at: datetime | None
    lines: list[ParcelLine]

    @property
    def tracking(self) -> Tracking:
        """How it travels."""
        return Tracking(self.carrier, self.tracking_number, self.tracking_url)

    @property
    def mailable(self) -> bool:
        """Whether its customer is told of it."""
        return self.status is not ParcelStatus.CANCELLED and not self.by_hand

    @property
    def quantities(self) -> dict[int, int]:
        """Its pieces by the positions of their lines."""
        return {line.position: line.quantity for line in self.lines}


def _parcel(**columns: Any) -> Parcel:
    status = ParcelStatus(columns["status"])
    return Parcel(**{**columns, "status": status, "lines": msgspec.convert(columns["lines"], list[ParcelLine])})


async def of_order(tx: ReadTx, order_id: UUID) -> list[Parcel]:
    """An order's parcels, the first one first."""
    sql = f"select {_COLUMNS}, {_LINES} from parcels p where p.order_id = $1 order by p.number"
    return await tx.rows(_parcel, sql, order_id)


async def find(tx: ReadTx, order_id: UUID, parcel_id: UUID) -> Parcel | None:
    """The parcel, if it is of this order."""
    sql = f"select {_COLUMNS}, {_LINES} from parcels p where p.id = $2 and p.order_id = $1"
    return await tx.row(_parcel, sql, order_id, parcel_id)


async def add(
    tx: WriteTx, order_id: UUID, parcel_id: UUID, wanted: Quantities, tracking: Tracking, *, by_hand: bool
) -> Parcel:
    """A new parcel of these pieces, which the caller counts. `by_hand`: it is delivered at once.

    Raises:
        asyncpg.CheckViolationError: the order has as many parcels as it can (`parcels_number`).
    """
    lines = sorted(wanted.items())
    columns: dict[str, Any] | None = await tx.row(
        dict,
        _ADD,
        parcel_id,
        order_id,
        by_hand,
        *(tracking.carrier, tracking.number, tracking.url),
        *([position for position, _ in lines], [quantity for _, quantity in lines]),
    )
    assert columns is not None, "it returns its row"  # noqa: S101 -- narrows the type
    return _parcel(**columns, lines=[{"position": position, "quantity": quantity} for position, quantity in lines])


async def move(tx: WriteTx, parcel_id: UUID, status: ParcelStatus) -> Parcel | None:
    """The parcel in its new status; None: it is not on its way any more."""
    return await tx.row(_parcel, _MOVE, parcel_id, status.value)


async def track(tx: WriteTx, parcel_id: UUID, tracking: Tracking) -> Parcel | None:
    """The parcel with this tracking; None: it was cancelled, or no carrier has it."""
    return await tx.row(_parcel, _TRACK, parcel_id, tracking.carrier, tracking.number, tracking.url)


async def mailed(tx: WriteTx, parcel_id: UUID) -> None:
    """Its customer was told."""
    await tx.execute("update parcels set mailed_at = now() where id = $1 and mailed_at is null", parcel_id)
