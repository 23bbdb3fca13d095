"""Disputes: their money is booked once whatever is told in whatever order, orders learns of them, staff answer them."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest

from chassis.testing import eventually
from chassis.testing.mailbox import Mailbox
from payments import metrics
from payments.disputes import count_disputes
from payments.tests.shop import CAPTURE_ENTRIES, Shop
from payments.tests.stripe_front import StripeProxy
from payments.tests.test_cases import captured, told

Fronted = tuple[Shop, StripeProxy]
OPENED = {"charge.dispute.created", "charge.dispute.funds_withdrawn"}
TAKEN = [
    ("disputes", "debit", 4200, "EUR"),
    ("provider_receivable", "credit", 4200, "EUR"),
    ("provider_fees", "debit", 2000, "EUR"),
    ("provider_receivable", "credit", 2000, "EUR"),
]
GIVEN_BACK = [("provider_receivable", "debit", 4200, "EUR"), ("disputes", "credit", 4200, "EUR")]


def movement(number: int, amount: int, fee: int) -> dict[str, Any]:
    """As the list in a dispute holds it."""
    return {
        "id": f"txn_{number}",
        "object": "balance_transaction",
        "amount": amount,
        "currency": "eur",
        "created": 1_795_000_000 + number,
        "fee": fee,
        "type": "adjustment",
        "reporting_category": "dispute" if amount < 0 else "dispute_reversal",
        "source": "du_1",
    }


def answer(shop: Shop, front: StripeProxy, dispute_id: str, *movements: dict[str, Any], **given: Any) -> None:
    """What Stripe answers about a dispute from now on: as the double has it, with these movements."""
    url = f"{shop.double.url}/v1/disputes/{dispute_id}"
    document = httpx.get(url, headers={"Authorization": "Bearer sk_test_payments_tests"}).raise_for_status().json()
    front.answer = (200, msgspec.json.encode({**document, **given, "balance_transactions": list(movements)}))
    front.only = "retrieve"


async def disputed(shop: Shop, front: StripeProxy) -> tuple[UUID, str]:
    """A captured payment's order, and the dispute of it, whose money was withdrawn."""
    order_id, intent_id = await captured(shop)
    dispute = shop.double.control("disputes", payment_intent=intent_id, reason="product_not_received")
    answer(shop, front, dispute["id"], movement(1, -4200, 2000))
    await told(shop, dispute["id"], OPENED, times=2)
    return order_id, dispute["id"]


async def beyond_capture(shop: Shop, order_id: UUID) -> list[tuple[str, str, int, str]]:
    entries = await shop.entries(order_id)
    assert entries[:2] == CAPTURE_ENTRIES
    return sorted(entries[2:])


async def about_disputes(shop: Shop, order_id: UUID) -> list[tuple[str, dict[str, Any]]]:
    return [each for each in await shop.facts(order_id) if "disput" in each[0]]


async def staff(shop: Shop, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
    headers = shop.app.token(scopes=("payments:write",))
    return await shop.app.client.post(f"/api/v1/admin/disputes/{path}", json=body, headers=headers)


async def test_a_dispute_takes_its_money_and_fee_and_a_won_one_gives_the_money_back(fronted: Fronted):
    shop, front = fronted
    order_id, dispute_id = await disputed(shop, front)
    assert await beyond_capture(shop, order_id) == sorted(TAKEN)
    ((kind, fact),) = await about_disputes(shop, order_id)
    assert kind == "payment.disputed"
    assert {**fact, "due_by": fact["due_by"][:2]} == {
        "order_id": str(order_id),
        "dispute_id": dispute_id,
        "amount": 4200,
        "currency": "EUR",
        "reason": "product_not_received",
        "status": "needs_response",
        "due_by": "20",
    }
    shop.double.control(f"disputes/{dispute_id}", status="won")
    answer(shop, front, dispute_id, movement(1, -4200, 2000), movement(2, 4200, 0))
    await told(shop, dispute_id, {"charge.dispute.closed", "charge.dispute.funds_reinstated"}, times=2)
    assert await beyond_capture(shop, order_id) == sorted(TAKEN + GIVEN_BACK)
    assert [kind for kind, _ in await about_disputes(shop, order_id)] == ["payment.disputed", "payment.dispute_closed"]
    closed = (await about_disputes(shop, order_id))[-1][1]
    assert (closed["outcome"], closed["amount"], closed["dispute_id"]) == ("won", 4200, dispute_id)
    await shop.books_show(0.0)


async def test_a_lost_dispute_stays_booked_and_a_late_victory_is_told(fronted: Fronted):
    shop, front = fronted
    order_id, dispute_id = await disputed(shop, front)
    for number, status in enumerate(("lost", "won")):
        shop.double.control(f"disputes/{dispute_id}", status=status)
        back = [movement(2, 4200, -2000)] * number  # Stripe gives the fee back, too
        answer(shop, front, dispute_id, movement(1, -4200, 2000), *back)
        await told(shop, dispute_id, {"charge.dispute.closed"}, events=number + 1)
        assert (await about_disputes(shop, order_id))[-1][1]["outcome"] == status
    fee = [("provider_receivable", "debit", 2000, "EUR"), ("provider_fees", "credit", 2000, "EUR")]
    assert await beyond_capture(shop, order_id) == sorted(TAKEN + GIVEN_BACK + fee)


async def test_an_inquiry_takes_no_money_and_a_dispute_first_seen_closed_is_told_whole(fronted: Fronted):
    shop, front = fronted
    order_id, intent_id = await captured(shop)
    dispute = shop.double.control("disputes", payment_intent=intent_id)
    answer(shop, front, dispute["id"], status="warning_closed")
    await told(shop, dispute["id"], {"charge.dispute.created"})
    assert await beyond_capture(shop, order_id) == []
    facts = await about_disputes(shop, order_id)
    assert [kind for kind, _ in facts] == ["payment.disputed", "payment.dispute_closed"]
    assert facts[-1][1]["outcome"] == "won"


@pytest.mark.parametrize("round_", range(2))
async def test_all_that_is_told_of_a_dispute_at_once_is_booked_and_told_once(fronted: Fronted, round_: int):
    shop, front = fronted
    order_id, intent_id = await captured(shop)
    dispute = shop.double.control("disputes", payment_intent=intent_id)
    answer(shop, front, dispute["id"], movement(1, -4200, 2000), movement(2, 4200, 0), status="won")
    shop.double.control(f"disputes/{dispute['id']}", status="won")
    # Each event is delivered by many at once; each has a job that looks the dispute up.
    await told(shop, dispute["id"], {"charge.dispute.closed"}, times=1 + round_)
    sent = shop.listener.about(dispute["id"])
    await asyncio.gather(*(shop.deliver(each) for each in sent * 3))
    assert await beyond_capture(shop, order_id) == sorted(TAKEN + GIVEN_BACK)
    assert [kind for kind, _ in await about_disputes(shop, order_id)] == ["payment.disputed", "payment.dispute_closed"]


async def test_the_list_the_deadline_and_the_bookings(fronted: Fronted):
    shop, front = fronted
    order_id, dispute_id = await disputed(shop, front)
    _, intent_id = await captured(shop)
    front.answer = None
    warning = shop.double.control("warnings", payment_intent=intent_id)
    await told(shop, warning["id"], {"radar.early_fraud_warning.created"})
    items = (await shop.staff("/disputes")).json()["items"]
    assert [item["id"] for item in items] == [warning["id"], dispute_id]
    first = (await shop.staff("/disputes?limit=1")).json()
    assert [item["id"] for item in first["items"]] == [warning["id"]]
    rest = (await shop.staff(f"/disputes?cursor={first['next_cursor']}")).json()
    assert [item["id"] for item in rest["items"]] == [dispute_id]
    for query, expected in {
        "kind=dispute": [dispute_id],
        "kind=fraud_warning": [warning["id"]],
        "open=true": [warning["id"], dispute_id],
        "open=false": [],
        "kind=dispute&open=true": [dispute_id],
    }.items():
        found = (await shop.staff(f"/disputes?{query}")).json()["items"]
        assert [item["id"] for item in found] == expected, query
    shown = (await shop.staff(f"/disputes/{dispute_id}")).json()
    assert (shown["order_id"], shown["answerable"], shown["outcome"]) == (str(order_id), True, None)
    assert shown["due_by"] is not None
    assert sorted((line["kind"], line["reference"]) for line in shown["ledger"]) == [
        *[("dispute", "txn_1")] * 2,
        *[("fee", "txn_1")] * 2,
    ]
    shown = (await shop.staff(f"/disputes/{warning['id']}")).json()
    assert (shown["kind"], shown["answerable"], shown["ledger"]) == ("fraud_warning", False, [])


async def test_disputes_are_counted_by_their_deadline(fronted: Fronted):
    shop, front = fronted
    await count_disputes(shop.app.ctx)
    assert [metrics.disputes_open.value(), metrics.disputes_due.value("soon")] == [0, 0]
    _, dispute_id = await disputed(shop, front)
    await count_disputes(shop.app.ctx)
    assert [metrics.disputes_open.value(), metrics.disputes_due.value("soon")] == [1, 0]
    for left, soon, over in (("71 hours", 1, 0), ("-1 second", 0, 1)):
        await shop.rows("update provider_cases set due_by = now() + $1::text::interval where id = $2", left, dispute_id)
        await count_disputes(shop.app.ctx)
        assert [metrics.disputes_due.value("soon"), metrics.disputes_due.value("over")] == [soon, over]
    await shop.rows("update provider_cases set status = 'under_review'")
    await count_disputes(shop.app.ctx)
    assert [metrics.disputes_open.value(), metrics.disputes_due.value("over")] == [1, 0]


async def test_staff_are_told_what_to_do(watched: tuple[Shop, StripeProxy, Mailbox]):
    shop, _, mailbox = watched
    _, intent_id = await captured(shop)
    dispute_id = shop.double.control("disputes", payment_intent=intent_id)["id"]
    await told(shop, dispute_id, {"charge.dispute.created"})
    (mail,) = await eventually(lambda: mailbox.to("staff@mercat.example"))
    assert f"/api/v1/admin/disputes/{dispute_id}/evidence" in mail.get_content()
