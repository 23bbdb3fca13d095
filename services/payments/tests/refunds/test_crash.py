"""The process is killed at each failpoint of a refund; the next one goes on to one transfer.

`python -m proofs failpoints --kills 50` kills the store's own processes there, fifty times each.
"""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from chassis.testing import eventually
from chassis.values import uuid7
from payments.tests.place import KILL, Place, ended, paid


async def captured(place: Place) -> UUID:
    order_id = await paid(place)
    await place.ask(f"/{order_id}/capture")
    await place.becomes("captured")
    return order_id


async def transferred_once(place: Place, order_id: UUID, refund_id: UUID) -> None:
    async def succeeded() -> bool:
        await place.rows(
            "update refunds set next_check_at = now(), version = version + 1 where next_check_at is not null"
        )
        return [row["status"] for row in await place.rows("select status from refunds")] == ["succeeded"]

    await eventually(succeeded, timeout=60, what="the refund")
    (at_stripe,) = place.double.refunds(order_id)
    assert at_stripe["amount"] == 1200
    kinds = [
        row["kind"]
        for row in await place.rows("select kind from ledger_transactions where kind <> 'fee' order by occurred_at")
    ]
    assert kinds == ["capture", "refund"]
    told = [row["type"] for row in await place.rows("select type from outbox order by version")]
    assert told == ["payment.authorised", "payment.captured", "payment.refunded"]
    (row,) = await place.rows("select refunds_sum from payments")
    assert row["refunds_sum"] == 1200


@pytest.mark.parametrize("point", ["refund_begun", "refund_before_stripe", "refund_after_stripe", "refund_settled"])
async def test_a_refund_is_one_transfer_after_a_crash(place: Place, point: str):
    with place.process():
        order_id = await captured(place)
    place.double.faults(webhooks={"lost": True})
    refund_id = uuid7()
    asked = {"refund_id": str(refund_id), "amount": 1200, "currency": "EUR", "reason": "duplicate"}
    with place.process(KILL.format(point)) as process:
        await place.ask(f"/{order_id}/refunds", **asked)
        await ended(process)
    assert len(place.double.refunds(order_id)) == (point in {"refund_after_stripe", "refund_settled"})
    with place.process():
        await place.time_passes()
        again = await place.ask(f"/{order_id}/refunds", **asked)  # orders was not answered, so it asks again
        assert again is not None
        assert again.status_code == 202
        await transferred_once(place, order_id, refund_id)


async def test_a_refund_of_the_dashboard_is_booked_once_after_a_crash(place: Place):
    with place.process():
        order_id = await captured(place)
    intent = place.double.intent(order_id)["id"]
    with place.process(KILL.format("refund_taken_in")) as process:
        await asyncio.to_thread(place.double.control, "refunds", payment_intent=intent, amount=1200)
        await ended(process)
    with place.process():
        await place.time_passes()

        async def applied() -> bool:
            kept = await place.rows("select from provider_events where type like '%refund%' and applied_at is not null")
            return bool(kept) and not await place.rows("select from provider_events where applied_at is null")

        await eventually(applied, timeout=60, what="the events")
        await transferred_once(place, order_id, uuid7())
