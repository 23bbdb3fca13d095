"""Store a refund that orders asks for, and begin it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from chassis import telemetry
from chassis.resilience import failpoints
from payments import metrics
from payments.context import PaymentsContext
from payments.problems import PaymentNotCaptured, RefundExceeds, RefundMismatch
from payments.refunds.domain.refund import Reason, Refund
from payments.refunds.settling import RefundSettling
from payments.refunds.store import refunds
from payments.refunds.usecases.find_refunds import refunds_of_order
from payments.refunds.usecases.settle_refund import settle_refund


@dataclass(frozen=True, slots=True)
class Wanted:
    """A refund as orders asks for it. `amount` in minor units."""

    refund_id: UUID
    amount: int
    currency: str
    reason: Reason


async def request_refund(ctx: PaymentsContext, order_id: UUID, wanted: Wanted, *, again: bool = False) -> Refund:
    """The refund, committed and begun. The same id again gives the refund as it is. Events report how it goes on.

    `again`: it is the second try.

    Raises:
        NotFound: the order has no payment. PaymentNotCaptured: nothing was taken.
        RefundExceeds: more than is left of the payment.
        RefundMismatch: the id is of another refund, or the payment is of another currency.
    """
    telemetry.sample()
    async with ctx.db.write_one() as tx:
        begun = await refunds.request(tx, wanted.refund_id, order_id, wanted.amount, wanted.currency, wanted.reason)
    if begun is not None:
        await failpoints.point("payments.refund_begun")
        metrics.refunds.inc("shop", "requested")
        return await _begin(ctx, begun)
    await failpoints.point("payments.refund_not_begun")
    # Where it would fit by now, another one has failed between the statements.
    known = await _known(ctx, order_id, wanted, again=again)
    return known or await request_refund(ctx, order_id, wanted, again=True)


async def _begin(ctx: PaymentsContext, refund: Refund) -> Refund:
    """Begin to ask the provider. Staff send the money of a manual payment: it is booked before the answer."""
    if not refund.manual:
        ctx.get(RefundSettling).begin(refund)
        return refund
    await settle_refund(ctx, refund)
    async with ctx.db.read() as tx:
        return await refunds.get(tx, refund.id) or refund


async def _known(ctx: PaymentsContext, order_id: UUID, wanted: Wanted, *, again: bool) -> Refund | None:
    """The refund of this id; None if it would fit by now, as another one failed meanwhile."""
    async with ctx.db.read() as tx:
        known = await refunds.get(tx, wanted.refund_id)
    if known is not None:
        if (known.order_id, known.amount, known.currency) != (order_id, wanted.amount, wanted.currency):
            raise RefundMismatch(f"Refund {known.id} is of another order, amount or currency.")
        return known
    found = await refunds_of_order(ctx, order_id)
    if found.captured == 0:
        raise PaymentNotCaptured(f"The payment of order {order_id} is {found.payment.status}.")
    if found.payment.currency != wanted.currency:
        raise RefundMismatch(f"The payment of order {order_id} is in {found.payment.currency}.")
    if again or wanted.amount > found.refundable:
        raise RefundExceeds(
            f"{found.refundable} {found.payment.currency} can still be refunded.", refundable=found.refundable
        )
    return None
