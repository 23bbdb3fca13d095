"""How payments refuses."""

from __future__ import annotations

from chassis.problems import Problem, Unavailable


class ForgedWebhook(Problem):
    status, type, title = 400, "webhook-not-authentic", "This webhook is not signed by the provider, or not now"


class WrongWebhook(Problem):
    status, type, title = 409, "webhook-of-another", "This webhook is of another mode or account"


class PaymentMismatch(Problem):
    status, type, title = 409, "payment-mismatch", "This order has a payment of another amount"
    final = True


class PaymentCancelled(Problem):
    status, type, title = 409, "payment-cancelled", "The payment of this order was cancelled"
    final = True


class PaymentNotAuthorised(Problem):
    status, type, title = 409, "payment-not-authorised", "There is no authorised amount to capture"


class PaymentRefused(Problem):
    status, type, title = 422, "payment-refused", "The payment provider does not take this payment"
    final = True


class ProviderUnavailable(Unavailable):
    status, type, title = 503, "payment-provider-unavailable", "The payment provider does not answer"


class PaymentNotReady(Problem):
    """Of a status of its own, so that whoever asks takes it neither for a refusal nor for an outage of this service."""

    status, type, title = 424, "payment-not-ready", "The payment provider is busy"


class PaymentNotAvailable(Problem):
    status, type, title = 424, "payment-not-available", "Payment is not available just now"
