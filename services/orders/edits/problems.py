"""What is refused about changes of a placed order, its mails and its receipts, and why."""

from __future__ import annotations

from chassis.problems import Conflict


class OrderChanged(Conflict):
    """409: the order is of another version than the request names; extension `version`: that of now.

    What to do: Read the order again, and send what you want with its new version.
    """

    type, title = "order-changed", "Somebody has changed this order meanwhile"


class OrderNotEditable(Conflict):
    """409: it is too late to change the order; extension `obstacle`: ended, sent, erased, too_often.

    What to do: Read the order and its parcels: what is sent goes where it was addressed to.
    """

    type, title = "order-not-editable", "This order can no longer be changed"


class EditChangesPrice(Conflict):
    """409: with these data the order would have other taxes or another shipping, and the money of a placed order stays.
    Extensions: `reason` (price, or destination-needed, no-method, method-not-offered, where it is not shipped so), and
    as money `charged` (what it cost), `total`, `shipping` and `tax` (what it would cost by the rules of now).

    What to do: Leave it, or cancel the order and place another one; what was paid is given back by a refund.
    """

    type, title = "edit-changes-price", "The order would cost something else"


class MailNotSendable(Conflict):
    """409: an order in this state has no such mail, or had as many as it can for now; extension `obstacle`: state,
    unknown_subject, too_often.

    What to do: Read the order; after an hour mails can be sent again.
    """

    type, title = "mail-not-sendable", "This mail is not sent now"


class NoPaymentYet(Conflict):
    """409: the order has no payment yet that money could be received for.

    What to do: Try again in some seconds; an order that has ended has none either.
    """

    type, title = "no-payment-yet", "This order has no payment yet"


class PaymentNotManual(Conflict):
    """409: the order is paid by card, which only the provider can mark as paid.

    What to do: Nothing: the provider tells when it is paid.
    """

    type, title = "payment-not-manual", "This payment is not by bank transfer or in cash"


class PaymentCancelled(Conflict):
    """409: the payment of this order was cancelled.

    What to do: Send back what has come, or place a new order.
    """

    type, title = "payment-cancelled", "The payment of this order was cancelled"


class ReceiptAmountDiffers(Conflict):
    """409: what has come is less or more than the payment, or of another currency; extensions `reason` and `expected`,
    as money.

    What to do: Receive the whole amount. Send back what is too much, or ask the customer for the rest, and then mark
    the whole as received.
    """

    type, title = "receipt-amount-differs", "The amount received is not the amount of the payment"


class ReceiptReferenceUsed(Conflict):
    """409: a receipt of this reference has paid another order.

    What to do: Look at the reference on the bank's statement.
    """

    type, title = "receipt-reference-used", "This reference has paid another order"


class PaymentAlreadyReceived(Conflict):
    """409: the payment was received under another reference.

    What to do: If the customer has paid twice, send the second amount back.
    """

    type, title = "payment-already-received", "This payment was received before"


# What the payment service refuses, which staff are told as it is.
OF_RECEIPTS: tuple[type[Conflict], ...] = (
    *(PaymentNotManual, PaymentCancelled, ReceiptAmountDiffers, ReceiptReferenceUsed, PaymentAlreadyReceived),
)
