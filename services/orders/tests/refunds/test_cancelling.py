"""Staff cancel pieces after the payment, put orders away, and disputes are counted."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID, uuid4

import pytest
from pypdf import PdfReader

from orders.tests.refunds.cashier import TOTAL, Cashier, Line, euros, piece


async def test_a_whole_cancellation_gives_back_everything_and_restocks(desk: Cashier) -> None:
    order = await desk.sold()
    answer = await desk.cancel(order, expected_total=euros(TOTAL), note="Wrong size")
    assert answer.status_code == 201, answer.text
    done = answer.json()
    assert (done["lines"], done["restock"], done["created_by"]) == (
        *([piece(1, 3), piece(2, 1)], True),
        str(desk.account_id),
    )
    refund = done["refund"]
    assert (refund["total"], refund["shipping"], refund["cancellation_id"]) == (euros(TOTAL), euros(490), done["id"])
    assert (refund["reason"], refund["status"]) == ("requested_by_customer", "requested")
    assert await desk.states(order) == ("paid", "not_needed", "cancelled")
    restock = await desk.row("select id, lines from restocks")
    assert (restock["id"], [line["quantity"] for line in restock["lines"]]) == (UUID(done["id"]), [3, 1])
    assert (await desk.timeline(order))[1:] == ["pieces_cancelled", "refund_requested"]
    await desk.accept(order, refund)
    assert (await desk.states(order))[0] == "refunded"
    listed = (await desk.ask("GET", f"{order}/refunds")).json()
    assert [(each["id"], each["note"]) for each in listed["cancellations"]] == [(done["id"], "Wrong size")]
    actions = await desk.rows("select action from audit_lines where object = $1 order by id", f"order:{order}")
    assert {"order.pieces_cancelled", "order.refund"} <= {line["action"] for line in actions}
    await desk.books()


async def test_the_packing_slip_of_an_order_leaves_out_what_was_cancelled(desk: Cashier) -> None:
    order = await desk.sold()
    assert (await desk.cancel(order, lines=[piece(1, 2), piece(2)])).status_code == 201
    slip = await desk.ask("GET", f"{order}/packing-slip.pdf")
    text = PdfReader(io.BytesIO(slip.content)).pages[0].extract_text()
    assert "Pieces in this parcel: 1" in text
    assert ("SKU-1" in text, "SKU-2" in text) == (True, False)
    assert (await desk.cancel(order, lines=[piece(1)])).status_code == 201
    assert (await desk.ask("GET", f"{order}/packing-slip.pdf")).status_code == 404


async def test_only_what_was_not_sent_is_cancelled(desk: Cashier) -> None:
    order = await desk.sold()
    await desk.sent(order, p1=2)
    refused = await desk.cancel(order, lines=[piece(1, 2)])
    assert (refused.status_code, refused.json()["type"]) == (409, "not-enough-pieces")
    done = (await desk.cancel(order, lines=[piece(1)], reason="fraud")).json()
    # One of three pieces; shipping stays paid, as something was sent.
    assert (done["refund"]["total"], done["refund"]["shipping"]) == (euros(900), euros(0))
    assert done["refund"]["reason"] == "fraudulent"
    rest = (await desk.cancel(order)).json()
    assert (rest["lines"], rest["refund"]["total"]) == ([piece(2)], euros(1000))
    nothing = await desk.cancel(order)
    assert (nothing.status_code, nothing.json()["type"]) == (409, "nothing-to-cancel")
    assert await desk.states(order) == ("paid", "fulfilled", "open")
    assert await desk.paid_back(order) == [(1, 2, 1), (1, 0, 1)]
    await desk.books()


async def test_the_last_pieces_that_are_cancelled_bring_all_that_is_left(desk: Cashier) -> None:
    order = await desk.sold()
    await desk.refunded(order, amount=euros(1000))
    await desk.cancel(order, lines=[piece(1, 3)])
    last = (await desk.cancel(order)).json()["refund"]
    assert last["shipping"]["amount"] > 0
    assert await desk.money(order) == (0, TOTAL)


async def test_a_cancellation_may_keep_the_money_and_the_pieces(desk: Cashier) -> None:
    order = await desk.sold()
    done = (await desk.cancel(order, refund=False, restock=False)).json()
    assert (done["refund"], done["restock"]) == (None, False)
    assert await desk.value("select count(*) from restocks") + await desk.value("select count(*) from refunds") == 0
    # What was cancelled can be paid back later: nothing is cancelled again by that.
    made = await desk.refunded(order, lines=[piece(1, 3)])
    assert (made["total"], await desk.paid_back(order)) == (euros(2700), [(3, 0, 3), (1, 0, 0)])
    await desk.books()


async def test_free_pieces_are_cancelled_without_a_refund(desk: Cashier) -> None:
    order = await desk.sold(Line(1, 1000, 1000), Line(1, 500))
    done = await desk.cancel(order, lines=[piece(1)], expected_total=euros(0))
    assert (done.status_code, done.json()["refund"]) == (201, None)


async def test_pieces_of_an_order_without_stock_do_not_go_back_on_the_shelf(desk: Cashier) -> None:
    order = await desk.sold(attention="paid_without_stock")
    done = (await desk.cancel(order)).json()
    assert (done["restock"], done["refund"]["total"]) == (False, euros(TOTAL))
    assert await desk.value("select count(*) from restocks") == 0


async def test_nothing_is_cancelled_if_the_refund_is_another(desk: Cashier) -> None:
    order = await desk.sold()
    refused = await desk.cancel(order, expected_total=euros(TOTAL - 1))
    assert (refused.status_code, refused.json()["type"]) == (409, "refund-changed")
    assert await desk.timeline(order) == ["placed"]
    assert await desk.value("select count(*) from line_progress") == 0


async def test_the_same_key_cancels_once(desk: Cashier) -> None:
    order = await desk.sold()
    first = await desk.cancel(order, key="one", lines=[piece(1)])
    await desk.execute(
        "update idempotency set status = null, headers = null, body = null, claimed_until = now() where key = 'one'"
    )
    again = await desk.cancel(order, key="one", lines=[piece(1)])
    assert (again.status_code, again.json()) == (201, first.json())
    assert await desk.paid_back(order) == [(1, 0, 1)]


async def test_who_may_not_give_money_back_cancels_without_it(desk: Cashier) -> None:
    order = await desk.sold()
    clerk = desk.service.token(UUID(int=8), scopes=("orders:write",))
    path, key = f"/api/v1/admin/orders/{order}/cancellations", {"Idempotency-Key": str(uuid4())}
    body = {"reason": "other", "restock": True, "refund": True}
    refused = await desk.service.client.post(path, json=body, headers={**clerk, **key})
    assert (refused.status_code, refused.json()["type"]) == (403, "forbidden")
    done = await desk.service.client.post(path, json={**body, "refund": False}, headers={**clerk, **key})
    assert done.status_code == 201


async def test_an_order_that_is_not_paid_is_ended_and_not_cancelled_so(desk: Cashier) -> None:
    order = await desk.sold(status="stock_committed", payment="authorised")
    refused = await desk.cancel(order)
    assert (refused.status_code, refused.json()["order_status"]) == (409, "stock_committed")
    assert (await desk.preview(order, whole=True)).json()["type"] == "order-not-refundable"
    assert await desk.states(order) == ("authorised", "unfulfilled", "open")


async def test_a_parcel_that_is_cancelled_after_its_pieces_were_paid_back(desk: Cashier) -> None:
    """They are not sent again."""
    order = await desk.sold()
    parcel = await desk.sent(order, p1=3)
    await desk.refunded(order, lines=[piece(1, 2)])
    await desk.parcel(order, parcel, "cancel")
    assert await desk.paid_back(order) == [(2, 0, 2)]
    assert (await desk.ask("GET", f"{order}/parcels")).json()["left"] == [piece(1), piece(2)]
    await desk.books()


async def test_an_order_is_put_away_and_taken_out(desk: Cashier) -> None:
    order = await desk.sold()
    for step in ("archive", "archive"):
        assert (await desk.ask("POST", f"{order}/{step}")).status_code == 204
    assert (await desk.states(order))[2] == "archived"
    for step in ("unarchive", "unarchive"):
        assert (await desk.ask("POST", f"{order}/{step}")).status_code == 204
    assert (await desk.states(order))[2] == "open"
    assert (await desk.timeline(order))[1:] == ["archived", "unarchived"]
    moving = await desk.sold(status="authorised", payment="authorised")
    refused = await desk.ask("POST", f"{moving}/archive")
    assert (refused.status_code, refused.json()["type"]) == (409, "order-not-archivable")
    assert (await desk.ask("POST", f"{uuid4()}/archive")).status_code == 404


async def test_disputes_are_counted_once_each(desk: Cashier) -> None:
    order = await desk.sold()
    for _ in range(2):
        await desk.tell(
            "disputed", order, dispute_id="du_1", amount=TOTAL, reason="fraudulent", status="needs_response"
        )
    await desk.tell("disputed", order, dispute_id="du_2", amount=100, reason="")
    assert (await desk.states(order))[0] == "disputed"
    assert await desk.value("select disputes from order_progress where order_id = $1", order) == 2
    for _ in range(2):
        await desk.tell("dispute_closed", order, dispute_id="du_1", amount=TOTAL, outcome="lost")
    assert await desk.value("select disputes from order_progress where order_id = $1", order) == 1
    # Lost, then won after all; and one whose beginning was never told.
    await desk.tell("dispute_closed", order, dispute_id="du_1", amount=TOTAL, outcome="won")
    await desk.tell("dispute_closed", order, dispute_id="du_3", amount=1, outcome="won")
    await desk.tell("disputed", order, dispute_id="du_3", amount=1, reason="")
    await desk.tell("dispute_closed", order, dispute_id="du_2", amount=100, outcome="won")
    assert (await desk.states(order))[0] == "paid"
    outcomes = await desk.rows("select dispute_id, outcome from order_disputes order by 1")
    assert [tuple(row.values()) for row in outcomes] == [("du_1", "won"), ("du_2", "won"), ("du_3", "won")]
    assert (await desk.timeline(order))[1:] == ["disputed"] * 2 + ["dispute_closed"] * 4


BAD: list[tuple[dict[str, Any], str]] = [
    ({"lines": [piece(0)]}, "lines.0.position"),
    ({"lines": [piece(1, 0)]}, "lines.0.quantity"),
    ({"lines": [piece(1, 1000)]}, "lines.0.quantity"),
    ({"lines": [piece(1), piece(1)]}, "body"),
    ({"lines": [piece(1)] * 51}, "lines"),
    ({"whole": True, "amount": euros(1)}, "body"),
    ({"restock": True}, "body"),
    ({"amount": euros(-1)}, "amount.amount"),
    ({"amount": euros(2**63)}, "amount.amount"),
    ({"amount": {"amount": 1, "currency": "USD"}}, "amount.currency"),
    ({"shipping": {"amount": 1, "currency": "USD"}}, "shipping.currency"),
    ({"amount": euros(10), "fee": 1}, "fee"),
]


async def test_a_hostile_refund_is_refused_by_the_name_of_its_field(desk: Cashier) -> None:
    order = await desk.sold()
    for wish, field in BAD:
        answer = await desk.preview(order, **wish)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field), wish
    for wish, field in (
        ({"lines": [piece(1, 4)]}, "lines.0.quantity"),
        ({"lines": [piece(2), piece(3)]}, "lines.1.quantity"),
        ({"shipping": euros(491)}, "shipping.amount"),
        ({"amount": euros(TOTAL + 1)}, "amount.amount"),
        ({"amount": euros(2**62)}, "amount.amount"),
    ):
        answer = await desk.preview(order, **wish)
        assert (answer.status_code, answer.json()["type"]) == (409, "refund-exceeds")
        assert answer.json()["errors"][0]["field"] == field
        assert answer.json()["left"]["amount"] == TOTAL
    for note in ("", "x" * 501, "nul\x00"):
        assert (await desk.refund(order, 1, amount=euros(1), note=note)).status_code == 422
    assert (await desk.cancel(order, lines=[])).status_code == 422
    assert (await desk.cancel(order, lines=[piece(1), piece(1)])).status_code == 422
    assert (await desk.cancel(order, refund=False, expected_total=euros(1))).status_code == 422
    assert await desk.timeline(order) == ["placed"]
    gone = uuid4()
    assert [
        (await desk.preview(gone, whole=True)).status_code,
        (await desk.refund(gone, 1, whole=True)).status_code,
        (await desk.cancel(gone)).status_code,
    ] == [404, 404, 404]


@pytest.mark.parametrize("scopes", [(), ("orders:read", "orders:write"), ("orders:read", "payments:write")])
async def test_who_may_not_give_money_back_is_refused(desk: Cashier, scopes: tuple[str, ...]) -> None:
    order = await desk.sold()
    who = {**desk.service.token(UUID(int=8), scopes=scopes), "Idempotency-Key": str(uuid4())}
    for path in ("refunds/previews", "refunds"):
        answer = await desk.service.client.post(f"/api/v1/admin/orders/{order}/{path}", json={}, headers=who)
        assert (answer.status_code, answer.json()["type"]) == (403, "forbidden")
