"""Why the payment of an order cannot be erased yet, in plain sentences."""

from __future__ import annotations

import msgspec


class OpenPayment(msgspec.Struct, frozen=True, kw_only=True):
    """What may be open about the payment of an order. `name`: the order's number where it is known, else its id."""

    name: str
    unsettled: bool
    refunding: bool
    disputed: bool


_WORDS = {
    "unsettled": "the payment of order {name} is not settled",
    "refunding": "a refund of order {name} is under way",
    "disputed": "a dispute about order {name} is open",
}


def reasons_of(payment: OpenPayment) -> list[str]:
    """One sentence for each; none: it is settled."""
    return [words.format(name=payment.name) for name, words in _WORDS.items() if getattr(payment, name)]
