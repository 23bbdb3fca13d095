"""The problems (refusals) of payments."""

from __future__ import annotations

from chassis.problems import Problem, Unavailable


class ForgedWebhook(Problem):
    """400: the webhook's signature is missing, wrong or of another time.

    What to do: At Stripe nothing: it sends again. An operator compares `STRIPE_WEBHOOK_SECRET`.
    """

    status, type, title = 400, "webhook-not-authentic", "This webhook is not signed by the provider, or not now"


class WrongWebhook(Problem):
    """409: the webhook is of another mode or of another account.

    What to do: An operator compares the webhook's account and mode with the keys (docs/stripe.md).
    """

    status, type, title = 409, "webhook-of-another", "This webhook is of another mode or account"


class PaymentMismatch(Problem):
    """409: the order has a payment of another amount, or by another method.

    What to do: Ask for the amount and the method that the payment has.
    """

    status, type, title = 409, "payment-mismatch", "This order has another payment"
    final = True


class PaymentCancelled(Problem):
    """409: the order's payment was cancelled before.

    What to do: Place a new order.
    """

    status, type, title = 409, "payment-cancelled", "The payment of this order was cancelled"
    final = True


class TooManyDeclines(Problem):
    """409: too many cards were declined, of this order or from this address.

    What to do: Place a new order later, with another card.
    """

    status, type, title = 409, "too-many-declines", "Too many cards were declined"
    final = True


class PaymentNotAuthorised(Problem):
    """409: there is no authorised amount.

    What to do: Wait until the payment is authorised.
    """

    status, type, title = 409, "payment-not-authorised", "There is no authorised amount to capture"


class PaymentRefused(Problem):
    """422: the provider does not take a payment of this amount.

    What to do: Ask for another amount.
    """

    status, type, title = 422, "payment-refused", "The payment provider does not take this payment"
    final = True


class ProviderUnavailable(Unavailable):
    """503: the provider does not answer; what was asked is unknown.

    What to do: Send the same request again after a pause: nothing is done twice.
    """

    status, type, title = 503, "payment-provider-unavailable", "The payment provider does not answer"


class PaymentNotReady(Problem):
    """424: the provider is busy. A status of its own: callers must take it for no refusal, and no outage.

    What to do: Orders tries again soon.
    """

    status, type, title = 424, "payment-not-ready", "The payment provider is busy"


class PaymentNotAvailable(Problem):
    """424: the shop's account at the provider cannot be used; staff are told.

    What to do: Orders keeps the order and tries again.
    """

    status, type, title = 424, "payment-not-available", "Payment is not available just now"


class PaymentNotCaptured(Problem):
    """409: no money was taken, so none can go back.

    What to do: Cancel the payment instead, or wait until it is captured.
    """

    status, type, title = 409, "payment-not-captured", "The payment of this order is not captured"


class RefundExceeds(Problem):
    """409: more than is left of the payment; extension `refundable`: what is left, in minor units.

    What to do: Ask for at most what is `refundable`.
    """

    status, type, title = 409, "refund-exceeds", "This is more than can still be refunded"


class RefundMismatch(Problem):
    """409: this id belongs to a refund of another order or amount, or the payment is of another currency.

    What to do: Give each refund an id of its own, and the currency of the payment.
    """

    status, type, title = 409, "refund-mismatch", "This refund does not fit what is known of it"
    final = True
