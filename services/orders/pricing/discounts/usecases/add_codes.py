"""Give a discount codes: chosen ones, or many that are drawn."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

import asyncpg

from chassis import audit
from chassis.db import WriteTx
from chassis.problems import FieldError, Invalid, NotFound
from orders.context import OrdersContext
from orders.pricing.discounts.domain.codes import Drawing, draw
from orders.pricing.discounts.problems import CodeTaken, DiscountArchived, TooManyCodes
from orders.pricing.discounts.store import codes as store
from orders.pricing.discounts.store import rows
from orders.pricing.usecases.changing import changing

_DRAWS = 20


async def add_codes(ctx: OrdersContext, discount_id: UUID, codes: Sequence[str], *, once: bool) -> int:
    """Add these codes, in their stored form, all or none; how many are new: those that it has already stay as they are.

    Raises:
        NotFound, DiscountArchived, TooManyCodes. CodeTaken: another discount has, or had, some of them.
        Invalid: the discount is automatic.
    """

    async def add(tx: WriteTx) -> int:
        added = await store.add(tx, discount_id, codes, once=once, batch=None)
        taken = await store.of_others(tx, discount_id, codes)
        if taken:
            raise CodeTaken(f"Other discounts have {', '.join(taken[:5])}.", codes=taken)
        await audit.record(tx, "discount.codes_added", f"discount:{discount_id}", after={"codes": sorted(added)})
        return len(added)

    return await _add(ctx, discount_id, add)


async def draw_codes(ctx: OrdersContext, discount_id: UUID, wanted: Drawing, batch: UUID) -> int:
    """Draw codes; once for each `batch`. How many it has.

    Raises:
        As add_codes, without CodeTaken.
    """

    async def add(tx: WriteTx) -> int:
        before = await store.drawn(tx, discount_id, batch)
        if before:
            return before
        missing = wanted.count
        for _ in range(_DRAWS):
            # What another discount has already is drawn again.
            drawn = sorted({draw(wanted.prefix, wanted.length) for _ in range(missing)})
            missing -= len(await store.add(tx, discount_id, drawn, once=wanted.once, batch=batch))
            if not missing:
                break
        count = wanted.count - missing
        after = {"count": count, "prefix": wanted.prefix, "once": wanted.once, "batch": batch}
        await audit.record(tx, "discount.codes_drawn", f"discount:{discount_id}", after=after)
        return count

    return await _add(ctx, discount_id, add)


async def _add(ctx: OrdersContext, discount_id: UUID, add: Callable[[WriteTx], Awaitable[int]]) -> int:
    try:
        async with changing(ctx) as tx:
            found = await rows.hold(tx, discount_id)
            if found is None:
                raise NotFound
            if found.discount.automatic:
                error = FieldError("discount_id", "An automatic discount needs no code", "automatic")
                raise Invalid(errors=[error])
            if found.status == "archived":
                raise DiscountArchived
            return await add(tx)
    except asyncpg.CheckViolationError as broken:
        if broken.constraint_name != "discounts_code_count":
            raise
        limit = store.MAX_CODES_OF_ONE
        raise TooManyCodes(f"It would have more than {limit} codes.", limit=limit) from None
