"""The problems (refusals) of manual payments."""

from __future__ import annotations

from chassis.problems import Problem


class MethodNotOffered(Problem):
    """422: the shop does not offer this way to pay.

    What to do: Ask for one of those that the configuration of payments names.
    """

    status, type, title = 422, "payment-method-not-offered", "This shop does not offer this way to pay"


class PaymentNotManual(Problem):
    """409: the payment is one by card, which only the provider can mark as paid.

    What to do: Nothing: the provider tells when it is paid.
    """

    status, type, title = 409, "payment-not-manual", "This payment is not by bank transfer or in cash"


class ReceiptAmountDiffers(Problem):
    """409: what has come is less or more than the payment, or of another currency; `expected` is the payment's amount.

    What to do: Receive the whole amount. Send back what is too much, or ask the customer for the rest, and then mark
    the whole as received.
    """

    status, type, title = 409, "receipt-amount-differs", "The amount received is not the amount of the payment"


class ReceiptReferenceUsed(Problem):
    """409: a receipt of this reference has paid another order.

    What to do: Look at the reference on the bank's statement.
    """

    status, type, title = 409, "receipt-reference-used", "This reference has paid another order"


class PaymentAlreadyReceived(Problem):
    """409: the payment was received under another reference.

    What to do: If the customer has paid twice, send the second amount back.
    """

    status, type, title = 409, "payment-already-received", "This payment was received before"
