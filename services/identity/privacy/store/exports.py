"""SQL of exports."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from chassis.db import ReadTx, WriteTx

KEPT = timedelta(days=7)
# One that could not be collected for so long is deleted: whoever wants it asks anew.
_GIVEN_UP = timedelta(days=30)


class Export(msgspec.Struct, frozen=True):
    """An export: `expires_at` once it is ready."""

    id: UUID
    account_id: UUID
    asked_at: datetime
    ready_at: datetime | None
    expires_at: datetime | None


class Place(msgspec.Struct, frozen=True):
    """A part of an export, without its content."""

    service: str
    about: str
    part: int


_COLUMNS = "id, account_id, asked_at, ready_at, ready_at + $1::interval as expires_at"
_GOOD = "(ready_at is null or ready_at + $1::interval > now())"


async def insert(tx: WriteTx, account_id: UUID) -> UUID | None:
    """The id of a new one; None where one is being collected."""
    sql = """
    insert into account_exports (account_id) values ($1)
    on conflict (account_id) where ready_at is null do nothing returning id
    """
    made: UUID | None = await tx.value(sql, account_id)
    return made


async def of_account(tx: ReadTx, account_id: UUID) -> list[Export]:
    """Those that can be had, or will be: newest first, 50 at most."""
    sql = f"select {_COLUMNS} from account_exports where account_id = $2 and {_GOOD} order by id desc limit 50"
    return await tx.rows(Export, sql, KEPT, account_id)


async def of_owner(tx: ReadTx, export_id: UUID, account_id: UUID) -> Export | None:
    """The export, if it is this account's and its days are not over."""
    sql = f"select {_COLUMNS} from account_exports where id = $2 and account_id = $3 and {_GOOD}"
    return await tx.row(Export, sql, KEPT, export_id, account_id)


class Attempt(msgspec.Struct, frozen=True):
    """A try to collect an export."""

    export_id: UUID
    account_id: UUID
    number: int


async def begin(tx: WriteTx, export_id: UUID) -> Attempt | None:
    """A new try, which ends those before and deletes what they collected; None where the export is ready or gone."""
    sql = """
    update account_exports set attempt = attempt + 1 where id = $1 and ready_at is null
    returning id as export_id, account_id, attempt as number
    """
    found = await tx.row(Attempt, sql, export_id)
    if found is not None:
        await tx.execute("delete from account_export_parts where export_id = $1", export_id)
    return found


async def insert_part(tx: WriteTx, mine: Attempt, place: Place, rows: int, content: bytes) -> bool:
    """Keep a part; whether this try was not overtaken."""
    sql = """
    with mine as (select id from account_exports where id = $1 and attempt = $2 and ready_at is null for share)
    insert into account_export_parts (export_id, service, about, part, rows_inside, content)
    select id, $3, $4, $5, $6, $7 from mine
    """
    return await tx.execute(
        sql, mine.export_id, mine.number, place.service, place.about, place.part, rows, content
    ) == 1  # fmt: skip


async def finish(tx: WriteTx, mine: Attempt) -> bool:
    """It can be downloaded; whether this try was not overtaken."""
    sql = """
    update account_exports set ready_at = statement_timestamp() where id = $1 and attempt = $2 and ready_at is null
    """
    return await tx.execute(sql, mine.export_id, mine.number) == 1


async def places(tx: ReadTx, export_id: UUID) -> list[Place]:
    """Its parts, in the order of the file."""
    sql = "select service, about, part from account_export_parts where export_id = $1 order by service, about, part"
    return await tx.rows(Place, sql, export_id)


async def content(tx: ReadTx, export_id: UUID, place: Place) -> bytes | None:
    """The compressed rows of a part; None where the export was deleted meanwhile."""
    sql = """
    select content from account_export_parts where export_id = $1 and service = $2 and about = $3 and part = $4
    """
    found: bytes | None = await tx.value(sql, export_id, place.service, place.about, place.part)
    return found


async def delete_old(tx: WriteTx, most: int) -> int:
    """Delete at most so many whose days are over; how many there were."""
    sql = """
    delete from account_exports where id = any(array(
        select id from account_exports
        where ready_at + $1::interval < now() or (ready_at is null and asked_at + $2::interval < now())
        order by id limit $3 for update skip locked
    ))
    """
    return await tx.execute(sql, KEPT, _GIVEN_UP, most)
