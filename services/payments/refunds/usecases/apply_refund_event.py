"""Apply a stored event about a refund, or about a charge that was refunded.

The present state is read from the provider, so the number and order of the events do not matter.
"""

from __future__ import annotations

from datetime import datetime

from chassis import telemetry
from chassis.problems import Unavailable
from payments.clients import provider_of
from payments.context import PaymentsContext
from payments.domain.case import Case
from payments.domain.payment import Payment
from payments.provider import Refused, Unknown
from payments.refunds.domain.refund import UNDONE, status_of
from payments.refunds.usecases.take_refund import take_refund
from payments.store import payments, provider_events
from payments.store.provider_events import Outcome
from payments.usecases.settle_payment import settle_payment

_BY_WEIGHT: tuple[Outcome, ...] = ("mismatched", "applied", "unchanged")
_log = telemetry.logger(__name__)


async def apply_refund_event(ctx: PaymentsContext, event_id: str, refund_id: str) -> None:
    """Take in the refund of this id.

    Raises:
        Unavailable: the provider does not answer; ask again later.
    """
    asked_at = await _now(ctx)
    try:
        found = [await provider_of(ctx).case("refund", refund_id)]
    except Unknown as unknown:
        raise Unavailable(f"The payment provider did not answer about {refund_id}: {unknown.reason}") from unknown
    except Refused as refusal:
        _log.error("provider_event.refused", error_code=refusal.code)
        found = []
    await take_refunds(ctx, event_id, found, asked_at)


async def apply_charge_event(ctx: PaymentsContext, event_id: str, charge_id: str) -> None:
    """Take in all refunds of a charge.

    Raises:
        Unavailable: as above.
    """
    asked_at = await _now(ctx)
    try:
        found = await provider_of(ctx).refunds_of(charge_id=charge_id)
    except Unknown as unknown:
        raise Unavailable(f"The payment provider did not answer about {charge_id}: {unknown.reason}") from unknown
    except Refused as refusal:
        _log.error("provider_event.refused", error_code=refusal.code)
        found = []
    await take_refunds(ctx, event_id, found, asked_at)


async def take_refunds(ctx: PaymentsContext, event_id: str, found: list[Case], asked_at: datetime) -> None:
    """Take in refunds of one payment, those that failed first: they leave room. Then the event has its outcome."""
    payment = await _payment_of(ctx, found)
    outcomes: set[Outcome] = set()
    if payment is not None:
        for case in sorted(found, key=lambda each: (status_of(each) not in UNDONE, each.created_at, each.id)):
            outcomes.add(await take_refund(ctx, payment, case, asked_at))
    outcome: Outcome = next((each for each in _BY_WEIGHT if each in outcomes), "unmatched")
    async with ctx.db.write_one() as tx:
        await provider_events.mark(tx, event_id, outcome, payment.id if payment else None)


async def _now(ctx: PaymentsContext) -> datetime:
    async with ctx.db.read() as tx:
        now: datetime = await tx.value("select clock_timestamp()")
    return now


async def _payment_of(ctx: PaymentsContext, found: list[Case]) -> Payment | None:
    """The payment that the refunds are about. If it is not settled here, it is settled first."""
    if not found:
        return None
    async with ctx.db.read() as tx:
        payment = await payments.of_intent(tx, found[0].intent_id)
    if payment is not None and not payment.settled:
        await settle_payment(ctx, payment)
    return payment
