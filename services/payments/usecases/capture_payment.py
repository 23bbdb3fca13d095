"""Begin to capture an authorised payment."""

from __future__ import annotations

from uuid import UUID

from chassis.resilience import failpoints
from payments.context import PaymentsContext
from payments.domain.payment import NotAuthorised, Payment, begin_capture
from payments.problems import PaymentNotAuthorised
from payments.settling import Settling
from payments.store import payments
from payments.usecases.find_payment import payment_of_order


async def capture_payment(ctx: PaymentsContext, order_id: UUID) -> Payment:
    """The order's payment, captured or being captured. The event `payment.captured` reports the end.

    Raises:
        NotFound: the order has no payment.
        PaymentNotAuthorised: nothing is held on the card.
    """
    async with ctx.db.write_one() as tx:
        begun = await payments.begin_capture(tx, order_id)
    if begun is not None:
        await failpoints.point("payments.after_capture_begun")
        ctx.get(Settling).begin(begun)
        return begun
    await failpoints.point("payments.capture_not_begun")
    payment = await payment_of_order(ctx, order_id)
    try:
        if begin_capture(payment) is payment:
            return payment
    except NotAuthorised:
        raise PaymentNotAuthorised(f"The payment of order {order_id} is {payment.status}.") from None
    # It was authorised between the two statements, which happens once to a payment.
    return await capture_payment(ctx, order_id)
