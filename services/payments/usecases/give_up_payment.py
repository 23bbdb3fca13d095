"""Give up the payment of an order that orders does not know, as after a restore of its database."""

from __future__ import annotations

from uuid import UUID

from chassis.values import Money
from payments.context import PaymentsContext
from payments.domain import attention
from payments.domain.payment import Payment
from payments.store import payments
from payments.usecases.raise_attention import raise_attention
from payments.usecases.void_payment import void_payment


async def give_up_payment(ctx: PaymentsContext, order_id: UUID) -> Payment:
    """The order's payment: cancelled or being cancelled; if it is captured instead, staff are told to refund it."""
    payment = await void_payment(ctx, order_id)
    if payment.status in {"capturing", "captured"}:
        detail = attention.order_lost(Money(payment.amount, payment.currency))
        async with ctx.db.write() as tx:
            locked = await payments.locked(tx, payment.id)
            await raise_attention(ctx, tx, locked, "order_lost", detail)
    return payment
