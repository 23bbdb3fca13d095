"""Make, change, move and delete a category."""

from __future__ import annotations

from uuid import UUID

import msgspec

from catalog.collections.domain.tree import DEEPEST, MOST, Node, below
from catalog.collections.problems import (
    CategoryChanged,
    CategoryInUse,
    CategoryMisplaced,
    SlugTaken,
    TooManyCategories,
)
from catalog.collections.store import categories
from catalog.collections.store.categories import Category, Fields
from catalog.context import CatalogContext
from chassis import audit
from chassis.db import ReadTx, WriteTx
from chassis.problems import FieldError, Invalid, NotFound


async def create_category(ctx: CatalogContext, category_id: UUID, fields: Fields) -> Category:
    """The category; once for each id.

    Raises:
        SlugTaken. TooManyCategories. CategoryMisplaced. Invalid: there is no such parent.
    """
    async with ctx.db.write() as tx:
        await categories.lock(tx)
        made = await categories.find(tx, category_id)
        if made is not None:
            return made
        await _check_slug(tx, fields.slug, category_id)
        _check_depth(_depth(await categories.nodes(tx), fields.parent_id))
        made = await categories.add(tx, category_id, fields)
        if made is None:
            raise TooManyCategories(f"There can be {MOST:,}.", limit=MOST)
        await audit.record(tx, "category.created", f"category:{category_id}", after=msgspec.to_builtins(fields))
        return made


async def change_category(ctx: CatalogContext, category_id: UUID, version: int, fields: Fields) -> Category:
    """The category with these fields; with another parent all below it moves along.

    Raises:
        NotFound. CategoryChanged. SlugTaken. CategoryMisplaced. Invalid: there is no such parent.
    """
    async with ctx.db.write() as tx:
        await categories.lock(tx)
        before = await known_category(tx, category_id)
        await _check_slug(tx, fields.slug, category_id)
        nodes = await categories.nodes(tx)
        moved = below(nodes, category_id)
        if fields.parent_id in moved:
            raise CategoryMisplaced("A category cannot stand below itself.")
        depth = _depth(nodes, fields.parent_id)
        lower = depth - before.depth
        _check_depth(max(moved.values()) + lower)
        changed = await categories.change(
            tx, category_id, version, fields, depths=(depth, lower), moved=list(moved if lower else [category_id])
        )
        if changed is None:
            raise _of_another_version(before)
        was, now = ({name: getattr(one, name) for name in Fields.__struct_fields__} for one in (before, changed))
        await audit.record(tx, "category.changed", f"category:{category_id}", before=was, after=now)
        return changed


async def delete_category(ctx: CatalogContext, category_id: UUID, version: int) -> None:
    """Delete it. One that is gone already changes nothing.

    Raises:
        CategoryChanged. CategoryInUse.
    """
    async with ctx.db.write() as tx:
        await categories.lock(tx)
        before = await categories.find(tx, category_id)
        if before is None:
            return
        if before.version != version:
            raise _of_another_version(before)
        if await categories.in_use(tx, category_id):
            raise CategoryInUse("Put its products and the categories below it into another one first.")
        await categories.delete(tx, category_id)
        await audit.record(tx, "category.deleted", f"category:{category_id}", before={"slug": before.slug})


async def known_category(tx: ReadTx, category_id: UUID) -> Category:
    """Raises NotFound."""
    found = await categories.find(tx, category_id)
    if found is None:
        raise NotFound(f"There is no category {category_id}.")
    return found


def _of_another_version(found: Category) -> CategoryChanged:
    """Of one that was read while the tree was locked, so that this is its version still."""
    return CategoryChanged(f"It is of version {found.version}.", version=found.version)


async def _check_slug(tx: WriteTx, slug: str, category_id: UUID) -> None:
    if await categories.slug_taken(tx, slug, category_id):
        raise SlugTaken(f"Another category has the slug {slug}.")


def _depth(nodes: list[Node], parent_id: UUID | None) -> int:
    """That of a category with this parent. Raises Invalid."""
    if parent_id is None:
        return 1
    depths = [node.depth for node in nodes if node.id == parent_id]
    if not depths:
        wrong = FieldError("parent_id", "There is no such category", "unknown_category")
        raise Invalid("See `errors` for each field.", errors=[wrong])
    return depths[0] + 1


def _check_depth(deepest: int) -> None:
    if deepest > DEEPEST:
        raise CategoryMisplaced(f"A category is at most {DEEPEST} deep.", limit=DEEPEST)
