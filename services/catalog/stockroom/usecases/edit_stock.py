"""Edit the stock of several variants in one transaction: each row of the edit as a whole, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from fastapi import Response

from catalog.context import CatalogContext
from catalog.events import publish_stock
from catalog.stockroom import store
from catalog.stockroom.domain import Level, Planned, Reason, Wish, plan
from chassis import audit
from chassis.db import ReadTx, WriteTx
from chassis.resilience import failpoints
from chassis.web.idempotency import Claim, answer_of_another, claim, keeping

_KEEP = keeping(1)
_TOLD = ("on_hand", "tracked", "backorder", "low_at")


async def preview_stock_edit(ctx: CatalogContext, wishes: Sequence[Wish]) -> list[Planned]:
    """What the edit would do to the stock as it is now; nothing is written."""
    async with ctx.db.read() as tx:
        return await _planned(tx, wishes, lock=False)


async def edit_stock(
    ctx: CatalogContext,
    mine: Claim,
    wishes: Sequence[Wish],
    *,
    reason: Reason,
    note: str | None,
    account_id: UUID,
    answer: Callable[[Sequence[Planned]], Response],
) -> Response:
    """Write the rows that can be, once for the key of `mine`; the answer, which is kept in the same transaction.

    A repetition after whatever death finds either nothing or the answer: counted stock is not set twice, which would
    undo what was sold in between.

    Raises:
        chassis.problems.IdempotencyKeyReused, IdempotencyKeyRunning.
    """

    async def body(tx: WriteTx) -> Response | None:
        if await claim(tx, mine) is None:
            return None
        planned = await _planned(tx, wishes, lock=True)
        await _write(tx, planned, reason=reason, note=note, account_id=account_id)
        response = answer(planned)
        await tx.execute(_KEEP, *mine.kept(response))
        await failpoints.point("stock_edit.written")
        return response

    written = await ctx.db.transact(body)
    return written or await answer_of_another(ctx, mine)


async def _planned(tx: ReadTx, wishes: Sequence[Wish], *, lock: bool) -> list[Planned]:
    levels = await store.levels(tx, [wish.sku for wish in wishes], lock=lock)
    return [plan(levels.get(wish.sku), wish) for wish in wishes]


async def _write(
    tx: WriteTx, planned: Sequence[Planned], *, reason: Reason, note: str | None, account_id: UUID
) -> None:
    pairs = [(each.before, each.after) for each in planned if each.outcome == "changed" and each.before and each.after]
    if not pairs:
        return
    wanted = [after for _, after in pairs]
    changed = await store.change(tx, wanted, reason=reason, note=note, account_id=account_id)
    await publish_stock(tx, changed)
    was, now = ({level.sku: _told(level) for level in levels} for levels in zip(*pairs, strict=True))
    await audit.record(tx, "stock.edited", "stock", before=was, after={**now, "reason": reason})


def _told(level: Level) -> dict[str, Any]:
    return {name: getattr(level, name) for name in _TOLD}
