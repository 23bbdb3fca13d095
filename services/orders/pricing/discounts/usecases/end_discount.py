"""Switch a discount off and on, archive it, or delete one that nobody has used."""

from __future__ import annotations

from uuid import UUID

import asyncpg

from chassis import audit
from chassis.problems import NotFound
from orders.context import OrdersContext
from orders.pricing.discounts.problems import DiscountArchived, DiscountUsed
from orders.pricing.discounts.store import discounts as store
from orders.pricing.discounts.store import rows
from orders.pricing.discounts.store.rows import Status, StoredDiscount
from orders.pricing.usecases.changing import changing


async def set_status(ctx: OrdersContext, discount_id: UUID, status: Status) -> StoredDiscount:
    """Make a discount active, disabled or archived, which is for good. Repeated, it changes nothing.

    Raises:
        NotFound, DiscountArchived.
    """
    async with changing(ctx) as tx:
        before = await rows.hold(tx, discount_id)
        if before is None:
            raise NotFound
        if before.status != status:
            if before.status == "archived":
                raise DiscountArchived
            await store.set_status(tx, discount_id, status)
            was, now = {"status": before.status}, {"status": status}
            await audit.record(tx, "discount.status_changed", f"discount:{discount_id}", before=was, after=now)
        found = await rows.find(tx, discount_id)
    assert found is not None, "its row is locked"  # noqa: S101 -- narrows the type
    return found


async def delete_discount(ctx: OrdersContext, discount_id: UUID) -> None:
    """Delete a discount with its codes.

    Raises:
        NotFound. DiscountUsed: an order has used it, even if the use was given back.
    """
    try:
        async with changing(ctx) as tx:
            before = await rows.lock(tx, discount_id)
            if before is None:
                raise NotFound
            await store.delete(tx, discount_id)
            await audit.record(
                tx, "discount.deleted", f"discount:{discount_id}", before={"title": before.discount.title}
            )
    except asyncpg.ForeignKeyViolationError:
        raise DiscountUsed from None
