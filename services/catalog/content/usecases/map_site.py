"""The sitemap: which pages there are, for search engines, in files that none of them refuses; and robots.txt."""

from __future__ import annotations

from catalog.content.domain import sitemap
from catalog.content.domain.sitemap import Entry
from catalog.content.provider.shop import Shop, alone, read_shop
from catalog.content.store import pages
from catalog.context import CatalogContext
from chassis.db import ReadTx


async def site_index(ctx: CatalogContext, files: str) -> bytes:
    """The list of all files, of which each is at `files` and its number. Raises Unavailable."""
    shop = await read_shop(ctx)
    async with ctx.db.read() as tx:
        count = len(await _shelves(ctx, tx, shop)) + await pages.count(tx)
    numbers = range(1, -(-count // sitemap.per_file(shop.languages)) + 1)
    return sitemap.index([f"{_base(ctx)}{files}/{number}" for number in numbers])


async def site_file(ctx: CatalogContext, number: int) -> bytes:
    """The pages of one file, those of products last. Nothing: there are not so many files. Raises Unavailable."""
    shop = await read_shop(ctx)
    limit = sitemap.per_file(shop.languages)
    begin = (number - 1) * limit
    async with ctx.db.read() as tx:
        shelves = await _shelves(ctx, tx, shop)
        entries = shelves[begin : begin + limit]
        if len(entries) < limit:
            found = await pages.products(tx, max(0, begin - len(shelves)), limit - len(entries))
            entries += [Entry(each.path, each.changed) for each in found]
    return sitemap.file(_base(ctx), shop.languages, entries) if entries else b""


async def _shelves(ctx: CatalogContext, tx: ReadTx, shop: Shop) -> list[Entry]:
    """All pages but those of products, always in the same order."""
    first = next(iter(shop.currencies), ctx.settings.currency)
    collections = await pages.collections(tx)
    found = [*collections, *await pages.categories(tx, ctx.settings.still_sold(first))]
    entries = [Entry("/"), Entry("/products"), *([Entry("/collections")] if collections else [])]
    entries += [Entry(each.path, each.changed) for each in found]
    # Of a text there is one page in each language, whatever languages it is written in.
    changed = {each.kind: each.updated_at for each in sorted(shop.policies, key=lambda each: each.updated_at)}
    return [*entries, *(Entry(f"/policies/{kind}", changed[kind]) for kind in sorted(changed))]


async def robots(ctx: CatalogContext, files: str) -> bytes:
    """In all languages and currencies. Raises Unavailable."""
    return _robots(ctx, await read_shop(ctx), files)


def short_robots(ctx: CatalogContext, files: str) -> bytes:
    """In the first ones alone: what can be said without the service shop."""
    return _robots(ctx, alone(ctx), files)


def _robots(ctx: CatalogContext, shop: Shop, files: str) -> bytes:
    return sitemap.robots(shop.languages, shop.currencies, _base(ctx) + files).encode()


def _base(ctx: CatalogContext) -> str:
    return ctx.settings.public_url.rstrip("/")
