"""Discounts for staff: a page of them, one with its figures."""

from __future__ import annotations

from uuid import UUID

from chassis import audit
from chassis.problems import NotFound
from orders.context import OrdersContext
from orders.pricing.discounts.domain.codes import normalised
from orders.pricing.discounts.store import discounts as store
from orders.pricing.discounts.store import rows, uses
from orders.pricing.discounts.store.rows import StoredDiscount
from orders.pricing.discounts.store.uses import Figures


async def list_discounts(
    ctx: OrdersContext,
    before: UUID | None,
    limit: int,
    *,
    status: str | None,
    automatic: bool | None,
    code: str | None,
) -> list[StoredDiscount]:
    """Newest first, after this one. `code`: in any way of typing it."""
    stored = normalised(code) if code else None
    if code and stored is None:
        return []
    async with ctx.db.read() as tx:
        found = await store.listed(tx, limit, before=before, status=status, automatic=automatic, code=stored)
    async with ctx.db.write_one() as tx:
        await audit.record(tx, "discounts.read")
    return found


async def show_discount(ctx: OrdersContext, discount_id: UUID) -> tuple[StoredDiscount, Figures]:
    """A discount, and how it was used.

    Raises:
        NotFound.
    """
    async with ctx.db.read() as tx:
        found = await rows.find(tx, discount_id)
        if found is None:
            raise NotFound
        figures = await uses.figures(tx, discount_id)
    async with ctx.db.write_one() as tx:
        await audit.record(tx, "discount.read", f"discount:{discount_id}")
    return found, figures
