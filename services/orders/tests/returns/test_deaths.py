"""A request that dies before its answer leaves all of its work or none, and the same request finishes it once."""

from __future__ import annotations

import pytest

from chassis.resilience import failpoints
from orders.tests.returns.counter import Counter


@pytest.fixture(autouse=True)
def _no_failpoints():
    yield
    failpoints.configure("")


async def test_a_parcel_that_dies_before_its_commit_is_sent_once_by_the_same_request(counter: Counter):
    order = await counter.paid(2)
    failpoints.configure("parcel.written=raise*1")
    assert (await counter.send(order, key="k", p1=1)).status_code == 500
    assert await counter.pieces(order) == []
    assert (await counter.send(order, key="k", p1=1)).status_code == 201
    assert await counter.pieces(order) == [(2, 0, 1, 0, 0)]


async def test_a_return_that_dies_at_each_step_is_asked_received_and_paid_back_once(counter: Counter):
    order = await counter.delivered(2)
    failpoints.configure("return.written=raise*1,return.received=raise*1,return.refunded=raise*1")
    assert (await counter.request(order, key="k", p1=2)).status_code == 500
    assert await counter.pieces(order) == [(2, 0, 2, 0, 0)]
    back = (await counter.request(order, key="k", p1=2)).json()["id"]
    await counter.step(order, back, "approve")
    assert (await counter.received(order, back, restocked=2)).status_code == 500
    assert (await counter.restocks(order), await counter.pieces(order)) == ([], [(2, 0, 2, 2, 0)])
    assert (await counter.received(order, back, restocked=2)).status_code == 200
    assert await counter.restocks(order) == [2]
    # Its refund is written by then; the answer is lost.
    assert (await counter.step(order, back, "refund", key="p")).status_code == 500
    paid = await counter.step(order, back, "refund", key="p")
    assert paid.status_code == 201
    refunds = await counter.rows("select id, amount from refunds where order_id = $1", order)
    assert [(str(row["id"]), row["amount"]) for row in refunds] == [(paid.json()["refund_id"], 2000)]
