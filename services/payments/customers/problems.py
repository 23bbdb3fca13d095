"""The problems (refusals) of saved customers."""

from __future__ import annotations

from chassis.problems import Problem


class CustomerDeleted(Problem):
    """409: the account was deleted, and its cards with it.

    What to do: Let the shopper pay without saved cards.
    """

    status, type, title = 409, "customer-deleted", "This account was deleted"


class CustomerNotAvailable(Problem):
    """409: the provider does not know the customer, or refuses it.

    What to do: Let the shopper pay without saved cards.
    """

    status, type, title = 409, "customer-not-available", "The saved cards cannot be shown"
