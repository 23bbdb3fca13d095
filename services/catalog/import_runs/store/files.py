"""Rows of files to import."""

from __future__ import annotations

from uuid import UUID

from chassis.db import WriteTx

DAYS = 7
# Files that are kept at once: 10 MB each at most.
MOST = 100
# That are deleted by one statement; their runs and findings go with them.
AT_ONCE = 20
_AGE = f"created_at < now() - interval '{DAYS} days'"
ANY_OLD = f"exists (select from import_files where {_AGE})"  # nosec B608 -- a constant
_LOCK = "select pg_advisory_xact_lock(hashtextextended('catalog.import_files', 0))"
_ADD = f"""
insert into import_files (id, name, content, encoding, account_id) select $1, $2, $3, $4, $5
where (select count(*) from import_files) < {MOST}
on conflict (id) do nothing
"""  # nosec B608 -- a constant
_FORGET = f"""
delete from import_files where id = any(array(select id from import_files where {_AGE} order by created_at limit $1))
"""  # nosec B608 -- a constant


async def add(tx: WriteTx, file_id: UUID, name: str, content: bytes, encoding: str | None, account_id: UUID) -> bool:
    """Keep a file; False: there are too many. Nothing where it is here already."""
    await tx.value(_LOCK)
    if await tx.value("select exists (select from import_files where id = $1)", file_id):
        return True
    return bool(await tx.execute(_ADD, file_id, name, content, encoding, account_id))


async def forget(tx: WriteTx, most: int) -> int:
    """Delete old ones, at most so many; how many."""
    return await tx.execute(_FORGET, most)
