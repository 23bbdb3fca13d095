"""Write a refund of an order whose row the caller has locked; the payment service is asked after the commit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from uuid import UUID

from chassis import audit
from chassis.db import WriteTx
from chassis.resilience import failpoints
from chassis.values import Money
from orders.checkout import Order, Progress, add_progress, append_event
from orders.context import OrdersContext
from orders.fulfilment import ask_for_restock, cancel_pieces
from orders.quantities import VariantQuantity
from orders.refunds import metrics
from orders.refunds.domain.refund import Refund, RefundReason, StoredLine
from orders.refunds.problems import RefundChanged
from orders.refunds.store import refunds
from orders.refunds.usecases.preview_refund import Preview, RefundWish, work_out
from orders.refunds.usecases.tell import NO_TIME, tell_cancelled


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """A refund that is to be made: its id, what it gives back, why, and who makes it.

    `expected`: what it has to come to; None: whatever it is.
    """

    id: UUID
    wish: RefundWish
    staff_id: UUID
    reason: RefundReason = RefundReason.OTHER
    note: str | None = None
    expected: Money | None = None
    cancellation_id: UUID | None = None


async def make_refund(ctx: OrdersContext, tx: WriteTx, order: Order, made: RefundOrder) -> Refund | None:
    """The refund, `requested`; None where nothing would be given back: then nothing is written.

    Afterwards, outside of the transaction, `send_refund` asks the payment service; if the process dies before, the
    sweep does.

    Raises:
        OrderNotRefundable, RefundExceeds, RefundChanged, Invalid.
    """
    found = await work_out(tx, order, made.wish)
    amounts = found.amounts
    total = Money(amounts.amount, order.currency)
    if made.expected is not None and made.expected != total:
        money = {"amount": total.amount, "currency": total.currency}
        raise RefundChanged(f"It gives back {total} by now.", total=money, currency=order.currency)
    if amounts.amount == 0:
        return None
    if found.unsent:
        await cancel_pieces(tx, order, found.unsent)
        await tell_cancelled(tx, order, found.unsent, actor=made.staff_id, data={"refund_id": str(made.id)})
    refund = await refunds.add(tx, _refund(order, made, found))
    await refunds.count_pieces(tx, order.id, refund.pieces)
    await add_progress(tx, order.id, Progress(refund_pending=refund.amount))
    await append_event(tx, order.id, "refund_requested", _told(refund), actor=made.staff_id)
    await ask_for_restock(ctx, tx, refund.id, order.id, _restocked(order, refund))
    await audit.record(tx, "order.refund", f"order:{order.id}", after={"refund": refund.id, "amount": refund.amount})
    tx.after_commit(partial(metrics.refunds.inc, "shop", "requested"))
    await failpoints.point("orders.refund_written")
    return refund


def _refund(order: Order, made: RefundOrder, found: Preview) -> Refund:
    amounts = found.amounts
    restocked = {line.position for line in made.wish.lines if line.restock}
    on_shelf = order.stock == "committed"
    lines = [
        StoredLine(
            position=line.position,
            quantity=line.quantity,
            gross=line.gross,
            tax=line.tax,
            discount=line.discount,
            cancelled=(unsent := found.unsent.get(line.position, 0)),
            restock=on_shelf and unsent > 0 and (line.position in restocked or made.wish.restock),
        )
        for line in amounts.lines
    ]
    return Refund(
        id=made.id,
        order_id=order.id,
        amount=amounts.amount,
        goods=amounts.goods,
        shipping=amounts.shipping,
        adjustment=amounts.adjustment,
        tax=amounts.tax,
        shipping_tax=amounts.shipping_tax,
        reason=made.reason,
        note=made.note,
        cancellation_id=made.cancellation_id,
        created_by=made.staff_id,
        created_at=NO_TIME,
        lines=lines,
    )


def _told(refund: Refund) -> dict[str, object]:
    return {
        "refund_id": str(refund.id),
        "amount": refund.amount,
        "shipping": refund.shipping,
        "reason": refund.reason.value,
        "lines": [{"position": position, "quantity": quantity} for position, quantity in refund.pieces.items()],
    }


def _restocked(order: Order, refund: Refund) -> list[VariantQuantity]:
    variants = {line.position: line.variant_id for line in order.lines}
    return [VariantQuantity(variants[line.position], line.cancelled) for line in refund.lines if line.restock]
