"""Parcels, as staff send them and shoppers see them."""

from __future__ import annotations

from uuid import uuid4

import pytest

from orders.tests.fulfilment.desk import Desk

UPS = {"carrier": "UPS", "tracking_number": "1Z 999"}


async def test_an_order_is_sent_in_several_parcels_until_nothing_is_left(desk: Desk):
    order = await desk.paid(3, 1)
    first = await desk.ask("POST", f"{order}/parcels", {"lines": [{"position": 1, "quantity": 2}], **UPS})
    assert first.status_code == 201, first.text
    sent = first.json()
    assert (sent["number"], sent["status"], sent["carrier"], sent["warning"]) == (1, "sent", "UPS", None)
    assert sent["tracking_url"] == "https://www.ups.com/track?tracknum=1Z999"
    assert [(line["sku"], line["quantity"]) for line in sent["lines"]] == [("SKU-1", 2)]
    listed = (await desk.ask("GET", f"{order}/parcels")).json()
    assert listed["left"] == [{"position": 1, "quantity": 1}, {"position": 2, "quantity": 1}]
    second = await desk.send(order, p1=1, p2=1)
    assert second.json()["number"] == 2
    assert (await desk.ask("GET", f"{order}/parcels")).json()["left"] == []
    assert await desk.timeline(order) == ["placed", "parcel_sent", "parcel_sent", "fulfilled"]
    assert (await desk.progress(order))["fulfilled"] == 4
    actors = await desk.rows(
        "select distinct actor from order_events where order_id = $1 and kind = 'parcel_sent'", order
    )
    assert [row["actor"] for row in actors] == [desk.account_id]
    lines = await desk.rows("select action, object from audit_lines where action = 'parcel.sent'")
    assert [line["object"] for line in lines] == [f"order:{order}"] * 2


async def test_more_than_is_left_is_refused_and_changes_nothing(desk: Desk):
    order = await desk.paid(2, 1)
    await desk.sent(order, p1=1)
    refused = await desk.send(order, p1=2, p2=1)
    assert (refused.status_code, refused.json()["type"]) == (409, "not-enough-pieces")
    assert refused.json()["lines"] == [{"position": 1, "requested": 2, "left": 1}]
    assert await desk.pieces(order) == [(2, 0, 1, 0, 0)]
    unknown = await desk.send(order, p9=1)
    assert unknown.json()["lines"] == [{"position": 9, "requested": 1, "left": 0}]


async def test_the_same_key_sends_one_parcel(desk: Desk):
    order = await desk.paid(2)
    first, again = [await desk.send(order, key="one", p1=1) for _ in range(2)]
    assert first.json() == again.json()
    assert await desk.pieces(order) == [(2, 0, 1, 0, 0)]


async def test_a_request_that_died_before_its_answer_was_kept_sends_one_parcel(desk: Desk):
    order = await desk.paid(2)
    first = await desk.send(order, key="died", p1=1)
    died = "update idempotency set status = null, headers = null, body = null, claimed_until = now() where key = 'died'"
    await desk.execute(died)
    again = await desk.send(order, key="died", p1=1)
    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])
    assert await desk.pieces(order) == [(2, 0, 1, 0, 0)]


async def test_what_is_not_shipped_is_delivered_by_hand_and_nobody_is_mailed(desk: Desk):
    order = await desk.paid(1, 2, digital=(2,))
    refused = await desk.send(order, p1=1, p2=2)
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == ["lines.1.position"]
    handed = await desk.send(order, by_hand=True, p2=2)
    assert (handed.status_code, handed.json()["status"], handed.json()["carrier"]) == (201, "delivered", None)
    assert await desk.timeline(order) == ["placed", "handed_over"]
    assert await desk.value("select count(*) from jobs where name = 'orders.parcel_mail'") == 0
    tracked = await desk.ask("PATCH", f"{order}/parcels/{handed.json()['id']}", UPS)
    assert tracked.json()["type"] == "parcel-not-changeable"


async def test_a_cancelled_parcel_gives_its_pieces_back_until_it_is_delivered(desk: Desk):
    order = await desk.paid(2)
    parcel = await desk.sent(order, p1=2)
    for _ in range(2):
        answer = await desk.parcel(order, parcel, "cancel")
        assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert await desk.pieces(order) == [(2, 0, 0, 0, 0)]
    assert (await desk.progress(order))["fulfilled"] == 0
    other = await desk.sent(order, p1=2)
    for _ in range(2):
        answer = await desk.parcel(order, other, "delivered")
        assert (answer.status_code, answer.json()["status"]) == (200, "delivered")
    late = await desk.parcel(order, other, "cancel")
    assert (late.status_code, late.json()["parcel_status"]) == (409, "delivered")
    assert (await desk.parcel(order, parcel, "delivered")).json()["parcel_status"] == "cancelled"
    kinds = ["parcel_sent", "fulfilled", "parcel_cancelled", "parcel_sent", "fulfilled", "parcel_delivered"]
    assert await desk.timeline(order) == ["placed", *kinds]


async def test_the_longest_number_in_any_script_is_kept(desk: Desk):
    order = await desk.paid(1)
    parcel = await desk.sent(order, p1=1)
    fix = {"carrier": "ups", "tracking_number": "\N{CJK UNIFIED IDEOGRAPH-756A}" * 60}
    answer = await desk.ask("PATCH", f"{order}/parcels/{parcel}", fix)
    assert (answer.status_code, answer.json()["tracking_number"]) == (200, fix["tracking_number"])
    assert answer.json()["tracking_url"] is None


async def test_tracking_is_corrected_and_both_values_are_kept(desk: Desk):
    order = await desk.paid(1)
    parcel = await desk.sent(order, p1=1)
    fix = {"carrier": "Bike", "tracking_url": "https://bike.example/7"}
    for _ in range(2):
        answer = await desk.ask("PATCH", f"{order}/parcels/{parcel}", fix)
        assert (answer.json()["carrier"], answer.json()["tracking_url"]) == ("Bike", "https://bike.example/7")
    kept = await desk.rows("select data from order_events where order_id = $1 and kind = 'parcel_tracked'", order)
    assert [(row["data"]["before"]["carrier"], row["data"]["after"]["carrier"]) for row in kept] == [(None, "Bike")]


@pytest.mark.parametrize(
    ("obstacle", "change"),
    [
        ("not_paid", None),
        ("paid_without_stock", None),
        ("refunded", "insert into order_progress (order_id, refunded, refund_pending) values ($1, 2000, 500)"),
        ("disputed", "insert into order_progress (order_id, disputes) values ($1, 1)"),
    ],
)
async def test_an_order_that_may_not_be_sent_says_why(desk: Desk, obstacle: str, change: str | None):
    order = await desk.paid(2, attention="paid_without_stock" if obstacle == "paid_without_stock" else None)
    if obstacle == "not_paid":
        change = """
        update orders set status = 'stock_committed', paid_at = null, next_attempt_at = now() + interval '1 day'
        where id = $1
        """
    if change:
        await desk.execute(change, order)
    refused = await desk.send(order, p1=1)
    assert (refused.status_code, refused.json()["obstacle"]) == (409, obstacle)
    assert refused.json()["type"] == "order-not-shippable"
    assert await desk.pieces(order) == []


async def test_a_disputed_order_is_sent_with_a_warning_by_who_says_so(desk: Desk):
    order = await desk.paid(2)
    await desk.execute("insert into order_progress (order_id, disputes, refunded) values ($1, 1, 100)", order)
    body = {"lines": [{"position": 1, "quantity": 1}], "despite_dispute": True}
    sent = await desk.ask("POST", f"{order}/parcels", body)
    assert (sent.status_code, sent.json()["warning"]) == (201, "disputed")


async def test_an_order_has_at_most_two_hundred_parcels(desk: Desk):
    order = await desk.paid(2)
    filled = """
    insert into parcels (id, order_id, number, status, cancelled_at) values (uuidv7(), $1, 200, 'cancelled', now())
    """
    await desk.execute(filled, order)
    assert (await desk.send(order, p1=1)).json()["type"] == "parcel-limit"
    assert await desk.pieces(order) == []


async def test_its_owner_sees_parcels_and_nobody_else(desk: Desk):
    order = await desk.paid(3)
    sent = await desk.sent(order, p1=1)
    await desk.parcel(order, await desk.sent(order, p1=1), "cancel")
    seen = await desk.ask("GET", f"{order}/parcels", headers=desk.key_of(order))
    assert [parcel["id"] for parcel in seen.json()["items"]] == [sent]
    assert "left" not in seen.json()
    for headers in ({}, desk.service.token(uuid4()), desk.key_of(await desk.paid(1))):
        assert (await desk.ask("GET", f"{order}/parcels", headers=headers)).status_code == 404


async def test_unknown_orders_and_parcels_are_404(desk: Desk):
    order, other = await desk.paid(1), await desk.paid(1)
    parcel = await desk.sent(order, p1=1)
    assert (await desk.send(uuid4(), p1=1)).status_code == 404
    assert (await desk.ask("GET", f"{uuid4()}/parcels")).status_code == 404
    assert (await desk.parcel(other, parcel, "cancel")).status_code == 404
    assert (await desk.parcel(uuid4(), parcel, "cancel")).status_code == 404


ONE = {"lines": [{"position": 1, "quantity": 1}]}
BAD = [
    ({"lines": []}, "lines"),
    ({"lines": [{"position": 1, "quantity": 0}]}, "lines.0.quantity"),
    ({"lines": [{"position": 2**70, "quantity": 1}]}, "lines.0.position"),
    ({"lines": ONE["lines"] * 2}, "lines"),
    ({**ONE, "tracking_url": "http://dhl.example/1"}, "tracking_url"),
    ({**ONE, "tracking_url": "https://a@dhl.example/1"}, "tracking_url"),
    ({**ONE, "tracking_url": "https://dhl.example:99999/"}, "tracking_url"),
    ({**ONE, "tracking_url": 'https://dhl.example/"x'}, "tracking_url"),
    ({**ONE, "tracking_number": "1\x002"}, "tracking_number"),
    ({**ONE, "carrier": "x" * 61}, "carrier"),
    ({**ONE, "carrier": "ups", "by_hand": True}, "by_hand"),
]


async def test_a_bad_parcel_is_a_422_that_names_the_field(desk: Desk):
    order = await desk.paid(1)
    for body, field in BAD:
        refused = await desk.ask("POST", f"{order}/parcels", body)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field), body
    assert await desk.pieces(order) == []


async def test_only_those_with_the_right_send_parcels(desk: Desk):
    order = await desk.paid(1)
    reader = desk.service.token(scopes=("orders:read",))
    path = f"/api/v1/admin/orders/{order}/parcels"
    body = {"lines": [{"position": 1, "quantity": 1}]}
    refused = await desk.service.client.post(path, json=body, headers={**reader, "Idempotency-Key": "k"})
    assert refused.status_code == 403
    assert (await desk.service.client.get(path, headers=reader)).status_code == 200
    assert (await desk.service.client.get(path)).status_code == 401
