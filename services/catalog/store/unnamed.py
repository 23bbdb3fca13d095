"""Objects of pictures that no picture names any more: since when, and which are being removed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from chassis.db import ReadTx, WriteTx

_LOCK_DIGEST = "select pg_advisory_xact_lock(hashtextextended('media:' || $1, 0))"
_REMOVED = "select exists(select from media_removed where digest = $1)"
# Those that no picture has ever named are counted from their first sight.
_MARK = """
insert into media_unnamed (digest)
select seen.digest from unnest($1::text[]) as seen (digest)
where not exists (select from media where media.digest = seen.digest)
on conflict do nothing
"""
_KEPT_LONG = """
select digest from media_unnamed
where digest = any($1) and since <= now() - $2::interval
  and not exists (select from media where media.digest = media_unnamed.digest)
"""
# By then no process can still be storing what it fetched before the removal.
_FORGET_REMOVED = "delete from media_removed where removed_at < now() - interval '1 day'"
# Of files that are named again, or are gone. One that is there still is marked anew.
_FORGET_MARKS = "delete from media_unnamed where since < now() - $1::interval - interval '90 days'"
_REMOVE = """
with gone as (
    delete from media_unnamed
    where digest = $1 and since <= now() - $2::interval and not exists (select from media where digest = $1)
    returning digest
)
insert into media_removed (digest) select digest from gone
on conflict (digest) do update set removed_at = now() returning true
"""
_KEYS = """
select max(id::text)::uuid as last, array_agg(key) as keys from (
    select id, digest, widths from media where digest is not null and id > $1 order by id limit $2
) m, lateral (
    select digest as key where widths is null
    union all select digest || '/' || width || '.webp' from unnest(widths) as width
) object
"""


async def lock_digest(tx: WriteTx, digest: str) -> bool:
    """Let nobody else name or remove it until the transaction ends. False: its objects are being deleted."""
    await tx.execute(_LOCK_DIGEST, digest)
    return not await tx.value(_REMOVED, digest)


async def mark(tx: WriteTx, digests: Sequence[str]) -> None:
    """Note those of the digests that no picture has, unless they are noted already."""
    await tx.execute(_MARK, digests)


async def kept_long(tx: ReadTx, digests: Sequence[str], keep: timedelta) -> list[str]:
    """Those of the digests that no picture has had for so long."""
    rows: list[dict[str, str]] = await tx.rows(dict, _KEPT_LONG, digests, keep)
    return [row["digest"] for row in rows]


async def remove(tx: WriteTx, digest: str, keep: timedelta) -> bool:
    """Whether no picture has had this digest for so long; if so, none can get it for a day."""
    await tx.execute(_LOCK_DIGEST, digest)
    return bool(await tx.value(_REMOVE, digest, keep))


async def forget(tx: WriteTx, keep: timedelta) -> None:
    """Allow digests again whose objects were deleted a day ago, and forget marks that serve nobody any more."""
    await tx.execute(_FORGET_REMOVED)
    await tx.execute(_FORGET_MARKS, keep)


async def stored_keys(tx: ReadTx, after: UUID, most: int) -> tuple[UUID, list[str]]:
    """The objects of so many stored pictures with ids above `after`, and the last of these ids."""
    last, keys = await tx.row(_keys, _KEYS, after, most) or (None, None)
    return last or after, keys or []


def _keys(last: UUID | None, keys: list[str] | None) -> tuple[UUID | None, list[str] | None]:
    return last, keys
