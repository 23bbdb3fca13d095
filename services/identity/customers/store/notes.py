"""SQL of notes about accounts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from chassis.db import ReadTx, WriteTx

MOST = 100
_COLUMNS = "id, body, author, written_at"
# Those who write about the same account wait for each other, so that each finds a free place if there is one.
_LOCK = "select pg_advisory_xact_lock(hashtextextended('account_notes:' || $1::text, 0))"
_ADD = f"""
insert into account_notes (id, account_id, place, body, author, written_at)
select $1, $2, place, $3, $4, statement_timestamp() from generate_series(1, {MOST}) as place
where place not in (select n.place from account_notes n where n.account_id = $2) order by place limit 1
returning {_COLUMNS}
"""


class Note(msgspec.Struct, frozen=True):
    """What somebody of the staff wrote about an account."""

    id: UUID
    body: str
    author: UUID
    written_at: datetime


async def lock(tx: WriteTx, account_id: UUID) -> bool:
    """Have an account's notes to oneself until `tx` ends. Whether there is such an account: it stays until then."""
    await tx.value(_LOCK, str(account_id))
    return bool(await tx.value("select true from accounts where id = $1 for key share", account_id))


async def add(tx: WriteTx, note_id: UUID, account_id: UUID, body: str, author: UUID) -> Note | None:
    """The new note, of locked ones; None where the account has as many as it can."""
    return await tx.row(Note, _ADD, note_id, account_id, body, author)


async def find(tx: ReadTx, account_id: UUID, note_id: UUID) -> Note | None:
    """One note about an account."""
    sql = f"select {_COLUMNS} from account_notes where id = $2 and account_id = $1"
    return await tx.row(Note, sql, account_id, note_id)


async def of_account(tx: ReadTx, account_id: UUID) -> list[Note]:
    """The notes about an account, the newest first; at most MOST."""
    sql = f"select {_COLUMNS} from account_notes where account_id = $1 order by written_at desc, id desc limit {MOST}"
    return await tx.rows(Note, sql, account_id)


async def delete(tx: WriteTx, account_id: UUID, note_id: UUID) -> bool:
    """Delete a note; whether it was there."""
    return await tx.execute("delete from account_notes where id = $2 and account_id = $1", account_id, note_id) == 1
