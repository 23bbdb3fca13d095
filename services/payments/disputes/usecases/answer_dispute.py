"""Answer a dispute: submit evidence, or accept it."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable
from datetime import datetime

from chassis import audit, telemetry
from chassis.problems import NotFound
from chassis.resilience import failpoints
from chassis.values import uuid7
from payments.clients import disputes_of
from payments.context import PaymentsContext
from payments.disputes import store
from payments.disputes.domain import ANSWERABLE
from payments.disputes.problems import DisputeNotAnswerable
from payments.disputes.store import DisputeRow
from payments.disputes.usecases.record_dispute import record_dispute
from payments.domain.case import Case
from payments.problems import PaymentNotAvailable, PaymentNotReady, ProviderUnavailable
from payments.provider import Busy, Misconfigured, Refused, Unknown
from payments.store import payments

_log = telemetry.logger(__name__)


async def submit_evidence(ctx: PaymentsContext, dispute_id: str, text: str, *, submit: bool) -> DisputeRow:
    """The dispute, with a text as evidence; with `submit` it goes to the bank. The same again changes nothing.

    Raises:
        NotFound, DisputeNotAnswerable: there is none that could be answered.
        ProviderUnavailable, PaymentNotReady: whether it was answered is not known; send the same again.
    """
    dispute = await _answerable(ctx, dispute_id)
    # What is only kept may be replaced at will, by an earlier text too. What is sent is sent once.
    mark = hashlib.sha256(text.encode()).hexdigest()[:32] if submit else str(uuid7())
    call = disputes_of(ctx).submit_evidence(dispute_id, text, submit=submit, key=f"evidence-{dispute_id}-{mark}")
    return await _answered(ctx, dispute, call, "dispute.evidence_submitted" if submit else "dispute.evidence_kept")


async def accept_dispute(ctx: PaymentsContext, dispute_id: str) -> DisputeRow:
    """The dispute, accepted: it is lost, and its money stays with the customer. Raises: as `submit_evidence`."""
    dispute = await _answerable(ctx, dispute_id)
    call = disputes_of(ctx).accept(dispute_id, f"accept-{dispute_id}")
    return await _answered(ctx, dispute, call, "dispute.accepted")


async def _answerable(ctx: PaymentsContext, dispute_id: str) -> DisputeRow:
    async with ctx.db.read() as tx:
        dispute = await store.one(tx, dispute_id)
    if dispute is None:
        raise NotFound(f"There is no dispute {dispute_id}.")
    if dispute.kind != "dispute":
        raise DisputeNotAnswerable("This is a warning, which takes no answer. Refund the payment if you believe it.")
    if dispute.status not in ANSWERABLE:
        raise DisputeNotAnswerable(f"This dispute takes no answer now: it is {dispute.status.replace('_', ' ')}.")
    return dispute


async def _answered(ctx: PaymentsContext, dispute: DisputeRow, call: Awaitable[Case], action: str) -> DisputeRow:
    async with ctx.db.read() as reading:
        asked_at: datetime = await reading.value("select clock_timestamp()")
    try:
        case = await call
    except Misconfigured as fault:
        raise PaymentNotAvailable(f"Stripe refuses this shop's key: {fault.message}") from fault
    except Busy as busy:
        raise PaymentNotReady("Stripe is busy. Send the same again in a few seconds.") from busy
    except Unknown as unknown:
        raise ProviderUnavailable("Stripe did not answer. Send the same again: it is done once.") from unknown
    except Refused as refusal:
        raise DisputeNotAnswerable(refusal.message, code=refusal.code) from refusal
    await failpoints.point("payments.after_dispute_answered")
    async with ctx.db.write() as tx:
        payment = await payments.locked(tx, dispute.payment_id)
        await record_dispute(tx, payment, case, asked_at)
        await audit.record(tx, action, f"dispute:{dispute.id}")
        after = await store.one(tx, dispute.id)
    _log.info(action, payment_id=dispute.payment_id, order_id=dispute.order_id)
    return after or dispute
