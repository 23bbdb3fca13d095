"""Show a draft from a moment on."""

from __future__ import annotations

from datetime import datetime

from catalog.context import CatalogContext
from catalog.editing import changing
from catalog.editing.problems import NotADraft
from catalog.editing.store import products, publications
from catalog.editing.store.publications import Publication
from chassis import audit
from chassis.db import WriteTx
from chassis.problems import NotFound


async def read_publication(ctx: CatalogContext, slug: str) -> Publication:
    """Of a product in whatever status.

    Raises:
        NotFound: there is none of this slug.
    """
    async with ctx.db.read() as tx:
        found = await publications.read(tx, slug)
    if found is None:
        raise NotFound("There is no product of this slug.")
    return found


async def publish_later(
    ctx: CatalogContext, slug: str, version: int | None, publish_at: datetime | None
) -> Publication:
    """Set the moment, or forget it. One that is over: within seconds.

    Raises:
        NotFound, VersionChanged. NotADraft: it is shown already, or archived.
    """

    async def body(tx: WriteTx) -> Publication:
        product = await changing.begin_change(tx, slug, version)
        status = (await products.written(tx, product.id)).status
        if status != "draft":
            raise NotADraft(f"It is {status}. Make it a draft first.")
        await publications.set_moment(tx, product.id, publish_at)
        await audit.record(tx, "product.publication_set", f"product:{slug}", after={"publish_at": publish_at})
        return Publication(publish_at, status, product.version)

    return await changing.write(ctx, body)
