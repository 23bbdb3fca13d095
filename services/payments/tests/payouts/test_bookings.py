"""Which transactions of the ledger each kind of movement is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from chassis.values import Money
from payments.domain.movement import Movement
from payments.payouts.domain.bookings import treated


def moved(kind: str, amount: int, fee: int = 0, category: str = "") -> Movement:
    return Movement(
        id="txn_1", type=kind, category=category or kind, amount=amount, fee=fee, currency="EUR", source=None,
        created_at=datetime(2026, 11, 29, tzinfo=UTC),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("movement", "booked", "known"),
    [
        (moved("charge", 1000, 40), [("fee", "provider_fees", "provider_receivable", 40)], True),
        (moved("charge", 1000), [], True),
        (moved("refund", -1000), [], True),
        (moved("adjustment", -1000, 2000, "dispute"), [("fee", "provider_fees", "provider_receivable", 2000)], True),
        (moved("adjustment", -1000), [], False),
        (moved("adjustment", 0), [], True),
        (moved("stripe_fee", -300), [("fee", "provider_fees", "provider_receivable", 300)], True),
        (moved("stripe_fee", 300), [("fee", "provider_receivable", "provider_fees", 300)], True),
        (moved("stripe_fee", 0), [], True),
        (moved("payout", -900), [("payout", "bank", "provider_receivable", 900)], True),
        (moved("payout", 900), [("payout", "provider_receivable", "bank", 900)], True),
        (moved("payout", 0), [], True),
        (moved("payout_failure", 900), [("payout", "provider_receivable", "bank", 900)], True),
        (
            moved("payout", -900, 9),
            [("payout", "bank", "provider_receivable", 900), ("fee", "provider_fees", "provider_receivable", 9)],
            True,
        ),
        (moved("refund", -1000, -5), [("fee", "provider_receivable", "provider_fees", 5)], True),
    ],
)
def test_each_kind_of_movement_has_its_bookings(movement: Movement, booked: list[Any], known: object):
    way = treated(movement)
    assert way.known is known
    assert [
        (each.kind, each.entries[0].account, each.entries[1].account, each.entries[0].money.amount)
        for each in way.bookings
    ] == booked
    for each in way.bookings:
        assert each.reference == "txn_1"
        assert [entry.side for entry in each.entries] == ["debit", "credit"]
        assert each.entries[0].money == each.entries[1].money == Money(booked[way.bookings.index(each)][3], "EUR")
