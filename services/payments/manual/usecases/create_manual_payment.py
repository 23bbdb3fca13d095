"""Create the payment of an order that is paid by bank transfer or in cash."""

from __future__ import annotations

from uuid import UUID

from chassis.values import uuid7
from payments.context import PaymentsContext
from payments.domain.payment import Method, Payment
from payments.manual import store
from payments.manual.problems import MethodNotOffered
from payments.usecases.create_payment import refuse_another
from payments.usecases.find_payment import payment_of_order


async def create_manual_payment(
    ctx: PaymentsContext, order_id: UUID, amount: int, currency: str, method: Method, number: str | None
) -> Payment:
    """The order's payment, which waits for its money. `number`: the order's, for the instructions.

    Raises:
        MethodNotOffered: the shop does not offer the method.
        PaymentMismatch, PaymentCancelled: the order has another one, or may not have any.
    """
    if method not in ctx.settings.payment_methods:
        raise MethodNotOffered(f"This shop does not offer {method}.")
    async with ctx.db.write_one() as tx:
        new = await store.insert(tx, uuid7(), order_id, amount, currency, method, number)
    payment = new or await payment_of_order(ctx, order_id)
    refuse_another(payment, amount, currency, method)
    return payment
