"""Ask the provider for the present state of an order's payment."""

from __future__ import annotations

from uuid import UUID

from payments.clients import provider_of
from payments.context import PaymentsContext
from payments.domain.payment import Payment
from payments.problems import PaymentNotReady, ProviderUnavailable
from payments.provider import Busy, Refused, Unknown
from payments.usecases.apply_intent import apply_intent
from payments.usecases.find_payment import payment_of_order

PATIENCE_SECONDS = 5.0
"""Less than orders waits for the answer."""


async def ask_provider(ctx: PaymentsContext, order_id: UUID) -> Payment:
    """The order's payment, read from the provider if it waits for the shopper: other changes begin here.

    Raises:
        NotFound: the order has no payment.
        ProviderUnavailable, PaymentNotReady: it is not known whether the shopper has paid.
    """
    payment = await payment_of_order(ctx, order_id)
    if payment.status != "requires_payment" or payment.intent_id is None:
        return payment
    try:
        intent = await provider_of(ctx).retrieve(payment.intent_id, patience=PATIENCE_SECONDS)
    except Busy as busy:
        raise PaymentNotReady("Whether the order is paid is not known. Ask again in a few seconds.") from busy
    except Unknown as unknown:
        raise ProviderUnavailable("Whether the order is paid is not known. Ask again.") from unknown
    except Refused:
        return payment  # the provider has no such intent: it cannot have been paid
    return await apply_intent(ctx, payment, intent)
