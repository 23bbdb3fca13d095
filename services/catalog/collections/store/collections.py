"""SQL of collections."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from catalog.collections.domain.rules import Rule
from chassis.db import ReadTx, WriteTx

MOST = 1_000
Kind = Literal["hand", "rule"]
# Before every product: from where a rule is looked at.
START = UUID(int=0)

_COLUMNS = """
id, kind, slug, title, description_html, published, rule, filled_to, seo_title, seo_description, version, created_at,
updated_at
"""
# Those who make one, or change a slug, wait for each other, so that each finds a free place if there is one.
_LOCK = "select pg_advisory_xact_lock(hashtextextended('catalog.collections', 0))"
_ADD = f"""
insert into collections (id, place, kind, slug, title, description_html, published, rule, filled_to)
select $1, place, $2, $3, $4, $5, $6, $7, $8 from generate_series(1, {MOST}) as place
where place not in (select c.place from collections c) order by place limit 1
returning {_COLUMNS}
"""
# A changed rule looks at every product anew.
_CHANGE = f"""
update collections set slug = $3, title = $4, description_html = $5, published = $6, rule = $7,
    filled_to = case when rule is distinct from $7 then $8 else filled_to end,
    version = version + 1, updated_at = statement_timestamp()
where id = $1 and version = $2 returning {_COLUMNS}
"""
_TOUCH = f"""
update collections set version = version + 1, updated_at = statement_timestamp()
where id = $1 and version = $2 and kind = 'hand' returning {_COLUMNS}
"""


class Fields(msgspec.Struct, frozen=True):
    """What staff say of a collection."""

    slug: str
    title: str
    description_html: str
    published: bool
    rule: Rule | None


class Collection(msgspec.Struct, frozen=True):
    """A collection, as it is stored. `filled_to`: see the column."""

    id: UUID
    kind: Kind
    slug: str
    title: str
    description_html: str
    published: bool
    rule: Rule | None
    filled_to: UUID | None
    seo_title: str
    seo_description: str
    version: int
    created_at: datetime
    updated_at: datetime


def _collection(rule: dict[str, Any] | None, **own: Any) -> Collection:
    return Collection(rule=None if rule is None else msgspec.convert(rule, Rule), **own)


def _values(fields: Fields) -> tuple[Any, ...]:
    rule = None if fields.rule is None else msgspec.to_builtins(fields.rule)
    own = (fields.slug, fields.title, fields.description_html, fields.published)
    return (*own, rule, None if rule is None else START)


async def lock_slugs(tx: WriteTx) -> None:
    """Until `tx` ends nobody else makes a collection or changes a slug."""
    await tx.value(_LOCK)


async def slug_taken(tx: ReadTx, slug: str, collection_id: UUID) -> bool:
    """Whether another collection has this slug."""
    sql = "select exists (select from collections where slug = $1 and id <> $2)"
    return bool(await tx.value(sql, slug, collection_id))


async def add(tx: WriteTx, collection_id: UUID, fields: Fields) -> Collection | None:
    """The new collection; None where there are as many as there can be."""
    kind: Kind = "hand" if fields.rule is None else "rule"
    return await tx.row(_collection, _ADD, collection_id, kind, *_values(fields))


async def find(tx: ReadTx, collection_id: UUID) -> Collection | None:
    """One collection."""
    return await tx.row(_collection, f"select {_COLUMNS} from collections where id = $1", collection_id)


async def published(tx: ReadTx, slug: str) -> Collection | None:
    """One that shoppers see."""
    sql = f"select {_COLUMNS} from collections where slug = $1 and published"
    return await tx.row(_collection, sql, slug)


async def change(tx: WriteTx, collection_id: UUID, version: int, fields: Fields) -> Collection | None:
    """The collection with these fields; None where it is not of this version. Its kind stays."""
    return await tx.row(_collection, _CHANGE, collection_id, version, *_values(fields))


async def touch(tx: WriteTx, collection_id: UUID, version: int) -> Collection | None:
    """Count a change of the products of a collection by hand; None where it is none, or not of this version."""
    return await tx.row(_collection, _TOUCH, collection_id, version)


async def delete(tx: WriteTx, collection_id: UUID) -> None:
    """Delete a collection, with the list of its products."""
    await tx.execute("delete from collections where id = $1", collection_id)


async def newest(tx: ReadTx, before: UUID | None, limit: int, *, published_only: bool) -> list[Collection]:
    """Those made before one, newest first."""
    shown = "and published" if published_only else ""
    sql = f"""
    select {_COLUMNS} from collections where ($1::uuid is null or id < $1) {shown} order by id desc limit $2
    """
    return await tx.rows(_collection, sql, before, limit)
