"""Stock of variants that were here before an import, where the import is told to set it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from catalog.domain.stock import Level
from catalog.events import publish_stock
from catalog.shopify import RowProblem
from catalog.store import reservations
from catalog.store import stock as store
from catalog.usecases.import_plan import Line, Options, Plan
from chassis.db import WriteTx

_FIELDS = frozenset({"quantity", "tracked", "backorder"})


async def overwrite_stock(
    tx: WriteTx, plans: Sequence[Plan], options: Options, problems: list[RowProblem]
) -> tuple[int, int]:
    """Set the stock to what the plans say, but never below what is held for orders. How many variants' stock was set,
    and how many of those had another one before.
    """
    lines = {line.id: (plan.draft.slug, line) for plan in plans for line in plan.lines if _counts(line)}
    levels = await reservations.lock_levels(tx, sorted(lines))
    changed = 0
    for variant_id in sorted(levels):
        slug, line = lines[variant_id]
        changed += await _overwrite(tx, slug, line, levels, options, problems)
    return len(levels), changed


def _counts(line: Line) -> bool:
    return line.now is not None and not _FIELDS.isdisjoint(line.wanted.given)


async def _overwrite(
    tx: WriteTx,
    slug: str,
    line: Line,
    levels: Mapping[UUID, Level],
    options: Options,
    problems: list[RowProblem],
) -> bool:
    draft, level = line.wanted, levels[line.id]
    given = draft.given
    tracked = draft.tracked if "tracked" in given else level.tracked
    backorder = draft.backorder if "backorder" in given else level.backorder
    on_hand = level.on_hand if draft.quantity is None or "quantity" not in given else draft.quantity
    if tracked and not backorder and on_hand < level.reserved:
        message = (
            f"{level.reserved} of {level.sku} are held for orders, so the stock is {level.reserved}, not {on_hand}."
        )
        problems.append(RowProblem(draft.row, slug, "Variant Inventory Qty", "stock_held", message, "changed"))
        on_hand = level.reserved
    changed = await store.set_stock(
        tx, line.id, on_hand, tracked=tracked, backorder=backorder, reason="imported", account_id=options.account_id
    )
    await publish_stock(tx, [changed] if changed else [])
    return changed is not None
