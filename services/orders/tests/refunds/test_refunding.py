"""Staff give money back: what they were shown, once, and never more than is left."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from orders.tests.refunds.cashier import TOTAL, Cashier, Line, euros, piece


async def test_a_preview_shows_what_a_refund_gives_back_and_writes_nothing(desk: Cashier) -> None:
    order = await desk.sold()
    shown = (await desk.preview(order, lines=[piece(1, 2)], shipping=euros(245), amount=euros(100))).json()
    # 1800 for 2 pieces, 245 of shipping, and 100 over what is left: 900, 1000 and 245.
    first, second = shown["lines"]
    assert (first["position"], first["quantity"], first["discount"]) == (1, 2, euros(200))
    assert (first["gross"], second["gross"], shown["shipping"]) == (euros(1842), euros(47), euros(256))
    assert (second["quantity"], second["net"], second["tax"]) == (0, euros(39), euros(8))
    assert first["net"]["amount"] + first["tax"]["amount"] == first["gross"]["amount"]
    assert (shown["total"], shown["adjustment"], shown["cancelled"]) == (euros(2145), euros(0), [piece(1, 2)])
    assert shown["left"] == {
        "total": euros(TOTAL),
        "shipping": euros(490),
        "lines": [{**piece(1, 3), "gross": euros(2700)}, {**piece(2, 1), "gross": euros(1000)}],
    }
    assert await desk.value("select count(*) from refunds") == 0
    assert await desk.timeline(order) == ["placed"]


async def test_a_refund_by_piece_is_requested_then_refunded(desk: Cashier) -> None:
    order = await desk.sold()
    await desk.sent(order, p1=3)
    made = await desk.refunded(order, lines=[piece(1)])
    assert (made["status"], made["total"], made["tax"], made["origin"]) == ("requested", euros(900), euros(143), "shop")
    assert made["created_by"] == str(desk.account_id)
    assert (await desk.money(order), await desk.states(order)) == ((0, 900), ("paid", "partly_fulfilled", "open"))
    await desk.accept(order, made)
    assert (await desk.money(order), await desk.states(order)) == (
        *((900, 0),),
        ("partly_refunded", "partly_fulfilled", "open"),
    )
    listed = (await desk.ask("GET", f"{order}/refunds")).json()
    assert [(each["id"], each["status"]) for each in listed["items"]] == [(made["id"], "refunded")]
    assert await desk.timeline(order) == ["placed", "parcel_sent", "refund_requested", "refunded"]
    events = await desk.rows("select type, data->>'amount' as amount from outbox where type like 'order.refund%'")
    assert events == [{"type": "order.refunded", "amount": "900"}]
    detail = (await desk.ask("GET", str(order))).json()
    assert (detail["refunded"], detail["history"][2]["actor"]) == (euros(900), str(desk.account_id))
    await desk.books()


async def test_any_parts_sum_up_to_the_total(desk: Cashier) -> None:
    order = await desk.sold()
    for wish in ({"amount": euros(333)}, {"lines": [piece(1)]}, {"shipping": euros(100)}, {"lines": [piece(1)]}):
        await desk.accept(order, await desk.refunded(order, **wish))
    last = await desk.refunded(order, whole=True)
    await desk.accept(order, last)
    assert await desk.money(order) == (TOTAL, 0)
    assert (await desk.states(order))[0] == "refunded"
    notes = "select sum(total) as total, sum(tax) as tax, count(*) as notes from documents where kind = 'credit_note'"
    assert await desk.row(notes) == {"total": TOTAL, "tax": 669, "notes": 5}
    sums = """
    select l.position, sum(f.quantity) = l.quantity and sum(f.gross) = l.charged and sum(f.tax) = l.tax
        and sum(f.discount) = l.discount as exact
    from refund_lines f join order_lines l using (order_id, position) group by l.order_id, l.position order by 1
    """
    assert await desk.rows(sums) == [{"position": 1, "exact": True}, {"position": 2, "exact": True}]
    shipping = await desk.rows("select sum(shipping) as all, sum(shipping_tax) as tax from refunds")
    assert shipping == [{"all": 490, "tax": 78}]
    nothing = await desk.refund(order, whole=True)
    assert (nothing.status_code, nothing.json()["type"]) == (422, "nothing-to-refund")
    await desk.books()


async def test_pieces_that_were_not_sent_are_cancelled_by_their_refund(desk: Cashier) -> None:
    order = await desk.sold()
    await desk.sent(order, p1=1)
    made = await desk.refunded(order, lines=[piece(1, 3, restock=True)])
    assert await desk.paid_back(order) == [(2, 1, 3)]
    assert (await desk.send(order, p1=1)).status_code == 409
    restock = await desk.row("select id, lines from restocks")
    assert (restock["id"], [line["quantity"] for line in restock["lines"]]) == (UUID(made["id"]), [2])
    await desk.fail(order, made)
    # Their money can be given back in another way; they are not sent for that.
    assert await desk.paid_back(order) == [(2, 1, 0)]
    again = await desk.refund(order, lines=[piece(1, 3, restock=True)])
    assert (again.status_code, again.json()["errors"][0]["field"]) == (422, "lines.0.restock")
    await desk.refunded(order, lines=[piece(1, 3)])
    assert await desk.value("select count(*) from restocks") == 1
    assert (await desk.states(order))[1:] == ("partly_fulfilled", "open")
    await desk.books()


async def test_a_refund_of_an_amount_changes_nothing_of_what_is_sent(desk: Cashier) -> None:
    order = await desk.sold()
    made = await desk.refunded(order, amount=euros(TOTAL))
    assert [line["quantity"] for line in made["lines"]] == [0, 0]
    await desk.accept(order, made)
    assert await desk.states(order) == ("refunded", "unfulfilled", "open")
    assert (await desk.refund(order, lines=[piece(1)])).json()["type"] == "nothing-to-refund"


async def test_a_whole_refund_before_anything_is_sent_cancels_the_order(desk: Cashier) -> None:
    order = await desk.sold()
    made = await desk.refunded(order, whole=True, restock=True)
    assert made["total"] == euros(TOTAL)
    assert await desk.states(order) == ("paid", "not_needed", "cancelled")
    assert [line["quantity"] for line in await desk.value("select lines from restocks")] == [3, 1]
    told = await desk.row("select data from outbox where type = 'order.pieces_cancelled'")
    assert (told["data"]["pieces"], told["data"]["whole"]) == (4, True)


async def test_delivered_orders_stay_refundable(desk: Cashier) -> None:
    order = await desk.sold()
    parcel = await desk.sent(order, p1=3, p2=1)
    await desk.parcel(order, parcel, "delivered")
    await desk.accept(order, await desk.refunded(order, whole=True))
    assert await desk.states(order) == ("refunded", "fulfilled", "open")
    assert await desk.value("select count(*) from restocks") == 0


async def test_a_failed_refund_gives_its_part_free_again(desk: Cashier) -> None:
    order = await desk.sold()
    await desk.sent(order, p1=3)
    first, second = await desk.refunded(order, lines=[piece(1)]), await desk.refunded(order, lines=[piece(1, 2)])
    await desk.accept(order, first)
    await desk.fail(order, first)
    await desk.fail(order, second, "refund-exceeds")
    assert (await desk.money(order), await desk.paid_back(order)) == ((0, 0), [(0, 3, 0)])
    shown = (await desk.ask("GET", f"{order}/refunds")).json()["items"]
    assert [(each["status"], each["failure"]) for each in shown] == [
        ("failed", "lost_or_stolen_card"),
        ("failed", "refund-exceeds"),
    ]
    assert (await desk.preview(order)).json()["left"]["total"] == euros(TOTAL)
    notes = await desk.rows("select kind, total from documents where kind <> 'invoice' order by issued_at, kind")
    assert [(row["kind"], row["total"]) for row in notes] == [("credit_note", 900), ("reversal", 900)]
    events = await desk.rows("select type from outbox where type like 'order.refund%' order by version")
    assert [row["type"] for row in events] == ["order.refunded", "order.refund_failed", "order.refund_failed"]
    await desk.books()


async def test_events_count_once_however_often_they_are_told(desk: Cashier) -> None:
    order = await desk.sold()
    made = await desk.refunded(order, amount=euros(500))
    for _ in range(2):
        await desk.accept(order, made)
    assert await desk.money(order) == (500, 0)
    for _ in range(2):
        await desk.fail(order, made)
    assert await desk.money(order) == (0, 0)
    assert (await desk.timeline(order))[1:] == ["refund_requested", "refunded", "refund_failed"]


async def test_the_events_of_an_order_that_is_not_known_are_passed_over(desk: Cashier) -> None:
    lost, refund = uuid4(), {"id": str(uuid4()), "total": euros(5)}
    await desk.accept(lost, refund)
    await desk.fail(lost, refund)
    await desk.tell("disputed", lost, dispute_id="du_1", amount=1)
    await desk.tell("dispute_closed", lost, dispute_id="du_1", amount=1, outcome="won")
    known = await desk.sold()
    await desk.fail(known, refund)
    assert await desk.value("select count(*) from refunds") == 0
    assert await desk.timeline(known) == ["placed"]


async def test_the_rounding_of_an_order_goes_with_its_last_refund(desk: Cashier) -> None:
    order = await desk.sold(Line(2, 1667), currency="KWD", shipping=1791, rounding=5)
    assert (await desk.preview(order)).json()["left"]["total"] == {"amount": 5130, "currency": "KWD"}
    body: dict[str, Any] = {
        "reason": "other",
        "lines": [piece(1)],
        "expected_total": {"amount": 1660, "currency": "KWD"},
    }
    first = (await desk.ask("POST", f"{order}/refunds", body)).json()
    assert (first["total"]["amount"], first["adjustment"]["amount"]) == (1660, -7)
    body = {"reason": "other", "whole": True, "expected_total": {"amount": 3470, "currency": "KWD"}}
    last = (await desk.ask("POST", f"{order}/refunds", body)).json()
    assert (last["total"]["amount"], last["adjustment"]["amount"]) == (3470, 12)
    odd = await desk.preview(order, amount={"amount": 5, "currency": "KWD"})
    assert (odd.status_code, odd.json()["errors"][0]["field"]) == (422, "amount.amount")


async def test_what_staff_saw_is_what_happens(desk: Cashier) -> None:
    order = await desk.sold()
    await desk.refunded(order, amount=euros(1000))
    refused = await desk.refund(order, TOTAL, whole=True)
    assert (refused.status_code, refused.json()["type"]) == (409, "refund-changed")
    assert refused.json()["total"] == euros(TOTAL - 1000)
    assert await desk.value("select count(*) from refunds") == 1


async def test_the_same_key_gives_back_once(desk: Cashier) -> None:
    order = await desk.sold()
    first = await desk.refund(order, 500, key="one", amount=euros(500))
    again = await desk.refund(order, 500, key="one", amount=euros(500))
    assert (again.status_code, again.json()) == (201, first.json())
    await desk.execute(
        "update idempotency set status = null, headers = null, body = null, claimed_until = now() where key = 'one'"
    )
    died = await desk.refund(order, 500, key="one", amount=euros(500))
    assert (died.status_code, died.json()) == (201, first.json())
    assert await desk.money(order) == (0, 500)
    assert (await desk.refund(order, 501, key="one", amount=euros(501))).json()["type"] == "idempotency-key-reused"


async def test_the_owner_sees_what_was_given_back(desk: Cashier) -> None:
    me = uuid4()
    order = await desk.sold(account=me)
    made = await desk.refunded(order, lines=[piece(2)], note="A friend of ours")
    assert made["note"] == "A friend of ours"
    mine = await desk.ask("GET", f"{order}/refunds", headers=desk.service.token(me))
    (shown,) = mine.json()["items"]
    assert (shown["id"], shown["status"], shown["total"]) == (made["id"], "requested", euros(1000))
    assert "friend" not in mine.text
    assert (await desk.ask("GET", f"{order}/refunds", headers=desk.service.token(uuid4()))).status_code == 404
    assert (await desk.ask("GET", f"{uuid4()}/refunds")).status_code == 404
