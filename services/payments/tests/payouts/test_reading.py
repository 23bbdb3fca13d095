"""How objects of Stripe's balance are read: what is none of them is refused."""

from __future__ import annotations

from typing import Any

import pytest

from payments.domain.movement import Movement
from payments.provider.balance import payout_of
from payments.provider.stripe_movements import movement_of
from payments.provider.stripe_payloads import Unreadable
from payments.tests.disputes.test_disputes import movement


@pytest.mark.parametrize(
    "wrong",
    [
        {"object": "charge"},
        {"created": 10**18},
        {"amount": "1"},
        {"amount": 4250, "currency": "isk"},
        {"fee": 101, "currency": "isk", "amount": 100},
    ],
)
def test_a_movement_that_is_none_is_refused(wrong: dict[str, Any]):
    with pytest.raises(Unreadable):
        movement_of({**movement(1, -4200, 0), **wrong})


def test_a_movement_is_read_with_its_source_named_or_whole():
    read = movement_of({**movement(1, -500, 100), "currency": "isk", "source": {"id": "du_2"}})
    assert isinstance(read, Movement)
    assert (read.amount, read.fee, read.source, read.category) == (-5, 1, "du_2", "dispute")
    assert movement_of({**movement(1, 1, 0), "reporting_category": ""}).category == "adjustment"


@pytest.mark.parametrize("wrong", [{"object": "charge"}, {"amount": "x"}, {"arrival_date": 10**18}])
def test_a_payout_that_is_none_is_refused(wrong: dict[str, Any]):
    good = {
        "id": "po_1", "object": "payout", "amount": 5, "currency": "eur", "status": "paid", "created": 1,
        "arrival_date": 1,
    }  # fmt: skip
    assert payout_of(good).complete is False
    with pytest.raises(Unreadable):
        payout_of({**good, **wrong})
