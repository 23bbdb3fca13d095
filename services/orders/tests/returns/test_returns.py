"""Returns, as shoppers ask for them and staff work on them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from orders.tests.returns.counter import Counter

EUROS = {"amount": 300, "currency": "EUR"}


async def test_a_return_from_the_wish_to_the_money(counter: Counter):
    order = await counter.delivered(3, 1)
    asked = await counter.request(order, p1=3, p2=1)
    assert asked.status_code == 201, asked.text
    found = asked.json()
    assert (found["status"], found["number"], found["opened_by"], found["reason"]) == (
        "requested",
        1,
        "shopper",
        "late",
    )
    assert await counter.pieces(order) == [(3, 0, 3, 3, 0), (1, 0, 1, 1, 0)]
    approved = await counter.step(order, found["id"], "approve", {"answer": "Send it", "fee": EUROS})
    assert (approved.json()["status"], approved.json()["fee"]) == ("approved", EUROS)
    early = await counter.step(order, found["id"], "refund")
    assert (early.status_code, early.json()["type"]) == (409, "return-not-changeable")
    told = [{"position": 1, "restocked": 1, "to_process": 1, "missing": 1}, {"position": 2, "discarded": 1}]
    received = await counter.step(order, found["id"], "receive", {"lines": told})
    assert received.json()["status"] == "received"
    assert await counter.pieces(order) == [(3, 0, 3, 0, 2), (1, 0, 1, 0, 1)]
    assert (await counter.progress(order))["returned"] == 3
    looked = await counter.step(order, found["id"], "inspect", {"lines": [{"position": 1, "restocked": 1}]})
    assert looked.json()["status"] == "inspected"
    assert [line["restocked"] for line in looked.json()["lines"]] == [2, 0]
    assert await counter.restocks(order) == [1, 1]
    paid = await counter.step(order, found["id"], "refund", {"shipping": {"amount": 500, "currency": "EUR"}})
    assert paid.status_code == 201, paid.text
    closed = await counter.step(order, found["id"], "close")
    assert (closed.json()["status"], closed.json()["refund_id"]) == ("closed", paid.json()["refund_id"])
    refund = await counter.row("select id, amount, shipping from refunds where order_id = $1", order)
    # Three pieces came, one was missing; less the fee, with the shipping.
    assert (str(refund["id"]), refund["amount"], refund["shipping"]) == (closed.json()["refund_id"], 3200, 500)
    assert await counter.pieces(order) == [(3, 0, 3, 0, 2), (1, 0, 1, 0, 1)]
    kinds = ["return_requested", "return_approved", "return_received", "return_inspected"]
    assert await counter.timeline(order) == [
        *("placed", "parcel_sent", "fulfilled", "parcel_delivered", *kinds, "refund_requested", "return_closed"),
    ]
    audited = await counter.rows("select action from audit_lines where action like 'return.%' order by id")
    assert [row["action"] for row in audited] == [kind.replace("_", ".") for kind in [*kinds[1:], "return_closed"]]


async def test_what_needs_no_second_look_is_inspected_at_once(counter: Counter):
    order = await counter.delivered(2)
    back = await counter.opened(order, p1=2)
    for _ in range(2):
        received = await counter.received(order, back, restocked=1, missing=1)
        assert (received.status_code, received.json()["status"]) == (200, "inspected")
        again = await counter.step(order, back, "inspect", {"lines": [{"position": 1}]})
        assert again.json()["status"] == "inspected"
    assert await counter.restocks(order) == [1]
    other = await counter.received(order, back, restocked=2)
    assert (other.status_code, other.json()["type"]) == (409, "return-not-changeable")
    assert await counter.pieces(order) == [(2, 0, 2, 0, 1)]
    # What was missing can be asked back again.
    assert (await counter.request(order, p1=1)).status_code == 201
    assert (await counter.request(order, p1=1)).json()["lines"] == [{"position": 1, "requested": 1, "left": 0}]


async def test_what_is_refused_or_given_up_can_be_asked_back_again(counter: Counter):
    order = await counter.delivered(1)
    key = counter.key_of(order)
    refused = (await counter.request(order, p1=1)).json()["id"]
    assert (await counter.step(order, refused, "refuse")).status_code == 422
    for _ in range(2):
        answer = await counter.step(order, refused, "refuse", {"answer": "It was worn"})
        assert (answer.json()["status"], answer.json()["answer"]) == ("refused", "It was worn")
    assert (await counter.step(order, refused, "approve")).json()["return_status"] == "refused"
    withdrawn = (await counter.request(order, p1=1)).json()["id"]
    for _ in range(2):
        answer = await counter.ask("POST", f"{order}/returns/{withdrawn}/cancel", headers=key)
        assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    lost = await counter.opened(order, p1=1)
    assert (await counter.step(order, lost, "cancel")).json()["status"] == "cancelled"
    assert await counter.pieces(order) == [(1, 0, 1, 0, 0)]
    listed = (await counter.ask("GET", f"{order}/returns", headers=key)).json()
    assert [each["status"] for each in listed["items"]] == ["refused", "cancelled", "cancelled"]
    assert listed["returnable"] == [{"position": 1, "quantity": 1}]


async def test_a_shopper_asks_within_the_window_and_staff_at_any_time(counter: Counter):
    order = await counter.delivered(2)
    await counter.execute("update parcels set delivered_at = now() - interval '31 days' where order_id = $1", order)
    late = await counter.request(order, p1=1)
    assert (late.status_code, late.json()["type"]) == (409, "not-returnable")
    assert late.json()["lines"] == [{"position": 1, "requested": 1, "left": 0}]
    assert (await counter.ask("GET", f"{order}/returns")).json()["returnable"] == [{"position": 1, "quantity": 2}]
    assert await counter.opened(order, p1=1)
    # From the sending, where nobody has told of the delivery.
    other = await counter.paid(2)
    await counter.sent(other, p1=1)
    assert (await counter.request(other, p1=2)).json()["lines"][0]["left"] == 1
    assert (await counter.request(other, p1=1)).status_code == 201


async def test_a_shopper_cannot_send_back_what_was_not_shipped(counter: Counter):
    order = await counter.delivered(1, digital=(1,))
    assert (await counter.request(order, p1=1)).json()["type"] == "not-returnable"
    assert await counter.opened(order, p1=1)


async def test_a_return_is_of_its_owner_and_its_order(counter: Counter):
    order, other = await counter.delivered(1), await counter.delivered(1)
    back = (await counter.request(order, p1=1)).json()["id"]
    body = {"lines": [{"position": 1, "quantity": 1}], "reason": "late"}
    for headers in ({}, counter.service.token(uuid4()), counter.key_of(other)):
        for method, path, sent in (
            ("GET", f"{order}/returns", None),
            ("POST", f"{order}/returns", body),
            ("POST", f"{order}/returns/{back}/cancel", None),
        ):
            assert (await counter.ask(method, path, sent, headers=headers)).status_code == 404
    assert (
        await counter.ask("POST", f"{other}/returns/{back}/cancel", headers=counter.key_of(other))
    ).status_code == 404
    assert (await counter.step(other, back, "approve")).status_code == 404
    assert (await counter.step(uuid4(), back, "approve")).status_code == 404
    assert (await counter.ask("GET", f"{uuid4()}/returns")).status_code == 404
    account = uuid4()
    own = await counter.delivered(1, account=account)
    mine = await counter.ask("POST", f"{own}/returns", body, headers=counter.service.token(account))
    assert mine.status_code == 201
    assert (
        await counter.value("select actor from order_events where kind = 'return_requested' and order_id = $1", own)
        == account
    )


async def test_the_same_key_asks_once(counter: Counter):
    order, sent = await counter.delivered(2), str(uuid4())
    first, again = [await counter.request(order, key=sent, p1=1) for _ in range(2)]
    assert first.json() == again.json()
    died = "update idempotency set status = null, headers = null, body = null, claimed_until = now() where status = 201"
    await counter.execute(died)
    again = await counter.request(order, key=sent, p1=1)
    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])
    assert await counter.pieces(order) == [(2, 0, 2, 1, 0)]


async def test_an_order_has_at_most_fifty_returns(counter: Counter):
    order = await counter.delivered(1)
    many = """
    insert into returns (id, order_id, number, status, opened_by, reason, ended_at)
    values (uuidv7(), $1, 50, 'cancelled', 'shopper', 'late', now())
    """
    await counter.execute(many, order)
    assert (await counter.request(order, p1=1)).json()["type"] == "return-limit"
    assert await counter.pieces(order) == [(1, 0, 1, 0, 0)]


ONE = [{"position": 1, "quantity": 1}]
BAD_REQUESTS: list[tuple[dict[str, Any], str]] = [
    ({"lines": ONE, "reason": "boredom"}, "reason"),
    ({"lines": [], "reason": "late"}, "lines"),
    ({"lines": ONE * 2, "reason": "late"}, "lines"),
    ({"lines": ONE, "reason": "late", "note": "x" * 1001}, "note"),
    ({"lines": ONE, "reason": "late", "note": "a\x00b"}, "note"),
    ({"lines": ONE, "reason": "late", "fee": {"amount": 1, "currency": "USD"}}, "fee.currency"),
    ({"lines": ONE, "reason": "late", "fee": {"amount": 10**6, "currency": "EUR"}}, "fee.amount"),
    ({"lines": ONE, "reason": "late", "fee": {"amount": -1, "currency": "EUR"}}, "fee.amount"),
]
BAD_RECEIPTS: list[tuple[list[dict[str, int]], str]] = [
    ([{"position": 1, "restocked": 1}], "lines.0"),
    ([{"position": 1, "restocked": 3}], "lines.0"),
    ([{"position": 1, "restocked": 2}, {"position": 2, "missing": 1}], "lines.1"),
    ([{"position": 2, "missing": 0}], "lines"),
    ([{"position": 1, "restocked": -1}], "lines.0.restocked"),
    ([{"position": 1, "restocked": 1}] * 2, "lines"),
]


async def test_bad_requests_are_422s_that_name_the_field_and_change_nothing(counter: Counter):
    order = await counter.delivered(2, 1)
    for body, field in BAD_REQUESTS:
        answer = await counter.ask("POST", f"{order}/returns", body)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field), body
    assert await counter.pieces(order) == [(2, 0, 2, 0, 0), (1, 0, 1, 0, 0)]
    back = await counter.opened(order, p1=2)
    for lines, field in BAD_RECEIPTS:
        answer = await counter.step(order, back, "receive", {"lines": lines})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field), lines
    assert (await counter.step(order, back, "inspect", {"lines": [{"position": 1}]})).status_code == 409
    assert (await counter.step(order, back, "close")).status_code == 409
    assert await counter.restocks(order) == []
    assert await counter.pieces(order) == [(2, 0, 2, 2, 0), (1, 0, 1, 0, 0)]
    await counter.received(order, back, to_process=2)
    half = await counter.step(order, back, "inspect", {"lines": [{"position": 1, "restocked": 1}]})
    assert (half.status_code, half.json()["errors"][0]["field"]) == (422, "lines.0")
