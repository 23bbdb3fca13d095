"""SQL of saved views."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from chassis.db import ReadTx, WriteTx

MOST = 100
_COLUMNS = "id, owner, title, shared, filters, version, created_at, updated_at"
# Those who make one for the same account wait for each other, so that each finds a free place if there is one.
_LOCK = "select pg_advisory_xact_lock(hashtextextended('order_views:' || $1::text, 0))"
_ADD = f"""
insert into order_views (id, owner, place, title, shared, filters)
select $1, $2, place, $3, $4, $5 from generate_series(1, {MOST}) as place
where place not in (select v.place from order_views v where v.owner = $2) order by place limit 1
returning {_COLUMNS}
"""
_CHANGE = f"""
update order_views set title = $3, shared = $4, filters = $5, version = version + 1, updated_at = statement_timestamp()
where id = $1 and version = $2 returning {_COLUMNS}
"""
_SEEN = f"""
select {_COLUMNS} from order_views where id > $1 and (owner = $2 or shared) order by id limit $3
"""


class View(msgspec.Struct, frozen=True):
    """A named filter, as it is stored."""

    id: UUID
    owner: UUID
    title: str
    shared: bool
    filters: dict[str, Any]
    version: int
    created_at: datetime
    updated_at: datetime


async def add(
    tx: WriteTx, view_id: UUID, owner: UUID, title: str, filters: dict[str, Any], *, shared: bool
) -> View | None:
    """The new view; None where the account has as many as it can."""
    await tx.value(_LOCK, str(owner))
    return await tx.row(View, _ADD, view_id, owner, title, shared, filters)


async def find(tx: ReadTx, view_id: UUID) -> View | None:
    """One view."""
    return await tx.row(View, f"select {_COLUMNS} from order_views where id = $1", view_id)


async def lock(tx: WriteTx, view_id: UUID) -> View | None:
    """One view, which stays as it is until `tx` ends."""
    return await tx.row(View, f"select {_COLUMNS} from order_views where id = $1 for update", view_id)


async def change(tx: WriteTx, view: View, version: int) -> View | None:
    """The view with these title, filters and sharing; None where it is not of this version."""
    return await tx.row(View, _CHANGE, view.id, version, view.title, view.shared, view.filters)


async def delete(tx: WriteTx, view_id: UUID) -> None:
    """Delete a view."""
    await tx.execute("delete from order_views where id = $1", view_id)


async def seen_by(tx: ReadTx, account_id: UUID, after: UUID, limit: int) -> list[View]:
    """The account's own and those that are shared, by id."""
    return await tx.rows(View, _SEEN, after, account_id, limit)
