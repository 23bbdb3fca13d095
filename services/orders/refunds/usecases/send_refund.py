"""Ask the payment service for a refund: never in a transaction, and any number of times."""

from __future__ import annotations

from chassis.problems import Unavailable
from chassis.resilience import failpoints
from orders import payments_client
from orders.context import OrdersContext
from orders.payments_client import RefundRefused
from orders.refunds.domain.refund import Refund, RefundStatus
from orders.refunds.store import refunds
from orders.refunds.usecases.record_refund import record_failed, record_refunded


async def send_refund(ctx: OrdersContext, refund: Refund, currency: str) -> Refund:
    """The refund as it is after that; still `requested` where the answer is not known: the sweep asks again."""
    if refund.status is not RefundStatus.REQUESTED:
        return refund
    try:
        await ask(ctx, refund, currency)
    except Unavailable:
        return refund
    async with ctx.db.read() as tx:
        return await refunds.find(tx, refund.id) or refund


async def ask(ctx: OrdersContext, refund: Refund, currency: str) -> None:
    """Ask, and note the answer. An answer that settles it counts as its event, which may be late.

    Raises:
        Unavailable: the payment service did not answer; what it did is not known.
    """
    try:
        answer = await payments_client.refund(
            ctx, refund.order_id, refund.id, refund.amount, currency, refund.reason.value
        )
        status, failure = answer.status, "failed"
    except RefundRefused as refused:
        status, failure = "failed", refused.reason
    await failpoints.point("orders.refund_sent")
    match status:
        case "failed":
            async with ctx.db.write() as tx:
                await record_failed(ctx, tx, refund.order_id, refund.id, failure)
        case "succeeded":
            async with ctx.db.write() as tx:
                await record_refunded(ctx, tx, refund.order_id, refund)
        case _:
            async with ctx.db.write_one() as tx:
                await refunds.passed_on(tx, refund.id)
