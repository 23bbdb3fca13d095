"""Returns that meet each other, parcels and themselves: no piece comes back twice."""

from __future__ import annotations

import asyncio
from collections import Counter as Count

import asyncpg
import pytest

from orders.tests.returns.counter import Counter


async def test_two_returns_of_the_last_piece_are_one(counter: Counter):
    order = await counter.delivered(3)
    answers = await asyncio.gather(*(counter.request(order, p1=2) for _ in range(6)))
    assert Count(answer.status_code for answer in answers) == {201: 1, 409: 5}
    assert await counter.pieces(order) == [(3, 0, 3, 2, 0)]


async def test_a_return_received_by_many_at_once_is_restocked_once(counter: Counter):
    order = await counter.delivered(2)
    back = await counter.opened(order, p1=2)
    answers = await asyncio.gather(*(counter.received(order, back, restocked=2) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {200}
    assert await counter.restocks(order) == [2]
    assert await counter.pieces(order) == [(2, 0, 2, 0, 2)]
    assert (await counter.progress(order))["returned"] == 2


async def test_what_was_to_be_processed_is_restocked_once(counter: Counter):
    order = await counter.delivered(2)
    back = await counter.opened(order, p1=2)
    await counter.received(order, back, to_process=2)
    body = {"lines": [{"position": 1, "restocked": 1, "discarded": 1}]}
    answers = await asyncio.gather(*(counter.step(order, back, "inspect", body) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {200}
    assert await counter.restocks(order) == [1]


async def test_a_return_that_meets_the_cancellation_of_its_parcel(counter: Counter):
    """One of the two gets the piece, whichever it is."""
    for _ in range(3):
        order = await counter.paid(1)
        parcel = await counter.sent(order, p1=1)
        asked, ended = await asyncio.gather(counter.request(order, p1=1), counter.parcel(order, parcel, "cancel"))
        assert sorted((asked.status_code, ended.status_code)) in ([200, 409], [201, 409])
        assert await counter.pieces(order) == [(1, 0, 1, 1, 0) if asked.status_code == 201 else (1, 0, 0, 0, 0)]
        if asked.status_code == 201:
            assert ended.json()["type"] == "parcel-not-changeable"


async def test_a_parcel_whose_pieces_are_asked_back_is_not_cancelled(counter: Counter):
    order = await counter.paid(2)
    parcel = await counter.sent(order, p1=2)
    assert (await counter.request(order, p1=1)).status_code == 201
    refused = await counter.parcel(order, parcel, "cancel")
    assert (refused.status_code, refused.json()["type"]) == (409, "parcel-not-changeable")
    assert await counter.pieces(order) == [(2, 0, 2, 1, 0)]


async def test_a_shopper_who_gives_up_what_staff_receive(counter: Counter):
    for _ in range(3):
        order = await counter.delivered(1)
        back = (await counter.request(order, p1=1)).json()["id"]
        await counter.step(order, back, "approve")
        given_up, received = await asyncio.gather(
            counter.ask("POST", f"{order}/returns/{back}/cancel", headers=counter.key_of(order)),
            counter.received(order, back, restocked=1),
        )
        assert sorted((given_up.status_code, received.status_code)) == [200, 409]
        came = received.status_code == 200
        assert await counter.pieces(order) == [(1, 0, 1, 0, int(came))]
        assert await counter.restocks(order) == [1] * came


async def test_the_database_refuses_a_return_that_does_not_add_up(counter: Counter):
    order = await counter.delivered(2)
    back = await counter.opened(order, p1=2)
    for change in (
        "update return_lines set restocked = 1",
        "update return_lines set restocked = 3, missing = -1",
        "update returns set refund_id = id",
        "update returns set status = 'received'",
        "update returns set status = 'refused'",
    ):
        with pytest.raises(asyncpg.CheckViolationError):
            await counter.execute(change)
    assert (await counter.step(order, back, "cancel")).status_code == 200


async def test_two_who_decide_with_different_words_or_fees_are_not_both_told_that_it_was_done(counter: Counter):
    order = await counter.delivered(2)
    back = str((await counter.request(order, p1=2)).json()["id"])
    fees = [{"fee": {"amount": amount, "currency": "EUR"}, "answer": "Send it"} for amount in (100, 200)]
    answers = await asyncio.gather(*(counter.step(order, back, "approve", fee) for fee in fees))
    assert sorted(answer.status_code for answer in answers) == [200, 409], [answer.text for answer in answers]
    (won,) = [answer.json() for answer in answers if answer.status_code == 200]
    again = {"fee": won["fee"], "answer": "Send it"}
    for said, status in (
        (again, 200),
        ({}, 200),
        ({**again, "answer": "Keep it"}, 409),
        ({**again, "fee": {"amount": won["fee"]["amount"], "currency": "JPY"}}, 409),
    ):
        answer = await counter.step(order, back, "approve", said)
        assert answer.status_code == status, said
    assert (answer.json()["type"], answer.json()["return_status"]) == ("return-not-changeable", "approved")
