"""What is refused about returns, and why."""

from __future__ import annotations

from chassis.problems import Conflict


class NotReturnable(Conflict):
    """409: more pieces than can be given back; extension `lines`: [{position, requested, left}].

    What to do: Name at most what is `left`: what was delivered in the last days, and not asked back before.
    """

    type, title = "not-returnable", "So many pieces cannot be given back"


class ReturnNotChangeable(Conflict):
    """409: the return is not where this can be done; extension `return_status`.

    What to do: Read the return again.
    """

    type, title = "return-not-changeable", "This cannot be done with the return now"


class ReturnLimit(Conflict):
    """409: the order has as many returns as it can.

    What to do: Go on with one that is open.
    """

    type, title = "return-limit", "The order has as many returns as it can"


class ReturnPaidBack(Conflict):
    """409: the return was paid back before; extension `refund_id`.

    What to do: Read that refund; what else is owed, give back by a refund of the order.
    """

    type, title = "return-paid-back", "This return was paid back before"
