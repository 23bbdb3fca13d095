"""Capture or cancel a payment at the provider, as its status asks for. Safe to run at any time, by several at once."""

from __future__ import annotations

from chassis import telemetry
from chassis.resilience import failpoints
from payments import metrics
from payments.clients import provider_of
from payments.context import PaymentsContext
from payments.domain.intent import Intent
from payments.domain.payment import Payment
from payments.provider import Refused, Unknown
from payments.provider.calls import TOTAL_SECONDS
from payments.store import payments
from payments.usecases.apply_intent import apply_intent
from payments.usecases.create_intent import create_intent, note_unknown

_log = telemetry.logger(__name__)


async def settle_payment(ctx: PaymentsContext, payment: Payment) -> None:
    """Create, look up, capture or cancel the payment's intent, whichever its status calls for, and take in the answer.

    The payment may be older than what is stored: the provider does an operation once by its key, and what it answers is
    merged into the payment as it then is. What it does not answer is noted, and left to the reconciler.
    """
    if payment.settled:
        return
    try:
        if payment.intent_id is None:
            await _create(ctx, payment)
        else:
            await _go_on(ctx, payment, payment.intent_id)
    except (Unknown, Refused):
        return


async def _create(ctx: PaymentsContext, payment: Payment) -> None:
    """Also where it is to be cancelled: an earlier call may have created it, and only its answer names it."""
    async with ctx.db.write_one() as tx:
        claim = await payments.claim_creation(tx, payment.id)
    if claim is not None:
        await create_intent(ctx, claim, "background", TOTAL_SECONDS)


async def _go_on(ctx: PaymentsContext, payment: Payment, intent_id: str) -> None:
    try:
        await failpoints.point("payments.before_stripe")
        intent = await _operate(ctx, payment, intent_id)
        await failpoints.point("payments.after_stripe_before_commit")
    except Unknown as unknown:
        await note_unknown(ctx, payment, unknown)
        raise
    await apply_intent(ctx, payment, intent)
    await failpoints.point("payments.after_settled")


async def _operate(ctx: PaymentsContext, payment: Payment, intent_id: str) -> Intent:
    """A refusal says that the intent is in another state than we thought: then that state is what counts."""
    provider = provider_of(ctx)
    key = payment.operation_key or ""
    try:
        match payment.status:
            case "capturing":
                return await provider.capture(intent_id, key)
            case "cancelling":
                return await provider.cancel(intent_id, key)
            case _:
                return await provider.retrieve(intent_id)
    except Refused as refusal:
        metrics.stuck.inc(payment.status)
        _log.warning("payment.stuck", payment_id=payment.id, state=payment.status, error_code=refusal.code)
        return await _after_refusal(ctx, payment, intent_id)


async def _after_refusal(ctx: PaymentsContext, payment: Payment, intent_id: str) -> Intent:
    """The intent as it is. Where the operation is still to be done, its key gives the refusal for ever: a new key."""
    try:
        intent = await provider_of(ctx).retrieve(intent_id)
    except Refused as refusal:
        raise Unknown(f"the provider does not know the intent: {refusal.code}") from refusal
    if payment.status in {"capturing", "cancelling"} and intent.status not in {"succeeded", "canceled"}:
        raise Unknown("the provider refuses for now", key_spent=True)
    return intent
