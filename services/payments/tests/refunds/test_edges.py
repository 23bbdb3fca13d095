"""Refunds that meet each other, an outage, or a payment that is not as it should be."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace

from chassis.problems import Unavailable
from chassis.resilience import failpoints
from chassis.testing import eventually
from chassis.testing.mailbox import Mailbox
from chassis.values import uuid7
from payments.provider import Refused
from payments.refunds.store import refunds
from payments.refunds.usecases import settle_refund as settling
from payments.refunds.usecases.apply_refund_event import apply_refund_event
from payments.tests.double import signed
from payments.tests.shop import CAPTURE_ENTRIES, Shop
from payments.tests.stripe_front import BROKEN, StripeProxy


async def test_a_refund_that_fits_after_another_failed_is_made(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    order_id, first, second = await shop.captured(), uuid7(), uuid7()
    await shop.refund(order_id, 4200, first)
    await shop.refund_becomes(first, "succeeded")
    tried, go_on = asyncio.Event(), asyncio.Event()

    async def held(name: str) -> None:
        if name == "payments.refund_not_begun":
            tried.set()
            await go_on.wait()

    with monkeypatch.context() as patch:
        patch.setattr(failpoints, "point", held)
        asked = asyncio.create_task(shop.refund(order_id, 1000, second))
        await tried.wait()
        (at_stripe,) = shop.double.refunds(order_id)
        shop.double.control(f"refunds/{at_stripe['id']}", status="failed")
        await eventually(lambda: shop.listener.about(at_stripe["id"], "refund.failed"), what="the webhook")
        await shop.deliver_all(at_stripe["id"])
        go_on.set()
        assert (await asked).status_code == 202
    await shop.refund_becomes(second, "succeeded")


async def test_what_is_older_than_what_is_stored_changes_nothing(shop: Shop):
    """As a process that was asked before another one heard the end."""
    order_id, refund_id = await shop.captured(), uuid7()
    await shop.refund(order_id, 1200, refund_id)
    await shop.refund_becomes(refund_id, "succeeded")
    async with shop.app.ctx.db.read() as tx:
        stored = await refunds.get(tx, refund_id)
    assert stored is not None
    earlier = replace(stored, status="requested", provider_id=None)
    await settling.settle_refund(shop.app.ctx, earlier)
    await settling.settle_refund(shop.app.ctx, stored)
    await settling._apply_refusal(shop.app.ctx, earlier, Refused("charge_disputed", "no"))
    await settling._book_manual(shop.app.ctx, earlier)
    async with shop.app.ctx.db.read() as tx:
        assert await refunds.get(tx, refund_id) == stored
    assert len(await shop.entries(order_id)) == 4


async def test_a_refund_of_another_id_is_not_merged(fronted: tuple[Shop, StripeProxy]):
    """A second refund at Stripe that answers to the same id, as after a mistake there: it is none of this one's."""
    shop, front = fronted
    order_id, refund_id = await shop.captured(), uuid7()
    await shop.refund(order_id, 1200, refund_id)
    await shop.refund_becomes(refund_id, "succeeded")
    async with shop.app.ctx.db.read() as tx:
        stored = await refunds.get(tx, refund_id)
    assert stored is not None
    other = b'{"object":"refund","id":"re_other","created":1,"status":"failed","currency":"eur","amount":1200}'
    front.answers = [(200, other)]
    await settling.settle_refund(shop.app.ctx, replace(stored, status="pending"))
    assert (await shop.refunds(order_id))["refunds"][0]["status"] == "succeeded"


async def test_without_an_answer_an_event_is_applied_later(fronted: tuple[Shop, StripeProxy]):
    shop, front = fronted
    front.answer = BROKEN
    with pytest.raises(Unavailable):
        await apply_refund_event(shop.app.ctx, "evt_1", "re_1")
    front.answer = None
    order_id = await shop.captured()
    intent = shop.double.intent(order_id)["id"]
    # Ours is asked for and does not fit beside the one of the dashboard: what became of ours has to be known first.
    front.answer, front.only = BROKEN, "refund"
    ours = uuid7()
    await shop.refund(order_id, 3000, ours)
    await eventually(lambda: "refund" in front.calls, what="the call")
    made = shop.double.control("refunds", payment_intent=intent, amount=3000)
    with pytest.raises(Unavailable, match="not known yet"):
        await apply_refund_event(shop.app.ctx, "evt_1", made["id"])
    front.only = "refunds"
    with pytest.raises(Unavailable, match="did not answer about the refunds"):
        await apply_refund_event(shop.app.ctx, "evt_1", made["id"])
    front.answer = None
    await apply_refund_event(shop.app.ctx, "evt_1", made["id"])
    await shop.refund_becomes(ours, "failed")
    assert (await shop.refunds(order_id))["refunded"] == 3000


async def test_a_refund_of_a_payment_whose_capture_is_not_booked_is_shown_alone(
    watched: tuple[Shop, StripeProxy, Mailbox],
):
    shop, _, _ = watched
    order_id = await shop.authorised()
    intent = shop.double.intent(order_id)["id"]
    assert shop.double.act(intent, "capture", amount_to_capture=3000).status_code == 200
    made = shop.double.control("refunds", payment_intent=intent, amount=3000)
    await eventually(lambda: shop.listener.about(made["id"], "refund.created"), what="the webhook")
    await shop.deliver_all(made["id"], times=2)
    assert await shop.rows("select from refunds") == []
    (case,) = await shop.rows("select kind, status from provider_cases")
    assert tuple(case) == ("refund", "succeeded")
    assert await shop.entries(order_id) == []
    before = await shop.rows("select updated_at from provider_cases")
    event = {"id": "evt_again", "object": "event", "type": "refund.updated"}
    await shop.deliver(signed({**event, "data": {"object": {"object": "refund", "id": made["id"]}}}))
    await shop.told()
    assert await shop.rows("select updated_at from provider_cases") == before


async def test_an_id_that_another_payment_has_is_not_taken_over(shop: Shop):
    first, second, refund_id = await shop.captured(), await shop.captured(), uuid7()
    await shop.refund(first, 100, refund_id)
    intent = shop.double.intent(second)
    names = {"refund_id": str(refund_id), "payment_id": intent["metadata"]["payment_id"]}
    metadata = {f"metadata[{name}]": value for name, value in names.items()}
    made = shop.double.post("refunds", payment_intent=intent["id"], amount="200", **metadata)
    await eventually(lambda: shop.listener.about(made["id"]), what="the webhook")
    await shop.deliver_all(made["id"])
    (taken,) = (await shop.refunds(second))["refunds"]
    assert (taken["origin"], taken["refund_id"] == str(refund_id)) == ("provider", False)
    assert len(await shop.entries(second)) == 2 + len(CAPTURE_ENTRIES)


async def test_a_breaker_that_is_open_leaves_refunds_to_a_later_run(fronted: tuple[Shop, StripeProxy]):
    shop, front = fronted
    order_id = await shop.captured()
    front.answer = (500, b"{}")
    asked = [uuid7() for _ in range(6)]
    for refund_id in asked:
        await shop.refund(order_id, 100, refund_id)
    await shop.refunds_reconciled()
    assert {each["status"] for each in (await shop.refunds(order_id))["refunds"]} == {"pending"}
    front.answer = None

    async def all_made() -> bool:
        await shop.refunds_reconciled()
        return not await shop.rows("select from refunds where status <> 'succeeded'")

    await eventually(all_made, timeout=60, what="all refunds")
    assert len(shop.double.refunds(order_id)) == 6
