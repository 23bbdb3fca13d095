"""SQL of redirects."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from chassis.db import ReadTx, WriteTx

MOST = 5_000
_COLUMNS = "id, from_path, to_path, created_at"
_LOCK = "select pg_advisory_xact_lock(hashtextextended('catalog.redirects', 0))"
_ADD = f"""
insert into redirects (id, place, from_path, to_path, created_at)
select $1, place, $2, $3, statement_timestamp() from generate_series(1, {MOST}) as place
where place not in (select r.place from redirects r) order by place limit 1
returning {_COLUMNS}
"""


class Redirect(msgspec.Struct, frozen=True):
    """An address that leads to another."""

    id: UUID
    from_path: str
    to_path: str
    created_at: datetime


async def lock(tx: WriteTx) -> None:
    """Until `tx` ends nobody else writes redirects."""
    await tx.value(_LOCK)


async def find(tx: ReadTx, redirect_id: UUID) -> Redirect | None:
    """One redirect."""
    return await tx.row(Redirect, f"select {_COLUMNS} from redirects where id = $1", redirect_id)


async def target(tx: ReadTx, path: str) -> str | None:
    """Where this address leads; None: nowhere else."""
    found: str | None = await tx.value("select to_path from redirects where from_path = $1", path)
    return found


async def lead_on(tx: WriteTx, path: str, to_path: str) -> None:
    """What led to this address leads to another from now on."""
    await tx.execute("update redirects set to_path = $2 where to_path = $1", path, to_path)


async def add(tx: WriteTx, redirect_id: UUID, from_path: str, to_path: str) -> Redirect | None:
    """The new redirect; None where there are as many as there can be."""
    return await tx.row(Redirect, _ADD, redirect_id, from_path, to_path)


async def delete(tx: WriteTx, redirect_id: UUID) -> Redirect | None:
    """What was deleted; None: it was gone."""
    return await tx.row(Redirect, f"delete from redirects where id = $1 returning {_COLUMNS}", redirect_id)


async def newest(tx: ReadTx, before: UUID | None, limit: int) -> list[Redirect]:
    """Those made before one, newest first."""
    sql = f"select {_COLUMNS} from redirects where ($1::uuid is null or id < $1) order by id desc limit $2"
    return await tx.rows(Redirect, sql, before, limit)
