"""SQL of what is suggested while a shopper types."""

from __future__ import annotations

import msgspec

from chassis.db import ReadTx

# There are at most 1,000 of each. A title is meant that has a word that begins as what is typed.
_NAMED = """
select slug, title from {table} where {seen} and strpos(' ' || search_fold(title), ' ' || search_fold($1)) > 0
order by title, id limit $2
"""
_COLLECTIONS = _NAMED.format(table="collections", seen="published")
_CATEGORIES = _NAMED.format(table="categories", seen="true")


class Named(msgspec.Struct, frozen=True):
    """A collection or a category."""

    slug: str
    title: str


async def collections(tx: ReadTx, typed: str, limit: int) -> list[Named]:
    """Published collections with such a title."""
    return await tx.rows(Named, _COLLECTIONS, typed, limit)


async def categories(tx: ReadTx, typed: str, limit: int) -> list[Named]:
    """Categories with such a title."""
    return await tx.rows(Named, _CATEGORIES, typed, limit)
