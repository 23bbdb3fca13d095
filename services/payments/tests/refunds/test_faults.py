"""Whatever happens to a call at Stripe, a refund is one transfer: a timeout is an unknown, not a failure."""

from __future__ import annotations

from uuid import UUID

import msgspec
import pytest

from chassis.testing import eventually
from chassis.testing.mailbox import Mailbox
from chassis.values import uuid7
from payments.tests.conftest import STAFF
from payments.tests.shop import CAPTURE_ENTRIES, REFUND_ENTRIES, Shop
from payments.tests.stripe_front import StripeProxy

Watched = tuple[Shop, StripeProxy, Mailbox]
Fronted = tuple[Shop, StripeProxy]
FORBIDDEN = (403, msgspec.json.encode({"error": {"type": "invalid_request_error", "message": "The key may not."}}))


async def ended_once(shop: Shop, order_id: UUID, refund_id: UUID) -> None:
    """The refund succeeds, by however many tries, as one transfer, one booking and one event."""
    await shop.refund_succeeds(refund_id)
    assert [each["amount"] for each in shop.double.refunds(order_id)] == [1200]
    assert await shop.entries(order_id) == CAPTURE_ENTRIES + REFUND_ENTRIES
    assert [kind for kind, _ in await shop.facts(order_id)].count("payment.refunded") == 1


async def test_a_call_that_failed_or_was_cut_is_repeated_to_one_transfer(shop: Shop):
    for fault in ("fail_before_commit", "fail_after_commit", "reset_after_commit", "rate_limit", "lock_timeout"):
        order_id, refund_id = await shop.captured(), uuid7()
        shop.double.faults(**{fault: 1}, operation="refund")
        answer = await shop.refund(order_id, 1200, refund_id)
        assert (answer.status_code, answer.json()["status"]) == (202, "pending"), fault
        await ended_once(shop, order_id, refund_id)
        shop.double.faults()


@pytest.mark.parametrize("after", [True, False])
async def test_a_key_that_stripe_has_spent_is_replaced_after_the_refunds_were_looked_through(
    fronted: Fronted, *, after: bool
):
    shop, front = fronted
    order_id, refund_id = await shop.captured(), uuid7()
    front.breaks, front.after = "refund", after
    await shop.refund(order_id, 1200, refund_id)
    await eventually(lambda: front.calls.count("refund") == 1, what="the first call")
    await ended_once(shop, order_id, refund_id)
    (row,) = await shop.rows("select key from refunds")
    assert row["key"] == f"refund-{refund_id}.2"
    assert front.calls.count("refunds") == 1
    assert front.calls.count("refund") == (2 if after else 3)


@pytest.mark.parametrize("made", [True, False])
async def test_a_key_that_stripe_may_have_deleted_is_not_used_again(fronted: Fronted, *, made: bool):
    shop, front = fronted
    order_id, refund_id = await shop.captured(), uuid7()
    shop.double.faults(**{"fail_after_commit" if made else "fail_before_commit": 1}, operation="refund")
    await shop.refund(order_id, 1200, refund_id)
    await eventually(lambda: front.calls.count("refund") == 1, what="the call")
    await shop.tampered("update refunds set key_at = key_at - interval '23 hours 1 minute'")
    front.calls.clear()
    await ended_once(shop, order_id, refund_id)
    assert front.calls.count("refunds") == 1
    assert front.calls.count("refund") == (not made)


async def test_without_the_right_to_refund_staff_are_told_and_the_refund_waits(watched: Watched):
    shop, front, mailbox = watched
    order_id, refund_id = await shop.captured(), uuid7()
    front.answer, front.only = FORBIDDEN, "refund"
    assert (await shop.refund(order_id, 1200, refund_id)).json()["status"] == "pending"
    await eventually(lambda: mailbox.to(STAFF), what="the mail")
    for _ in range(2):
        await shop.refunds_reconciled()
    assert [mail["Subject"] for mail in mailbox.to(STAFF)] == ["Stripe refuses to make refunds"]
    assert "Charges and Refunds" in mailbox.to(STAFF)[0].get_content()
    front.answer = None
    await ended_once(shop, order_id, refund_id)


async def test_a_refusal_of_what_was_made_before_is_no_failure(fronted: Fronted):
    """As after a lost answer, whose key Stripe does not know any more: all is refunded, and by us."""
    shop, front = fronted
    order_id, refund_id = await shop.captured(), uuid7()
    front.answers = [(504, b"{}")]
    await shop.refund(order_id, 4200, refund_id)
    await eventually(lambda: front.calls.count("refund") == 1, what="the lost call")
    intent = shop.double.intent(order_id)["id"]
    made = shop.double.post("refunds", payment_intent=intent, **{"metadata[refund_id]": str(refund_id)})
    await shop.refund_succeeds(refund_id)
    assert [each["id"] for each in shop.double.refunds(order_id)] == [made["id"]]


async def test_an_unreadable_answer_is_an_unknown(fronted: Fronted):
    shop, front = fronted
    order_id, refund_id = await shop.captured(), uuid7()
    front.answers = [(200, b'{"object": "refund", "id": 7}')]
    await shop.refund(order_id, 1200, refund_id)
    await eventually(lambda: front.calls.count("refund") == 1, what="the call")
    await ended_once(shop, order_id, refund_id)
