"""How payments refuses."""

from __future__ import annotations

from chassis.problems import Problem, Unavailable


class ForgedWebhook(Problem):
    status, type, title = 400, "webhook-not-authentic", "This webhook is not signed by the provider, or not now"


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
