"""What a basket's codes stand for, asked in one statement, or in none."""

from __future__ import annotations

from collections.abc import Sequence

from orders.context import OrdersContext
from orders.pricing.discounts.domain.codes import normalised
from orders.pricing.discounts.domain.discount import MAX_CODES, Discount
from orders.pricing.discounts.store import found
from orders.pricing.discounts.store.found import Found

NOTHING = Found((), {})


async def look_up(
    ctx: OrdersContext, codes: Sequence[str], automatic: Sequence[Discount], customer: bytes | None
) -> Found:
    """What the codes stand for, and how often that was used, and the `automatic` discounts that have a limit.

    One statement; none where there are neither codes nor such limits.
    """
    stored = [code for typed in dict.fromkeys(codes) if (code := normalised(typed)) is not None][:MAX_CODES]
    limited = [each.id for each in automatic if each.max_uses is not None or each.max_uses_per_customer is not None]
    if not stored and not limited:
        return NOTHING
    async with ctx.db.read() as tx:
        return await found.find(tx, stored, limited, customer)
