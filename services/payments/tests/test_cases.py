"""Refunds and disputes made at Stripe, and its warnings: the history shows them, staff are told, the books stay."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from chassis.testing import eventually
from chassis.testing.mailbox import Mailbox
from payments.provider import stripe_case_payloads, stripe_payloads
from payments.tests.conftest import STAFF
from payments.tests.double import signed
from payments.tests.shop import CAPTURE_ENTRIES, REFUND_ENTRIES, Shop, shuffled
from payments.tests.stripe_front import StripeProxy

Watched = tuple[Shop, StripeProxy, Mailbox]


async def captured(shop: Shop) -> tuple[UUID, str]:
    """A captured payment's order, and its intent."""
    order_id = await shop.authorised()
    await shop.ask(order_id, "capture")
    await shop.becomes(order_id, "captured")
    return order_id, shop.double.intent(order_id)["id"]


async def told(shop: Shop, name: str, kinds: set[str], times: int = 1, *, events: int = 1) -> None:
    """Events about an object, of each kind so many at least, are dealt with, each so often and shuffled."""

    def sent_all() -> bool:
        return all(len(shop.listener.about(name, kind)) >= events for kind in kinds)

    await eventually(sent_all, what=str(kinds))
    for sent in shuffled(shop.listener.about(name), times, 7):
        assert (await shop.deliver(sent)).status_code == 200

    async def done() -> bool:
        return not await shop.rows("select from provider_events where applied_at is null")

    await eventually(done, timeout=60, what="all events dealt with")


async def detail(shop: Shop, order_id: UUID) -> dict[str, Any]:
    (row,) = (await shop.staff(f"/payments?order_id={order_id}")).json()["items"]
    return (await shop.staff(f"/payments/{row['id']}")).json()


@pytest.mark.parametrize("payload", ["snapshot", "thin"])
async def test_a_refund_in_the_dashboard_is_seen_and_told_once(watched: Watched, payload: str):
    shop, _, mailbox = watched
    order_id, intent_id = await captured(shop)
    shop.double.control("destination", payload=payload)
    refund = shop.double.control("refunds", payment_intent=intent_id, amount=1200)
    await told(shop, refund["id"], {f"{'v1.' if payload == 'thin' else ''}refund.created"}, times=4)
    found = await detail(shop, order_id)
    (case,) = found["cases"]
    assert (case["id"], case["kind"], case["status"]) == (refund["id"], "refund", "succeeded")
    assert case["amount"] == {"amount": 1200, "currency": "EUR"}
    assert any(message["type"].endswith("refund.created") for message in found["history"])
    assert await shop.status(order_id) == "captured"
    assert await shop.entries(order_id) == CAPTURE_ENTRIES + REFUND_ENTRIES
    await eventually(lambda: mailbox.to(STAFF))
    (mail,) = mailbox.to(STAFF)
    assert mail["Subject"] == "A refund at Stripe of 12.00 EUR is succeeded"
    assert "Ledger and order follow it" in mail.get_content()
    kind, data = (await shop.facts(order_id))[-1]
    assert (kind, data["origin"], data["amount"], data["refunded"]) == ("payment.refunded", "provider", 1200, 1200)
    assert found["id" if "id" in found else "payment_id"] in mail.get_content()
    assert [row["order_id"] for row in (await shop.staff("/payments?case=refund")).json()["items"]] == [str(order_id)]
    assert (await shop.staff("/payments?case=dispute")).json()["items"] == []


async def test_a_refund_known_by_its_charge_alone_and_failing_later(watched: Watched):
    shop, _, mailbox = watched
    order_id, intent_id = await captured(shop)
    shop.double.control("destination", events=["charge.refunded", "refund.updated", "refund.failed"])
    refund = shop.double.control("refunds", payment_intent=intent_id)
    await told(shop, intent_id, {"charge.refunded"})
    assert [case["status"] for case in (await detail(shop, order_id))["cases"]] == ["succeeded"]
    shop.double.control(f"refunds/{refund['id']}", status="failed")
    await told(shop, refund["id"], {"refund.failed"}, times=2)
    (case,) = (await detail(shop, order_id))["cases"]
    assert (case["status"], case["reason"]) == ("failed", "unknown")
    await eventually(lambda: len(mailbox.to(STAFF)) == 2)


@pytest.mark.parametrize("seed", range(2))
async def test_a_dispute_is_told_with_its_deadline_and_its_end(watched: Watched, seed: int):
    shop, _, mailbox = watched
    order_id, intent_id = await captured(shop)
    dispute = shop.double.control("disputes", payment_intent=intent_id, reason="product_not_received")
    due = datetime.fromtimestamp(dispute["evidence_details"]["due_by"], UTC)
    await told(shop, dispute["id"], {"charge.dispute.created", "charge.dispute.funds_withdrawn"}, times=2 + seed)
    (case,) = (await detail(shop, order_id))["cases"]
    assert (case["kind"], case["status"], case["reason"]) == ("dispute", "needs_response", "product_not_received")
    assert datetime.fromisoformat(case["due_by"]) == due
    await eventually(lambda: mailbox.to(STAFF))
    text = mailbox.to(STAFF)[0].get_content()
    assert f"TO BE ANSWERED BY {due:%Y-%m-%d %H:%M} UTC" in text
    assert "product not received" in text
    shop.double.control(f"disputes/{dispute['id']}", status="won")
    await told(shop, dispute["id"], {"charge.dispute.closed", "charge.dispute.funds_reinstated"}, times=2)
    assert [each["status"] for each in (await detail(shop, order_id))["cases"]] == ["won"]
    await eventually(lambda: len(mailbox.to(STAFF)) == 2)
    assert (await shop.entries(order_id))[:2] == CAPTURE_ENTRIES
    # An answer to a question that was asked before changes nothing any more.
    await told(shop, dispute["id"], {"charge.dispute.created"})
    assert [each["status"] for each in (await detail(shop, order_id))["cases"]] == ["won"]


async def test_a_fraud_warning_is_shown_and_mailed_to_staff(watched: Watched):
    shop, _, mailbox = watched
    order_id, intent_id = await captured(shop)
    warning = shop.double.control("warnings", payment_intent=intent_id)
    await told(shop, warning["id"], {"radar.early_fraud_warning.created"}, times=3)
    (case,) = (await detail(shop, order_id))["cases"]
    assert (case["kind"], case["status"], case["amount"]["amount"]) == ("fraud_warning", "actionable", 4200)
    await eventually(lambda: mailbox.to(STAFF))
    assert [mail["Subject"] for mail in mailbox.to(STAFF)] == ["A bank warns of fraud in a payment of 42.00 EUR"]


async def test_a_refund_by_our_own_cancellation_is_no_case(watched: Watched):
    shop, _, mailbox = watched
    order_id = await shop.authorised()
    intent_id = shop.double.intent(order_id)["id"]
    await shop.ask(order_id, "void")
    await shop.becomes(order_id, "cancelled")
    await told(shop, intent_id, {"charge.refunded"})
    assert (await detail(shop, order_id))["cases"] == []
    assert mailbox.to(STAFF) == []


async def test_a_dispute_during_an_outage_of_stripe_is_read_afterwards(watched: Watched):
    shop, front, _ = watched
    order_id, intent_id = await captured(shop)
    dispute = shop.double.control("disputes", payment_intent=intent_id)
    await eventually(lambda: shop.listener.about(dispute["id"]))
    front.answer = (500, b"{}")
    asked = len(front.calls)
    assert (await shop.deliver(shop.listener.about(dispute["id"])[0])).status_code == 200
    await eventually(lambda: len(front.calls) > asked)
    assert (await detail(shop, order_id))["cases"] == []
    front.answer = None

    async def seen() -> bool:
        return bool((await detail(shop, order_id))["cases"])

    await eventually(seen, timeout=60)


async def test_refunds_of_another_payment_are_not_applied_and_too_much_is_marked(watched: Watched):
    shop, front, _ = watched
    order_id, intent_id = await captured(shop)
    refund = shop.double.control("refunds", payment_intent=intent_id, amount=4000)
    await told(shop, refund["id"], {"refund.created"})
    too_much = (
        b'{"object":"refund","id":"re_%d","created":1,"status":"succeeded","payment_intent":"%s",'
        b'"currency":"%s","amount":%d}'
    )
    strange = [(1, b"eur", 9000), (2, b"usd", 100), (3, b"eur", 4000)]
    for number, currency, amount in strange:
        front.answer, front.only = (200, too_much % (number, intent_id.encode(), currency, amount)), "retrieve"
        event = {"id": f"evt_{number}", "object": "event", "type": "refund.created"}
        await shop.deliver(signed({**event, "data": {"object": {"object": "refund", "id": f"re_{number}"}}}))
        await eventually(partial(_outcome, shop, f"evt_{number}"))
    outcomes = [await _outcome(shop, f"evt_{number}") for number, _, _ in strange]
    assert outcomes == ["mismatched", "mismatched", "mismatched"]
    found = await detail(shop, order_id)
    assert [case["amount"]["amount"] for case in found["cases"]] == [4000]
    assert found["attention"] == "refunds_exceed"
    assert "refunds of 80.00 EUR, and only 42.00 EUR was captured" in found["attention_detail"]


async def _outcome(shop: Shop, event_id: str) -> str | None:
    rows = await shop.rows("select outcome from provider_events where id = $1", event_id)
    return rows[0]["outcome"] if rows else None


async def test_an_unknown_refund_or_dispute_is_unmatched(shop: Shop):
    about = {"refund.created": ("refund", "re_none"), "charge.dispute.created": ("dispute", "du_none")}
    for kind, (of_type, name) in about.items():
        event = {"id": f"evt_{name}", "object": "event", "type": kind}
        await shop.deliver(signed({**event, "data": {"object": {"object": of_type, "id": name}}}))
    await shop.applied(2)
    assert [row["outcome"] for row in await shop.rows("select outcome from provider_events")] == ["unmatched"] * 2


async def test_personal_data_of_an_event_are_not_stored(shop: Shop):
    subject = {
        "object": "charge",
        "id": "ch_1",
        "receipt_email": "ada@example.com",
        "billing_details": {"name": "Ada"},
        "refunds": {"data": [{"shipping": {"name": "Ada"}, "id": "re_1"}]},
        "payment_method_details": {"card": {"brand": "visa", "last4": "4242"}, "type": "card"},
        "last_payment_error": {"payment_method": {"id": "pm_1", "sepa_debit": {"last4": "3000"}}},
    }
    await shop.deliver(
        signed({"id": "evt_1", "object": "event", "type": "charge.updated", "data": {"object": subject}})
    )
    (row,) = await shop.rows("select payload::text as payload from provider_events")
    assert "Ada" not in row["payload"]
    assert "ada@" not in row["payload"]
    assert "last4" not in row["payload"]
    assert "re_1" in row["payload"]
    assert "pm_1" in row["payload"]


@pytest.mark.parametrize(
    "document",
    [
        {"id": "re_1", "object": "charge", "created": 1},
        {"id": "re_1", "object": "refund"},
        {"id": "re_1", "object": "refund", "created": 10**18},
        {"id": "re_1", "object": "refund", "created": "now"},
    ],
)
def test_an_invalid_answer_about_a_case_is_refused(document: dict[str, Any]):
    with pytest.raises(stripe_payloads.Unreadable):
        stripe_case_payloads.case_of("refund", document)
