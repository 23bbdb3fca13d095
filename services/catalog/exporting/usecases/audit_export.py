"""Write down who exports products, before the first of them is sent."""

from __future__ import annotations

from catalog.context import CatalogContext
from chassis import audit


async def audit_export(ctx: CatalogContext, currency: str, status: str | None) -> None:
    """In which currency, and in which status they are; None: in any."""
    async with ctx.db.write_one() as tx:
        await audit.record(tx, "products.exported", after={"currency": currency, "status": status})
