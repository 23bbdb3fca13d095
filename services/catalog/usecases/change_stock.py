"""Set or adjust the stock of a variant by hand."""

from __future__ import annotations

from uuid import UUID

from catalog.context import CatalogContext
from catalog.events import publish_stock
from catalog.problems import StockDiffers, StockReserved
from catalog.schemas.admin import StockAdjustment, StockLevel, StockSetting
from catalog.store import stock as store
from catalog.store.stock import StockRow
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
        return StockLevel.of(await _row(tx, sku))


async def set_stock(ctx: CatalogContext, sku: str, wish: StockSetting, *, account_id: UUID) -> StockLevel:
    """Set what is on hand. Repeated, it changes nothing more.

    Raises:
        NotFound: there is no such SKU. StockDiffers: it is not what was expected.
        StockReserved: fewer than are held for orders.
    """

    async def body(tx: WriteTx) -> StockLevel:
        row = await _row(tx, sku, lock=True)
        if wish.expected_on_hand not in {None, row.on_hand}:
            raise StockDiffers(f"It is {row.on_hand} now. Look again, then decide.", on_hand=row.on_hand)
        tracked = row.tracked if wish.tracked is None else wish.tracked
        backorder = row.backorder if wish.backorder is None else wish.backorder
        if tracked and not backorder and wish.on_hand < row.reserved:
            raise _reserved(row)
        changed = await store.set_stock(
            tx,
            row.variant_id,
            wish.on_hand,
            tracked=tracked,
            backorder=backorder,
            expected=wish.expected_on_hand,
            reason="counted",
            account_id=account_id,
        )
        await publish_stock(tx, [changed] if changed else [])
        return await _record(tx, "stock.set", row)

    return await ctx.db.transact(body)


async def adjust_stock(
    ctx: CatalogContext, sku: str, wish: StockAdjustment, *, account_id: UUID, operation_id: UUID
) -> StockLevel:
    """Add to what is on hand, or take from it; once for each operation.

    Raises:
        NotFound: there is no such SKU. StockReserved: fewer would be left than are held for orders.
    """

    async def body(tx: WriteTx) -> StockLevel:
        row = await _row(tx, sku, lock=True)
        if not await store.adjusted(tx, operation_id):
            changed = await store.adjust(
                tx, row.variant_id, wish.delta, reason=wish.reason, account_id=account_id, operation_id=operation_id
            )
            if changed is None:
                raise _reserved(row)
            await publish_stock(tx, [changed])
            return await _record(tx, "stock.adjusted", row, reason=wish.reason)
        return StockLevel.of(row)

    level = await ctx.db.transact(body)
    await failpoints.point("adjust.committed")
    return level


async def _record(tx: WriteTx, action: str, before: StockRow, **more: str) -> StockLevel:
    """A line of the audit log; the stock as it is now."""
    after = await _row(tx, before.sku)
    was, now = ({name: getattr(row, name) for name in _COUNTED} for row in (before, after))
    if was != now:
        await audit.record(tx, action, f"variant:{before.sku}", before=was, after={**now, **more})
    return StockLevel.of(after)


async def _row(tx: ReadTx, sku: str, *, lock: bool = False) -> StockRow:
    row = await store.by_sku(tx, sku, lock=lock)
    if row is None:
        raise NotFound("There is no variant with this SKU.")
    return row


def _reserved(row: StockRow) -> StockReserved:
    message = f"{row.on_hand} are on hand and {row.reserved} of them are held for orders."
    return StockReserved(message, on_hand=row.on_hand, reserved=row.reserved)
