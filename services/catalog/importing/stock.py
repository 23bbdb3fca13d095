"""Sets the stock of variants that were stored before an import (option overwrite_stock)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from catalog.domain.stock import StockLevel
from catalog.events import publish_stock
from catalog.importing.batch import Batch
from catalog.importing.plan import ProductPlan, VariantPlan
from catalog.store import reservations
from catalog.store import stock as store
from chassis.db import WriteTx

_FIELDS = frozenset({"quantity", "tracked", "backorder"})


async def lock_stock(tx: WriteTx, plans: Sequence[ProductPlan]) -> None:
    """Lock the stock that `overwrite_stock` sets, before the products' prices: a reservation has locked stock when the
    triggers of product_prices.in_stock ask for the prices at the commit.
    """
    await reservations.lock_levels(tx, sorted(_given(plans)))


async def overwrite_stock(tx: WriteTx, plans: Sequence[ProductPlan], batch: Batch) -> None:
    """Set the stock to what the plans say, but never below what is held for orders."""
    variants = _given(plans)
    levels = await reservations.lock_levels(tx, sorted(variants))
    for variant_id in sorted(levels):
        await _overwrite(tx, variants[variant_id], levels[variant_id], batch)
    batch.result.stock_set = len(levels)


def _given(plans: Sequence[ProductPlan]) -> dict[UUID, VariantPlan]:
    """The stored variants whose stock the import gives."""
    return {
        variant.wanted.id: variant
        for plan in plans
        for variant in plan.variants
        if variant.now and not _FIELDS.isdisjoint(variant.draft.given)
    }


async def _overwrite(tx: WriteTx, variant: VariantPlan, level: StockLevel, batch: Batch) -> None:
    draft, given = variant.draft, variant.draft.given
    tracked = draft.tracked if "tracked" in given else level.tracked
    backorder = draft.backorder if "backorder" in given else level.backorder
    on_hand = level.on_hand if draft.quantity is None or "quantity" not in given else draft.quantity
    if tracked and not backorder and on_hand < level.reserved:
        message = (
            f"{level.reserved} of {level.sku} are reserved for orders, so the stock is {level.reserved}, not {on_hand}."
        )
        batch.report("changed", variant.slug, draft.row, "stock_held", message, column="Variant Inventory Qty")
        on_hand = level.reserved
    changed = await store.set_stock(
        tx,
        variant.wanted.id,
        on_hand,
        tracked=tracked,
        backorder=backorder,
        reason="imported",
        account_id=batch.options.account_id,
    )
    if changed:
        batch.result.stock_changed += 1
        await publish_stock(tx, [changed])
