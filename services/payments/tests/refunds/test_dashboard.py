"""Refunds made in Stripe's dashboard: booked and told, however their events come, or without any."""

from __future__ import annotations

import pytest

from chassis.problems import Unavailable
from chassis.testing import eventually
from chassis.values import uuid7
from payments.jobs import jobs
from payments.refunds.usecases.catch_up import catch_up
from payments.tests.double import signed
from payments.tests.shop import CAPTURE_ENTRIES, REFUND_ENTRIES, Shop


async def test_a_refund_that_failed_before_it_was_told_changes_nothing_and_later_ones_are_booked(shop: Shop):
    order_id = await shop.captured()
    intent = shop.double.intent(order_id)["id"]
    failed = shop.double.control("refunds", payment_intent=intent, amount=4200)
    shop.double.control(f"refunds/{failed['id']}", status="failed")
    whole = shop.double.control("refunds", payment_intent=intent, amount=1200)
    await eventually(lambda: shop.listener.about(whole["id"], "refund.created"), what="the webhooks")
    # Late, repeated and in any order, together with those of the charge.
    await shop.deliver_all(whole["id"], times=2)
    await shop.deliver_all(failed["id"], times=2)
    await shop.deliver_all(intent)
    assert await shop.entries(order_id) == CAPTURE_ENTRIES + REFUND_ENTRIES
    assert [kind for kind, _ in await shop.facts(order_id)][2:] == ["payment.refunded"]
    found = await shop.refunds(order_id)
    assert sorted(each["status"] for each in found["refunds"]) == ["failed", "succeeded"]
    assert {each["origin"] for each in found["refunds"]} == {"provider"}


async def test_what_no_webhook_told_is_read_from_stripe_and_only_once(shop: Shop):
    order_id = await shop.captured()
    intent = shop.double.intent(order_id)["id"]
    shop.double.faults(webhooks={"lost": True})
    made = shop.double.control("refunds", payment_intent=intent, amount=1200)
    assert await catch_up(shop.app.ctx) > 0
    await shop.told()
    assert await shop.entries(order_id) == CAPTURE_ENTRIES + REFUND_ENTRIES
    shop.double.control(f"refunds/{made['id']}", status="failed")
    assert await catch_up(shop.app.ctx) > 0
    await shop.told()
    assert len(await shop.entries(order_id)) == 6
    assert [kind for kind, _ in await shop.facts(order_id)][2:] == ["payment.refunded", "payment.refund_failed"]
    assert await catch_up(shop.app.ctx) == 0
    (row,) = await shop.rows(
        "select looked_at > now() - interval '1 minute' as fresh from provider_sweeps where name = 'events'"
    )
    assert row["fresh"]


async def test_while_stripe_does_not_answer_nothing_counts_as_read(shop: Shop):
    before = await shop.rows("select looked_at from provider_sweeps")
    shop.double.faults(fail_before_commit=1, operation="events")
    assert await catch_up(shop.app.ctx) == 0
    assert await shop.rows("select looked_at from provider_sweeps") == before


async def test_a_refund_of_ours_that_was_lost_with_a_database_comes_back_under_its_id(shop: Shop):
    order_id, refund_id = await shop.captured(), uuid7()
    intent = shop.double.intent(order_id)
    names = {"refund_id": str(refund_id), "payment_id": intent["metadata"]["payment_id"]}
    metadata = {f"metadata[{name}]": value for name, value in names.items()}
    made = shop.double.post("refunds", payment_intent=intent["id"], amount="1200", **metadata)
    await eventually(lambda: shop.listener.about(made["id"]), what="the webhook")
    await shop.deliver_all(made["id"])
    (refund,) = (await shop.refunds(order_id))["refunds"]
    assert (refund["refund_id"], refund["origin"], refund["status"]) == (str(refund_id), "shop", "succeeded")
    assert (await shop.refund(order_id, 1200, refund_id)).json()["status"] == "succeeded"
    # One that names it again is another refund: it is booked as made there.
    again = shop.double.post("refunds", payment_intent=intent["id"], amount="1200", **metadata)
    await eventually(lambda: shop.listener.about(again["id"]), what="the webhook")
    await shop.deliver_all(again["id"])
    assert [each["origin"] for each in (await shop.refunds(order_id))["refunds"]] == ["shop", "provider"]
    assert len(await shop.entries(order_id)) == 6


async def test_refunds_that_the_version_before_only_showed_are_taken_in(shop: Shop):
    order_id = await shop.captured()
    made = shop.double.control("refunds", payment_intent=shop.double.intent(order_id)["id"], amount=1200)
    await shop.rows(
        "insert into provider_cases (id, payment_id, kind, status, amount, currency, provider_created_at, asked_at)"
        " select $1, id, 'refund', 'succeeded', 1200, 'EUR', now(), now() from payments",
        made["id"],
    )
    for _ in range(2):
        await jobs.periodic["payments.catch_up"].sweep(shop.app.ctx)
    assert await shop.entries(order_id) == CAPTURE_ENTRIES + REFUND_ENTRIES
    assert [kind for kind, _ in await shop.facts(order_id)].count("payment.refunded") == 1


async def test_an_old_refund_that_is_not_answered_keeps_no_lost_event_waiting(shop: Shop):
    await shop.captured()
    await shop.rows(
        "insert into provider_cases (id, payment_id, kind, status, amount, currency, provider_created_at, asked_at)"
        " select 're_1', id, 'refund', 'succeeded', 1200, 'EUR', now(), now() from payments"
    )
    (row,) = await shop.rows("select intent_id from payments")
    warning = shop.double.control("warnings", payment_intent=row["intent_id"])["id"]
    shop.double.faults(fail_before_commit=1000, operation="refunds")
    with pytest.raises(Unavailable):
        await jobs.periodic["payments.catch_up"].sweep(shop.app.ctx)
    await shop.told()
    assert await shop.rows("select from provider_cases where id = $1", warning) != []


@pytest.mark.parametrize("of_type", ["refund", "charge"])
async def test_events_about_what_stripe_does_not_know_are_unmatched(shop: Shop, of_type: str):
    event = {
        "id": f"evt_{of_type}",
        "object": "event",
        "type": f"{of_type}.created".replace("charge.created", "charge.refunded"),
    }
    await shop.deliver(signed({**event, "data": {"object": {"object": of_type, "id": f"{of_type[:2]}_none"}}}))
    await shop.told()
    assert [row["outcome"] for row in await shop.rows("select outcome from provider_events")] == ["unmatched"]


async def test_events_are_applied_after_an_outage(shop: Shop):
    order_id = await shop.captured()
    made = shop.double.control("refunds", payment_intent=shop.double.intent(order_id)["id"], amount=1200)
    await eventually(lambda: shop.listener.about(made["charge"], "charge.refunded"), what="the webhooks")
    for operation in ("refunds",):
        shop.double.faults(fail_before_commit=2, operation=operation)
    await shop.deliver_all(made["charge"])
    assert await shop.entries(order_id) == CAPTURE_ENTRIES + REFUND_ENTRIES
