"""An order after its payment: its lock, its figures, and entries of its history."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.db import ReadTx, WriteTx
from orders.checkout.domain.order_states import Progress
from orders.checkout.store.rows import COLUMNS, Order, order_of

_APPEND = """
with counted as (update orders set version = version + 1 where id = $1 returning version)
insert into order_events (order_id, version, kind, data, actor) select $1, version, $2, $3, $4 from counted
returning version
"""
_FIGURES = ("cancelled", "fulfilled", "returned", "refunded", "refund_pending", "disputes")
# No `on conflict`: that checks the row to be inserted first, and a change may take from the figures that are there.
_COUNT = f"""
merge into order_progress p
using (values ($1::uuid, $2::integer, $3::integer, $4::integer, $5::bigint, $6::bigint, $7::integer))
    as change (order_id, {", ".join(_FIGURES)}) on p.order_id = change.order_id
when matched then update set {", ".join(f"{name} = p.{name} + change.{name}" for name in _FIGURES)}, updated_at = now()
when not matched then insert (order_id, {", ".join(_FIGURES)})
    values (change.order_id, {", ".join(f"change.{name}" for name in _FIGURES)})
returning {", ".join(f"p.{name}" for name in _FIGURES)}, p.archived_at is not null as archived
"""


async def lock_order(tx: WriteTx, order_id: UUID) -> Order | None:
    """The order, which stays as it is until `tx` ends: everything after the payment is decided under this lock.

    Its `progress` may be of the moment before the lock: ask `progress_of`.
    """
    return await tx.row(order_of, f"select {COLUMNS} from orders o where o.id = $1 for update of o", order_id)


async def progress_of(tx: ReadTx, order_id: UUID) -> Progress:
    """The figures of an order; all 0 where nothing has happened since its payment."""
    names = f"{', '.join(_FIGURES)}, archived_at is not null as archived"
    return await tx.row(Progress, f"select {names} from order_progress where order_id = $1", order_id) or Progress()


async def add_progress(tx: WriteTx, order_id: UUID, change: Progress) -> Progress:
    """The figures after a change of so much is added to each; the caller holds the order's lock.

    Raises:
        asyncpg.CheckViolationError: a figure would be below 0.
    """
    figures = (getattr(change, name) for name in _FIGURES)
    after = await tx.row(Progress, _COUNT, order_id, *figures)
    assert after is not None, "it returns its row"  # noqa: S101 -- narrows the type
    return after


async def append_event(
    tx: WriteTx, order_id: UUID, kind: str, data: dict[str, Any] | None = None, *, actor: UUID | None = None
) -> int:
    """Add an entry to the order's history; its number. `actor`: the account that did it; None: the shop by itself."""
    version: int = await tx.value(_APPEND, order_id, kind, data, actor)
    return version
