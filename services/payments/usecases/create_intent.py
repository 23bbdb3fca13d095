"""Create the intent of a payment at the provider. The caller holds the claim of its creation."""

from __future__ import annotations

from datetime import timedelta

from chassis import telemetry
from chassis.resilience import failpoints
from payments.clients import provider_of
from payments.context import PaymentsContext
from payments.domain import attention
from payments.domain.intent import Intent, refused
from payments.domain.payment import Payment
from payments.provider import Busy, Lane, Misconfigured, NewIntent, Refused, Unknown
from payments.store import payments
from payments.usecases.apply_intent import apply_intent
from payments.usecases.raise_attention import raise_attention
from payments.usecases.record_change import follow_up, record_change, says_nothing_new

# Stripe forgets an idempotency key after 24 hours. A later call must not be taken for a new one.
KEY_LIFETIME = timedelta(hours=23)
_CLOCKS = timedelta(minutes=1)
_log = telemetry.logger(__name__)


async def create_intent(ctx: PaymentsContext, payment: Payment, lane: Lane, patience: float) -> Payment:
    """The payment with its intent.

    Raises:
        Misconfigured: the provider will not have our calls as they are: staff are told, and the order stays payable.
        Unknown: whether the intent exists is not known; the same key is used again, by a retry or the reconciler.
        Refused: it does not exist and never will; the payment is cancelled.
    """
    try:
        if payment.updated_at - payment.create_key_at > KEY_LIFETIME:
            raise Unknown("the idempotency key is too old", key_spent=True, sent=False)  # noqa: TRY301 -- one way out
        await failpoints.point("payments.before_stripe")
        intent = await _found_or_created(ctx, payment, lane, patience)
        await failpoints.point("payments.after_stripe_before_commit")
    except Misconfigured as fault:
        await _hold_off(ctx, payment, fault)
        raise
    except Unknown as unknown:
        await note_unknown(ctx, payment, unknown)
        raise
    except Refused as refusal:
        _log.warning("payment.refused", payment_id=payment.id, order_id=payment.order_id, error_code=refusal.code)
        await _cancel(ctx, payment)
        raise
    return await apply_intent(ctx, payment, intent)


async def _found_or_created(ctx: PaymentsContext, payment: Payment, lane: Lane, patience: float) -> Intent:
    """With a new key in place of a spent one, the intent may exist already: the old call may have taken effect."""
    provider = provider_of(ctx)
    if "." in payment.create_key:
        intent = await provider.find(payment.id, payment.created_at - _CLOCKS, payment.updated_at + _CLOCKS, lane=lane)
        if intent is not None:
            return intent
    wanted = NewIntent(payment.id, payment.order_id, payment.amount, payment.currency, payment.details or {})
    return await provider.create(wanted, payment.create_key, lane=lane, patience=patience)


async def _hold_off(ctx: PaymentsContext, payment: Payment, fault: Misconfigured) -> None:
    _log.error("payment.misconfigured", payment_id=payment.id, order_id=payment.order_id, error_code=fault.code)
    async with ctx.db.write() as tx:
        await payments.hold_off(tx, payment, key_spent=fault.key_spent)
        detail = attention.misconfigured(fault.code, fault.message)
        await raise_attention(ctx, tx, payment, "misconfigured", detail)


async def note_unknown(ctx: PaymentsContext, payment: Payment, unknown: Unknown) -> None:
    """Remember that the provider's state of a payment is not known, so that the reconciler asks for it."""
    _log.warning("payment.unknown", payment_id=payment.id, order_id=payment.order_id, reason=unknown.reason)
    async with ctx.db.write() as tx:
        busy = isinstance(unknown, Busy) and payment.intent_id is None
        await payments.note_unknown(tx, payment, key_spent=unknown.key_spent, sent=unknown.sent, busy=busy)
        if isinstance(unknown, Misconfigured):
            detail = attention.misconfigured(unknown.code, unknown.message)
            await raise_attention(ctx, tx, payment, "misconfigured", detail)


async def _cancel(ctx: PaymentsContext, payment: Payment) -> None:
    async with ctx.db.write() as tx:
        before = await payments.locked(tx, payment.id)
        assert before is not None, "payments are never deleted"  # noqa: S101 -- narrows the type
        change = refused(before)
        after = before if says_nothing_new(before, change) else await record_change(tx, before, change)
        assert after is not None, "the row is locked"  # noqa: S101 -- narrows the type
    follow_up(ctx, before, after, change)
