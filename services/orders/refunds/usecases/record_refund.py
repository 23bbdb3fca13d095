"""Record what became of a refund: the provider accepted it, or it failed. Each counts once, in any order."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from msgspec.structs import replace

from chassis import telemetry
from chassis.db import WriteTx
from orders.checkout import Order, Progress, add_progress, lock_order
from orders.context import OrdersContext
from orders.refunds import metrics
from orders.refunds.domain.amounts import spread
from orders.refunds.domain.refund import Origin, Refund, RefundStatus, StoredLine
from orders.refunds.store import refunds
from orders.refunds.usecases.hooks import Hooks
from orders.refunds.usecases.preview_refund import left_of
from orders.refunds.usecases.tell import NO_TIME, tell_refund

_log = telemetry.logger(__name__)


async def record_refunded(ctx: OrdersContext, tx: WriteTx, order_id: UUID, told: Refund) -> None:
    """The provider has accepted a refund. One that is not known here is taken in as an amount.

    That is one made in the provider's dashboard, or one of ours that a restored database has lost.
    """
    order = await _order(tx, order_id)
    if order is None:
        return
    known = await refunds.find(tx, told.id)
    if known is None:
        known = await _taken_in(tx, order, told)
        change = Progress(refunded=known.amount)
    elif known.status is RefundStatus.REQUESTED:
        await refunds.move(tx, told.id, RefundStatus.REQUESTED, RefundStatus.REFUNDED)
        change = Progress(refunded=known.amount, refund_pending=-known.amount)
    elif known.status is RefundStatus.FAILED:
        _log.error("order.refund_revived", order_id=order_id)
        await refunds.revive(tx, told.id)
        change = Progress(refunded=known.amount)
    else:
        return
    await _told(ctx, tx, order, told.id, change)


async def record_failed(ctx: OrdersContext, tx: WriteTx, order_id: UUID, refund_id: UUID, failure: str) -> None:
    """A refund failed, before or after the provider had accepted it: its pieces and its amount are free again."""
    order = await _order(tx, order_id)
    refund = await refunds.find(tx, refund_id) if order else None
    if order is None or refund is None or refund.status is RefundStatus.FAILED:
        return
    await refunds.move(tx, refund_id, refund.status, RefundStatus.FAILED, failure[:200] or "failed")
    await refunds.count_pieces(tx, order_id, {position: -pieces for position, pieces in refund.pieces.items()})
    requested = refund.status is RefundStatus.REQUESTED
    change = Progress(refund_pending=-refund.amount) if requested else Progress(refunded=-refund.amount)
    _log.warning("order.refund_failed", order_id=order_id, reason=failure)
    await _told(ctx, tx, order, refund_id, change)


async def _order(tx: WriteTx, order_id: UUID) -> Order | None:
    order = await lock_order(tx, order_id)
    if order is None:
        # Restored from a backup older than the event, or another shop's.
        _log.error("order.unknown", order_id=order_id, reason="refund")
    return order


async def _taken_in(tx: WriteTx, order: Order, told: Refund) -> Refund:
    amounts = spread(left_of(order, await refunds.taken(tx, order.id)), told.amount)
    lines = [StoredLine(line.position, line.quantity, line.gross, line.tax, line.discount) for line in amounts.lines]
    new = replace(
        told,
        status=RefundStatus.REFUNDED,
        goods=amounts.goods,
        shipping=amounts.shipping,
        adjustment=amounts.adjustment,
        tax=amounts.tax,
        shipping_tax=amounts.shipping_tax,
        lines=lines,
    )
    return await refunds.add(tx, new)


async def _told(ctx: OrdersContext, tx: WriteTx, order: Order, refund_id: UUID, change: Progress) -> None:
    progress = await add_progress(tx, order.id, change)
    refund = await refunds.find(tx, refund_id)
    assert refund is not None, "it was written just now"  # noqa: S101 -- narrows the type
    await tell_refund(tx, order, refund, progress.refunded)
    hooks = ctx.get(Hooks)
    for hook in hooks.refund_failed if refund.status is RefundStatus.FAILED else hooks.refunded:
        await hook(tx, ctx, order, refund)
    tx.after_commit(partial(metrics.refunds.inc, refund.origin.value, refund.status.value))
    if refund.status is RefundStatus.REFUNDED:
        tx.after_commit(partial(metrics.refunded.inc, order.currency, by=refund.amount))


def made_elsewhere(order_id: UUID, refund_id: UUID, amount: int, origin: str) -> Refund:
    """A refund as the payment service tells of it: nothing but its amount is known."""
    return Refund(
        id=refund_id,
        order_id=order_id,
        origin=Origin.SHOP if origin == Origin.SHOP.value else Origin.PROVIDER,
        amount=amount,
        goods=0,
        shipping=0,
        adjustment=amount,
        tax=0,
        shipping_tax=0,
        created_at=NO_TIME,
    )
