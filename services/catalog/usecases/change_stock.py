"""Set or adjust the stock of a variant by hand."""

from __future__ import annotations

from uuid import UUID

from catalog.context import CatalogContext
from catalog.domain.stock import StockLevel
from catalog.events import publish_stock
from catalog.problems import StockDiffers, StockReserved
from catalog.store import stock as store
from chassis import audit
from chassis.db import ReadTx, WriteTx
from chassis.problems import NotFound
from chassis.resilience import failpoints

_COUNTED = ("on_hand", "tracked", "backorder")


async def read_stock_level(ctx: CatalogContext, sku: str) -> StockLevel:
    """The stock of a variant, whatever its product's status.

    Raises:
        NotFound: there is no such SKU.
    """
    async with ctx.db.read() as tx:
        return await _level(tx, sku)


async def set_stock(
    ctx: CatalogContext,
    sku: str,
    on_hand: int,
    *,
    tracked: bool | None,
    backorder: bool | None,
    expected: int | None,
    account_id: UUID,
) -> StockLevel:
    """Set the units on hand. `tracked` and `backorder` None: they stay. Repeated, it changes nothing more.

    Raises:
        NotFound: there is no such SKU. StockDiffers: not as many are on hand as `expected`.
        StockReserved: fewer than are held for orders.
    """

    async def body(tx: WriteTx) -> StockLevel:
        level = await _level(tx, sku, lock=True)
        if expected not in {None, level.on_hand}:
            raise StockDiffers(f"It is {level.on_hand} now. Look again, then decide.", on_hand=level.on_hand)
        flags = {
            "tracked": level.tracked if tracked is None else tracked,
            "backorder": level.backorder if backorder is None else backorder,
        }
        if flags["tracked"] and not flags["backorder"] and on_hand < level.reserved:
            raise _reserved(level)
        changed = await store.set_stock(tx, level.variant_id, on_hand, **flags, reason="counted", account_id=account_id)
        await publish_stock(tx, [changed] if changed else [])
        return await _record(tx, "stock.set", level)

    return await ctx.db.transact(body)


async def adjust_stock(
    ctx: CatalogContext, sku: str, delta: int, *, reason: str, account_id: UUID, operation_id: UUID
) -> StockLevel:
    """Add to the units on hand, or take from them; once for each operation.

    Raises:
        NotFound: there is no such SKU. StockReserved: fewer would be left than are held for orders.
    """

    async def body(tx: WriteTx) -> StockLevel:
        level = await _level(tx, sku, lock=True)
        if await store.adjusted(tx, operation_id):
            return level
        changed = await store.adjust(
            tx, level.variant_id, delta, reason=reason, account_id=account_id, operation_id=operation_id
        )
        if changed is None:
            raise _reserved(level)
        await publish_stock(tx, [changed])
        return await _record(tx, "stock.adjusted", level, reason=reason)

    level = await ctx.db.transact(body)
    await failpoints.point("adjust.committed")
    return level


async def _record(tx: WriteTx, action: str, before: StockLevel, **more: str) -> StockLevel:
    """A line of the audit log; the stock as it is now."""
    after = await _level(tx, before.sku)
    was, now = ({name: getattr(row, name) for name in _COUNTED} for row in (before, after))
    if was != now:
        await audit.record(tx, action, f"variant:{before.sku}", before=was, after={**now, **more})
    return after


async def _level(tx: ReadTx, sku: str, *, lock: bool = False) -> StockLevel:
    level = await store.by_sku(tx, sku, lock=lock)
    if level is None:
        raise NotFound("There is no variant with this SKU.")
    return level


def _reserved(level: StockLevel) -> StockReserved:
    message = f"{level.on_hand} are on hand and {level.reserved} of them are held for orders."
    return StockReserved(message, on_hand=level.on_hand, reserved=level.reserved)
