"""The process is killed between what Stripe did and what we wrote; the next one goes on to one effect."""

from __future__ import annotations

import asyncio

import pytest

from chassis.testing import eventually
from chassis.values import uuid7
from payments.tests.double import DECLINED
from payments.tests.place import KILL, Place, ended, paid


@pytest.mark.parametrize("point", ["before_stripe", "after_stripe_before_commit"])
@pytest.mark.parametrize("retried", [True, False])
async def test_a_creation_is_finished_after_a_crash(place: Place, point: str, *, retried: bool):
    order_id = uuid7()
    with place.process(KILL.format(point)) as process:
        assert await place.create(order_id) is None
        await ended(process)
    assert len(place.double.intents(order_id)) == (point != "before_stripe")
    with place.process():
        await place.time_passes()
        if retried:
            answer = await place.create(order_id)
            assert answer is not None
            assert answer.json()["status"] == "requires_payment"
        await place.becomes("requires_payment")
    assert len(place.double.intents(order_id)) == 1


@pytest.mark.parametrize("point", ["after_{}_begun", "before_stripe", "after_stripe_before_commit", "after_settled"])
@pytest.mark.parametrize(("operation", "end"), [("capture", "captured"), ("void", "cancelled")])
async def test_a_capture_or_cancellation_is_finished_after_a_crash(place: Place, point: str, operation: str, end: str):
    with place.process():
        order_id = await paid(place)
    place.double.faults(webhooks={"lost": True})
    with place.process(KILL.format(point.format(operation))) as process:
        await place.ask(f"/{order_id}/{operation}")
        await ended(process)
    assert await place.rows("select from jobs") == []
    with place.process():
        await place.time_passes()
        await place.becomes(end)
        await place.ask(f"/{order_id}/{operation}")  # orders was not answered, so it asks again
    intent = place.double.intent(order_id)
    assert intent["captures"] == (end == "captured")
    assert len(await place.rows("select from ledger_transactions")) == (end == "captured")
    assert await _facts(place) == ["payment.authorised", f"payment.{end}"]


@pytest.mark.parametrize("point", ["before_webhook_applied", "after_webhook_applied", "after_webhook_insert"])
async def test_a_webhook_without_an_answer_is_applied_after_a_crash(place: Place, point: str):
    order_id = uuid7()
    place.double.faults(webhooks={"paused": True})
    with place.process():
        await place.create(order_id)
    with place.process(KILL.format(point)) as process:
        await asyncio.to_thread(place.double.pay, place.double.intent(order_id)["id"])
        place.double.faults()
        await ended(process)
    stored = len(await place.rows("select from provider_events"))
    assert stored >= 1 or point == "before_webhook_applied"
    with place.process():
        await place.time_passes()
        await place.becomes("authorised")
        # The double waits longer after each failure: up to half a minute when this process took long to start.
        await eventually(lambda: _all_told(place), timeout=120, what="every webhook told again")
    assert await _facts(place) == ["payment.authorised"]


async def test_a_stored_webhook_is_applied_by_its_job_after_a_crash(place: Place):
    """Stripe has to be asked about a decline: only the job knows of it once the webhook is answered."""
    order_id = uuid7()
    with place.process():
        await place.create(order_id)
    # The reconciler is not to come first, however long the next process takes to start.
    await place.rows("update payments set next_check_at = now() + interval '1 hour', version = version + 1")
    with place.process(KILL.format("before_stripe")) as process:
        await asyncio.to_thread(place.double.pay, place.double.intent(order_id)["id"], DECLINED)
        await ended(process)
    place.double.faults(webhooks={"lost": True})
    assert len(await place.rows("select from jobs")) == 1
    with place.process():
        await place.time_passes()
        await eventually(lambda: _facts(place), what="the decline told")
    assert await _facts(place) == ["payment.declined"]


async def _facts(place: Place) -> list[str]:
    return [row["type"] for row in await place.rows("select type from outbox order by version")]


async def _all_told(place: Place) -> bool:
    """The intent created, its amount capturable, its charge."""
    rows = await place.rows("select count(*) from provider_events where applied_at is not null")
    return bool(rows[0]["count"] == 3)


async def test_the_log_contains_no_secret(place: Place):
    with place.process():
        order_id = await paid(place)
        await place.ask(f"/{order_id}/capture")
        await place.becomes("captured")
    (row,) = await place.rows("select client_secret from payments")
    log = place.log.read_text()
    assert "payment.captured" in log
    for secret in (row["client_secret"], "sk_test", "whsec"):
        assert secret not in log
