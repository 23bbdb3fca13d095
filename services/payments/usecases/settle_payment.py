"""Create, look up, capture or cancel a payment at the provider, as its status requires. Safe to run concurrently."""

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
    """Make the call to the provider that the payment's status requires, and merge the answer.

    The payment may be older than what is stored: the provider does an operation once by its key, and what it answers is
    merged into the payment as it then is. An unknown outcome is stored, and the reconciler repeats the call.
    """
    if payment.settled:
        return
    telemetry.rejoin(payment.trace)
    try:
        if payment.intent_id is None:
            await _create(ctx, payment)
        else:
            await _settle_intent(ctx, payment, payment.intent_id)
    except (Unknown, Refused):
        return


async def _create(ctx: PaymentsContext, payment: Payment) -> None:
    """Create the intent, also to cancel it: an earlier call may have created it, and only the answer has its id."""
    async with ctx.db.write_one() as tx:
        claim = await payments.claim_creation(tx, payment.id)
    if claim is not None:
        await create_intent(ctx, claim, "background", TOTAL_SECONDS)


async def _settle_intent(ctx: PaymentsContext, payment: Payment, intent_id: str) -> None:
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
    """Capture, cancel or read the intent. It is also read after a refusal: its state is then another than expected."""
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
    """Read the intent. If the operation is still needed, it gets a new key: the old one always gives this refusal."""
    try:
        intent = await provider_of(ctx).retrieve(intent_id)
    except Refused as refusal:
        raise Unknown(f"the provider does not know the intent: {refusal.code}") from refusal
    if payment.status in {"capturing", "cancelling"} and intent.status not in {"succeeded", "canceled"}:
        raise Unknown("the provider refuses for now", key_spent=True)
    return intent
