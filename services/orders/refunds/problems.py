"""What is refused about refunds and cancellations, and why."""

from __future__ import annotations

from chassis.problems import Conflict, Problem


class OrderNotRefundable(Conflict):
    """409: no money was taken for the order.

    What to do: Read the order: one that is not paid is ended, not refunded.
    """

    type, title = "order-not-refundable", "Nothing was paid for this order"


class RefundExceeds(Conflict):
    """409: more than is left; `errors` name the fields, extension `left` what there is of each.

    What to do: Ask for a preview of an empty refund, which has all that is left, and take no more.
    """

    type, title = "refund-exceeds", "There is not so much left to be given back"


class RefundChanged(Conflict):
    """409: the refund is not of the expected total. Extensions: `total`, as money, and `currency`.

    What to do: Ask for the preview again and show it; if it is right, refund with its `total` and a new key.
    """

    type, title = "refund-changed", "It gives back another amount by now"


class NothingToRefund(Problem):
    """422: the refund would give back nothing.

    What to do: Name lines, shipping or an amount, or cancel pieces that cost nothing.
    """

    status, type, title = 422, "nothing-to-refund", "There is nothing to give back"


class NothingToCancel(Conflict):
    """409: every piece of the order was sent or cancelled before.

    What to do: Read the order's parcels: what was sent comes back by a return.
    """

    type, title = "nothing-to-cancel", "There is no piece left to cancel"


class OrderNotArchivable(Conflict):
    """409: the order is neither paid nor cancelled yet; extension `order_status`.

    What to do: Wait until it is, or end it.
    """

    type, title = "order-not-archivable", "The order is still open for its shopper"
