"""Stock of variants that were here before an import, where the import is told to set it."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.domain.products import ProductDraft, VariantDraft
from catalog.events import publish_stock
from catalog.shopify import RowProblem
from catalog.store import stock as store
from catalog.usecases.import_variants import Options
from chassis.db import WriteTx


async def overwrite_stock(
    tx: WriteTx, drafts: Sequence[ProductDraft], options: Options, problems: list[RowProblem]
) -> None:
    """Set the stock to what the drafts say, but never below what is held for orders. It is locked."""
    for draft in drafts:
        for variant in draft.variants:
            await _overwrite(tx, draft.slug, variant, options, problems)


async def _overwrite(tx: WriteTx, slug: str, draft: VariantDraft, options: Options, problems: list[RowProblem]) -> None:
    stock = await store.by_sku(tx, draft.sku)
    if stock is None:
        return
    on_hand = stock.on_hand if draft.quantity is None else draft.quantity
    if draft.tracked and not draft.backorder and on_hand < stock.reserved:
        message = (
            f"{stock.reserved} of {draft.sku} are held for orders, so the stock is {stock.reserved}, not {on_hand}."
        )
        problems.append(RowProblem(draft.row, slug, None, "stock_held", message, "changed"))
        on_hand = stock.reserved
    changed = await store.set_stock(
        tx,
        stock.variant_id,
        on_hand,
        tracked=draft.tracked,
        backorder=draft.backorder,
        reason="imported",
        account_id=options.account_id,
    )
    await publish_stock(tx, [changed] if changed else [])
