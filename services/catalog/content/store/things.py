"""What has texts: products, collections and categories, each with a version that its changes raise."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from catalog.store.translations import Of
from chassis.db import ReadTx, WriteTx

Kind = Literal["products", "collections", "categories"]
ONE_OF: dict[Kind, Of] = {"products": "product", "collections": "collection", "categories": "category"}
_SEO = {
    "products": "seo_title, seo_description",
    "collections": "seo_title, seo_description",
    "categories": "'' as seo_title, '' as seo_description",
}
_OPTIONS = {"products": "options", "collections": "'{}'::text[] as options", "categories": "'{}'::text[] as options"}


class Thing(msgspec.Struct, frozen=True):
    """A product, a collection or a category."""

    id: UUID
    slug: str
    seo_title: str
    seo_description: str
    options: list[str]
    version: int


class OldSlug(msgspec.Struct, frozen=True):
    """A slug that it had, and until when."""

    slug: str
    left_at: datetime


def _columns(kind: Kind) -> str:
    return f"id, slug, {_SEO[kind]}, {_OPTIONS[kind]}, version"


async def find(tx: ReadTx, kind: Kind, thing_id: UUID) -> Thing | None:
    """None: there is no such thing."""
    return await tx.row(Thing, f"select {_columns(kind)} from {kind} where id = $1", thing_id)


async def lock(tx: WriteTx, kind: Kind, thing_id: UUID) -> Thing | None:
    """The same, locked until the transaction ends."""
    sql = f"select {_columns(kind)} from {kind} where id = $1 for no key update"
    return await tx.row(Thing, sql, thing_id)


async def touch(tx: WriteTx, kind: Kind, thing_id: UUID) -> Thing:
    """Raise the version of one that is locked."""
    sql = f"""
    update {kind} set version = version + 1, updated_at = statement_timestamp() where id = $1
    returning {_columns(kind)}
    """
    return (await tx.rows(Thing, sql, thing_id))[0]


async def set_seo(tx: WriteTx, kind: Kind, thing_id: UUID, title: str, description: str) -> None:
    """What search engines show of one that is locked."""
    sql = f"update {kind} set seo_title = $2, seo_description = $3 where id = $1"
    await tx.execute(sql, thing_id, title, description)


async def set_product_slug(tx: WriteTx, product_id: UUID, slug: str) -> None:
    """Another slug of a product that is locked; a trigger keeps the one before.

    Raises:
        asyncpg.UniqueViolationError: `products_slug_once`.
    """
    await tx.execute("update products set slug = $2 where id = $1", product_id, slug)


async def old_slugs(tx: ReadTx, kind: Kind, thing_id: UUID) -> list[OldSlug]:
    """Those that lead to it, the newest first: 100 at most. None leads to a category."""
    if kind == "categories":
        return []
    of = ONE_OF[kind]
    sql = f"select slug, left_at from old_{of}_slugs where {of}_id = $1 order by left_at desc, slug"
    return await tx.rows(OldSlug, sql, thing_id)
