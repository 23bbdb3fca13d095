"""Why a person cannot be erased yet: what is open about an order, in plain sentences."""

from __future__ import annotations

import msgspec

MOST_REASONS = 100


class OpenOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What may be open about an order."""

    number: str
    unfinished: bool
    disputed: bool
    refunding: bool
    owed: bool
    coming_back: bool
    unsent: bool
    uninvoiced: bool


_WORDS = {
    "unfinished": "order {number} is not paid yet, or is being cancelled",
    "disputed": "order {number} has a dispute that is open",
    "refunding": "order {number} has a refund that is under way",
    "owed": "order {number} was paid, and its customer has neither the goods nor the money: refund it",
    "coming_back": "order {number} has a return that is open",
    "unsent": "order {number} has pieces that are to be sent: send, cancel or archive it",
    "uninvoiced": "order {number} waits for its invoice, which takes some seconds",
}


def reasons_of(order: OpenOrder) -> list[str]:
    """One sentence for each; none: the order is settled."""
    return [words.format(number=order.number) for name, words in _WORDS.items() if getattr(order, name)]
