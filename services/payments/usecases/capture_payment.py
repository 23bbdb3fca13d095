"""Begin to take the money that is held."""

from __future__ import annotations

from uuid import UUID

from payments.clients import PaymentsContext
from payments.domain.intent import Change
from payments.domain.payment import NotAuthorised, Payment, begin_capture
from payments.problems import PaymentNotAuthorised
from payments.store import payments
from payments.usecases.find_payment import no_such_order
from payments.usecases.record_change import record_change


async def capture_payment(ctx: PaymentsContext, order_id: UUID) -> Payment:
    """The order's payment, captured or on its way to it. The fact `captured` tells when it is.

    Raises:
        NotFound: the order has no payment.
        PaymentNotAuthorised: nothing is held on the card.
    """
    async with ctx.db.write() as tx:
        payment = await payments.locked_of_order(tx, order_id)
        if payment is None:
            raise no_such_order(order_id)
        try:
            wanted = begin_capture(payment)
        except NotAuthorised:
            raise PaymentNotAuthorised(f"The payment of order {order_id} is {payment.status}.") from None
        return await record_change(ctx, tx, payment, Change(wanted), told_by_provider=False)
