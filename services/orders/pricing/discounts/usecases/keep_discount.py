"""Make a discount, and change what one is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from chassis import audit
from chassis.problems import FieldError, Invalid, NotFound
from orders.context import OrdersContext
from orders.pricing.discounts.domain.discount import MAX_AUTOMATIC, Discount
from orders.pricing.discounts.domain.faults import faults
from orders.pricing.discounts.problems import DiscountArchived
from orders.pricing.discounts.store import discounts as store
from orders.pricing.discounts.store import rows
from orders.pricing.discounts.store.rows import StoredDiscount
from orders.pricing.problems import RuleChanged, TooManyRules
from orders.pricing.usecases.changing import changing


def as_audited(discount: Discount) -> dict[str, Any]:
    """What a discount is, for the audit log."""
    told: dict[str, Any] = msgspec.to_builtins(replace(discount, codes=()))
    return told


async def create_discount(ctx: OrdersContext, discount: Discount) -> StoredDiscount:
    """Write a new discount; once, however often it is sent with the same id.

    Raises:
        Invalid: it makes no sense. TooManyRules: the shop has as many automatic discounts as it can.
    """
    _make_sense(discount)
    async with changing(ctx) as tx:
        if await store.insert(tx, discount):
            await audit.record(tx, "discount.created", f"discount:{discount.id}", after=as_audited(discount))
        found = await rows.find(tx, discount.id)
        if found is None:
            raise TooManyRules(
                f"There are {MAX_AUTOMATIC} automatic discounts: archive one first, or give this one a code.",
                limit=MAX_AUTOMATIC,
            )
    return found


async def change_discount(ctx: OrdersContext, discount_id: UUID, version: int, wanted: Discount) -> StoredDiscount:
    """Make a discount what is wanted, but for its id and whether it is automatic. Placed orders keep what they got.

    Raises:
        Invalid, NotFound. RuleChanged: it is of another version. DiscountArchived.
    """
    async with changing(ctx) as tx:
        before = await rows.lock(tx, discount_id)
        if before is None:
            raise NotFound
        if before.version != version:
            raise RuleChanged(f"It is of version {before.version} now.", version=before.version)
        if before.status == "archived":
            raise DiscountArchived
        after = replace(wanted, id=discount_id, automatic=before.discount.automatic)
        _make_sense(after)
        try:
            await store.update(tx, after, version)
        except asyncpg.CheckViolationError as broken:
            if broken.constraint_name != "discounts_used_within":
                raise
            error = FieldError("max_uses", "It was used more often already; disable it to end it", "used_more_often")
            raise Invalid(errors=[error]) from None
        await audit.record(
            tx,
            "discount.changed",
            f"discount:{discount_id}",
            before=as_audited(before.discount),
            after=as_audited(after),
        )
        found = await rows.find(tx, discount_id)
    assert found is not None, "its row is locked"  # noqa: S101 -- narrows the type
    return found


def _make_sense(discount: Discount) -> None:
    errors = [FieldError(field, message, "not_possible") for field, message in faults(discount)]
    if errors:
        raise Invalid(errors=errors)
