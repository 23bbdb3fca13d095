"""What the shop says about how to pay by bank transfer: asked of payments, which keeps it, when a mail is sent."""

from __future__ import annotations

import msgspec

from orders import payments_client
from orders.checkout import Order
from orders.context import OrdersContext
from orders.mails.domain.facts import UNPAID_KINDS, MailFacts
from orders.payment_methods import is_manual


async def with_instructions(ctx: OrdersContext, order: Order, kind: str, facts: MailFacts) -> MailFacts:
    """The same facts, with the instructions where the mail says how to pay.

    Raises:
        Unavailable: payments does not answer.
    """
    if kind not in UNPAID_KINDS or not is_manual(order.payment_method):
        return facts
    payment = await payments_client.payment_of(ctx, order.id)
    return msgspec.structs.replace(facts, instructions=payment.instructions if payment else None)
