"""The problems (refusals) of payments."""

from __future__ import annotations

from chassis.problems import Problem, Unavailable


class ForgedWebhook(Problem):
    """400: the webhook's signature is missing, wrong or of another time."""

    status, type, title = 400, "webhook-not-authentic", "This webhook is not signed by the provider, or not now"


class WrongWebhook(Problem):
    """409: the webhook is of another mode or of another account."""

    status, type, title = 409, "webhook-of-another", "This webhook is of another mode or account"


class PaymentMismatch(Problem):
    """409: the order has a payment of another amount."""

    status, type, title = 409, "payment-mismatch", "This order has a payment of another amount"
    final = True


class PaymentCancelled(Problem):
    """409: the order's payment was cancelled before."""

    status, type, title = 409, "payment-cancelled", "The payment of this order was cancelled"
    final = True


class PaymentNotAuthorised(Problem):
    """409: there is no authorised amount."""

    status, type, title = 409, "payment-not-authorised", "There is no authorised amount to capture"


class PaymentRefused(Problem):
    """422: the provider does not take a payment of this amount."""

    status, type, title = 422, "payment-refused", "The payment provider does not take this payment"
    final = True


class ProviderUnavailable(Unavailable):
    """503: the provider does not answer; what was asked is unknown."""

    status, type, title = 503, "payment-provider-unavailable", "The payment provider does not answer"


class PaymentNotReady(Problem):
    """424: the provider is busy. A status of its own: callers must take it for no refusal, and no outage."""

    status, type, title = 424, "payment-not-ready", "The payment provider is busy"


class PaymentNotAvailable(Problem):
    """424: the shop's account at the provider cannot be used; staff are told."""

    status, type, title = 424, "payment-not-available", "Payment is not available just now"
