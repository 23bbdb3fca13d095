"""SQL of erasures. Times are those of the database."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from chassis.db import ReadTx, ReportTx, WriteTx

UNDO = timedelta(days=7)
KEPT = timedelta(days=3652)
"""Ten years."""
_LEASE = timedelta(minutes=10)
_COLUMNS = "id, account_id, asked_at, due_at, blocked_at, begun_at, erased_at, next_try_at"


class Erasure(msgspec.Struct, frozen=True):
    """An erasure of an account."""

    id: UUID
    account_id: UUID
    asked_at: datetime
    due_at: datetime
    blocked_at: datetime | None
    begun_at: datetime | None
    erased_at: datetime | None
    next_try_at: datetime | None


async def insert(tx: WriteTx, account_id: UUID, asked_by: UUID) -> Erasure | None:
    """A new one, which can be undone for UNDO; None where the account has one. Its row is locked by whoever calls."""
    sql = f"""
    insert into erasures (account_id, asked_by, asked_at, due_at, next_try_at)
    values ($1, $2, statement_timestamp(), statement_timestamp() + $3, statement_timestamp() + $3)
    on conflict (account_id) do nothing returning {_COLUMNS}
    """
    return await tx.row(Erasure, sql, account_id, asked_by, UNDO)


async def of_account(tx: ReadTx, account_id: UUID) -> Erasure | None:
    """The erasure of an account."""
    return await tx.row(Erasure, f"select {_COLUMNS} from erasures where account_id = $1", account_id)


async def one(tx: ReadTx, erasure_id: UUID) -> Erasure | None:
    """The erasure with this id."""
    return await tx.row(Erasure, f"select {_COLUMNS} from erasures where id = $1", erasure_id)


async def claim(tx: WriteTx, most: int) -> list[UUID]:
    """At most so many that are to go on now. Nobody else gets them for ten minutes."""
    sql = """
    with due as (
        select id from erasures where next_try_at <= now() order by next_try_at, id desc limit $1 for update skip locked
    ), taken as (
        update erasures set next_try_at = now() + $2 from due where erasures.id = due.id returning erasures.id
    )
    select coalesce(array_agg(id), '{}') from taken
    """
    ids: list[UUID] = await tx.value(sql, most, _LEASE)
    return ids


async def begin(tx: WriteTx, erasure_id: UUID, drained: timedelta) -> bool:
    """Make it final: it goes on once no token of the account can be valid. False: it was undone, is not due yet, or has
    begun.
    """
    sql = """
    update erasures set begun_at = statement_timestamp(), blocked_at = null, next_try_at = statement_timestamp() + $2
    where id = $1 and begun_at is null and due_at <= statement_timestamp()
    """
    return await tx.execute(sql, erasure_id, drained) == 1


async def wait(tx: WriteTx, erasure_id: UUID, pause: timedelta) -> bool:
    """Go on after a pause, since money is open; whether it did not wait before."""
    sql = """
    with before as (select id, blocked_at from erasures where id = $1 for update)
    update erasures set blocked_at = coalesce(before.blocked_at, statement_timestamp()),
        next_try_at = statement_timestamp() + $2
    from before where erasures.id = before.id and erased_at is null
    returning before.blocked_at is null
    """
    return bool(await tx.value(sql, erasure_id, pause))


async def end(tx: WriteTx, erasure_id: UUID) -> bool:
    """It is done, everywhere; whether for the first time."""
    sql = """
    with before as (select id, erased_at from erasures where id = $1 for update)
    update erasures set erased_at = coalesce(before.erased_at, statement_timestamp()), blocked_at = null,
        next_try_at = null
    from before where erasures.id = before.id returning before.erased_at is null
    """
    return bool(await tx.value(sql, erasure_id))


async def insert_due(tx: WriteTx, account_id: UUID) -> None:
    """One that an operator knows of, after a restore, begins at once; one that was done is done again."""
    sql = """
    insert into erasures (account_id, asked_at, due_at, next_try_at)
    select $1, moment, moment, moment from statement_timestamp() as moment
    on conflict (account_id) do update
    set asked_at = least(erasures.asked_at, excluded.due_at), due_at = least(erasures.due_at, excluded.due_at),
        next_try_at = case
            when erasures.begun_at is not null and erasures.erased_at is null then erasures.next_try_at
            else excluded.next_try_at end
    """
    await tx.execute(sql, account_id)


async def repeat_all(tx: WriteTx) -> int:
    """Have all that were done done again; how many there are. Those that have begun go on by themselves."""
    return await tx.execute("update erasures set next_try_at = statement_timestamp() where erased_at is not null")


async def ask_again(tx: WriteTx, after: UUID, most: int) -> list[Erasure]:
    """At most so many that have not begun, in the order of their ids after this one: their days begin anew."""
    sql = f"""
    with waiting as (
        select id from erasures where begun_at is null and id > $1 order by id limit $2 for update
    ), anew as (
        update erasures set due_at = statement_timestamp() + $3, next_try_at = statement_timestamp() + $3
        from waiting where erasures.id = waiting.id returning erasures.*
    )
    select {_COLUMNS} from anew order by id
    """
    return await tx.rows(Erasure, sql, after, most, UNDO)


async def done_since(tx: ReadTx, moment: datetime, after: UUID, most: int) -> list[Erasure]:
    """Those that began at this moment or later, in the order of their ids after this one."""
    sql = f"select {_COLUMNS} from erasures where begun_at >= $1 and id > $2 order by id limit $3"
    return await tx.rows(Erasure, sql, moment, after, most)


async def overdue(tx: ReportTx) -> float:
    """For how many seconds the oldest that is not done has been due; 0 where none is."""
    sql = """
    select coalesce(greatest(extract(epoch from now() - min(due_at)), 0), 0)::float from erasures
    where next_try_at is not null and erased_at is null
    """
    seconds: float = await tx.value(sql)
    return seconds


async def delete_old(tx: WriteTx, most: int) -> int:
    """Delete at most so many that were done ten years ago; how many there were."""
    sql = """
    delete from erasures where id = any(array(
        select id from erasures where erased_at < now() - $1::interval order by erased_at limit $2
        for update skip locked
    ))
    """
    return await tx.execute(sql, KEPT, most)
