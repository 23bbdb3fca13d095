"""Receipts at once are booked once, and a bad one names its field."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from payments.tests.manual.test_manual import EVENTS, receive, waiting
from payments.tests.shop import Shop

ROUNDS = 2


@pytest.mark.parametrize("round_", range(ROUNDS))
async def test_many_receipts_at_once_are_booked_once(till: Shop, round_: int):
    made = (await waiting(till)).json()
    references: Callable[[int], str] = (lambda _: "same") if round_ else str
    answers = await asyncio.gather(*(receive(till, made["payment_id"], references(number)) for number in range(12)))
    won = [answer for answer in answers if answer.status_code == 200]
    assert len(won) == (12 if round_ else 1)
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert len(await till.entries(UUID(made["order_id"]))) == 2
    assert [kind for kind, _ in await till.facts(UUID(made["order_id"]))] == EVENTS


async def test_one_transfer_pays_one_of_two_orders_at_once(till: Shop):
    made = [(await waiting(till)).json() for _ in range(4)]
    answers = await asyncio.gather(*(receive(till, each["payment_id"], "one transfer") for each in made))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert len(await till.rows("select from ledger_transactions where kind = 'receipt'")) == 1


@pytest.mark.parametrize("round_", range(ROUNDS))
async def test_a_receipt_that_meets_a_void_ends_as_one_of_them(till: Shop, round_: int):
    made = (await waiting(till)).json()
    order_id = UUID(made["order_id"])
    both = [till.ask(order_id, "void"), receive(till, made["payment_id"])]
    await asyncio.gather(*(both if round_ % 2 else both[::-1]))
    status = await till.status(order_id)
    assert [kind for kind, _ in await till.facts(order_id)] == (
        EVENTS if status == "captured" else ["payment.cancelled"]
    )
    assert len(await till.entries(order_id)) == (2 if status == "captured" else 0)


WRONG: list[tuple[str, dict[str, Any]]] = [
    ("reference", {"reference": ""}),
    ("reference", {"reference": "a\x00b"}),
    ("reference", {"reference": "x" * 141}),
    ("reference", {"reference": 7}),
    ("amount.amount", {"amount": {"amount": 42.5, "currency": "EUR"}}),
    ("amount.amount", {"amount": {"amount": -1, "currency": "EUR"}}),
    ("amount.amount", {"amount": {"amount": 10**30, "currency": "EUR"}}),
    ("amount.currency", {"amount": {"amount": 4200, "currency": "eur"}}),
    ("more", {"more": 1}),
]


async def test_a_bad_receipt_names_its_field(till: Shop):
    made = (await waiting(till)).json()
    for field, given in WRONG:
        answer = await receive(till, made["payment_id"], **given)
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["field"].endswith(field)
    assert await till.rows("select from payment_receipts") == []
