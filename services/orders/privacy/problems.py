"""What is refused about export and erasure, and why."""

from __future__ import annotations

from chassis.problems import Conflict


class ErasureBlocked(Conflict):
    """409: something of this person is open: a payment, a refund, a return; extension `reasons`: plain sentences.

    What to do: Show the `reasons`; ask again once they are settled.
    """

    type, title = "erasure-blocked", "Something is open, so nothing can be erased yet"


class OrderOfAccount(Conflict):
    """409: the order is in an account, whose owner is asked; extension `account_id`, for staff.

    What to do: Export or erase the account.
    """

    type, title = "order-of-account", "This order is in an account"
