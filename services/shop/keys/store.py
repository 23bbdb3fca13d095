"""SQL of API keys."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from chassis.db import ReadTx, WriteTx
from chassis.sessions.api_keys import KeyFacts

MOST = 100
KEEP_DAYS = 400
_COLUMNS = "id, title, beginning, scopes, made_by, created_at, expires_at, last_used_at, ended_at"
# Those who make one wait for each other, so that each finds a free place if there is one; and for who narrows them.
_LOCK = "select pg_advisory_xact_lock(hashtextextended('api_keys', 0))"
_ADD = f"""
insert into api_keys (id, place, title, beginning, hash, scopes, made_by, expires_at)
select $1, place, $2, $3, $4, $5, $6, $7 from generate_series(1, {MOST}) as place
where place not in (select k.place from api_keys k where k.place is not null) order by place limit 1
returning {_COLUMNS}
"""
_PAGE = f"select {_COLUMNS} from api_keys where id < $1 order by id desc limit $2"
_END = "update api_keys set ended_at = statement_timestamp(), place = null where id = $1 and ended_at is null"
# When it was used is written once a minute at most.
_USE = """
with found as (
    select id, scopes, last_used_at from api_keys
    where hash = $1 and ended_at is null and (expires_at is null or expires_at > statement_timestamp())
), used as (
    update api_keys set last_used_at = statement_timestamp() from found
    where api_keys.id = found.id
      and (found.last_used_at is null or found.last_used_at < statement_timestamp() - interval '1 minute')
)
select id as key_id, scopes from found
"""
_EXPIRE = "update api_keys set ended_at = expires_at, place = null where ended_at is null and expires_at <= now()"
_FORGET = f"""
delete from api_keys where id in (
    select id from api_keys where ended_at < now() - interval '{KEEP_DAYS} days' order by ended_at limit $1
)
"""
# A key that would have no right left ends, and keeps the rights that it had. There are so many places, not more keys.
_NARROW = """
with mine as (
    select id, scopes, array(select scope from unnest(scopes) as scope where scope = any($2) order by scope) as kept
    from api_keys where made_by = $1 and place is not null order by id for update
)
update api_keys set
    scopes = case when cardinality(kept) = 0 then api_keys.scopes else kept end,
    ended_at = case when cardinality(kept) = 0 then statement_timestamp() end,
    place = case when cardinality(kept) = 0 then null else place end
from mine where api_keys.id = mine.id and cardinality(kept) < cardinality(mine.scopes)
returning api_keys.id, mine.scopes as before, kept
"""
_END_ALL = "update api_keys set ended_at = statement_timestamp(), place = null where ended_at is null"


class Key(msgspec.Struct, frozen=True):
    """What is known of a key: not the key."""

    id: UUID
    title: str
    beginning: str
    scopes: list[str]
    made_by: UUID
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    ended_at: datetime | None


class Narrowed(msgspec.Struct, frozen=True):
    """A key that lost rights: those that it had, and those that it keeps; none, and it has ended."""

    id: UUID
    before: list[str]
    kept: list[str]


class NewKey(msgspec.Struct, frozen=True):
    """A key that is to be stored."""

    id: UUID
    title: str
    beginning: str
    hash: bytes
    scopes: list[str]
    made_by: UUID
    expires_at: datetime | None


async def lock(tx: WriteTx) -> None:
    """Have others who make keys, or narrow them, wait until `tx` ends."""
    await tx.value(_LOCK)


async def narrow(tx: WriteTx, made_by: UUID, scopes: list[str]) -> list[Narrowed]:
    """Take from this account's living keys, which are locked, what is not among these rights; those that lost some."""
    return await tx.rows(Narrowed, _NARROW, made_by, scopes)


async def add(tx: WriteTx, new: NewKey) -> Key | None:
    """The key, while `lock` is held; None where as many are alive as there can be."""
    return await tx.row(Key, _ADD, *msgspec.structs.astuple(new))


async def page(tx: ReadTx, before: UUID, limit: int) -> list[Key]:
    """Keys, the newest first."""
    return await tx.rows(Key, _PAGE, before, limit)


async def end(tx: WriteTx, key_id: UUID) -> bool:
    """End a key; whether it was alive."""
    return await tx.execute(_END, key_id) == 1


async def end_all(tx: WriteTx) -> int:
    """End all that are alive; how many."""
    return await tx.execute(_END_ALL)


async def use(tx: WriteTx, key_hash: bytes) -> KeyFacts | None:
    """What a living key may do; notes that it was used."""
    return await tx.row(KeyFacts, _USE, key_hash)


async def expire(tx: WriteTx) -> int:
    """End those whose time is over; how many."""
    return await tx.execute(_EXPIRE)


async def forget(tx: WriteTx, limit: int) -> int:
    """Delete keys that ended long ago; how many."""
    return await tx.execute(_FORGET, limit)
