"""Create the intent of a payment at the provider. The caller has claimed the creation."""

from __future__ import annotations

from dataclasses import replace
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
from payments.usecases.record_change import follow_up, record_locked

# Stripe deletes an idempotency key after 24 hours: with it, a later call would be a new one.
KEY_LIFETIME = timedelta(hours=23)
_CLOCKS = timedelta(minutes=1)
_log = telemetry.logger(__name__)


async def create_intent(ctx: PaymentsContext, payment: Payment, lane: Lane, patience: float) -> Payment:
    """The payment with its intent.

    Raises:
        Misconfigured: the provider refuses our key, account or parameters: staff are mailed; the order stays payable.
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
        await _postpone(ctx, payment, fault)
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
    """With a new key in place of a spent one the intent may exist already: the old call may have created it."""
    provider = provider_of(ctx)
    if "." in payment.create_key:
        intent = await provider.find(payment.id, payment.created_at - _CLOCKS, payment.updated_at + _CLOCKS, lane=lane)
        if intent is not None:
            return intent
    details = payment.details or {}
    wanted = NewIntent(payment.id, payment.order_id, payment.amount, payment.currency, details)
    try:
        return await provider.create(wanted, payment.create_key, lane=lane, patience=patience)
    except Misconfigured as fault:
        if fault.code != "resource_missing" or "customer" not in details:
            raise
    # The customer was deleted at the provider. A key stands for its parameters: without the customer it is another one.
    _log.warning("payment.customer_missing", payment_id=payment.id, order_id=payment.order_id)
    plain = replace(wanted, details={name: value for name, value in details.items() if name != "customer"})
    return await provider.create(plain, f"{payment.create_key}-plain", lane=lane, patience=patience)


async def _postpone(ctx: PaymentsContext, payment: Payment, fault: Misconfigured) -> None:
    _log.error("payment.misconfigured", payment_id=payment.id, order_id=payment.order_id, error_code=fault.code)
    async with ctx.db.write() as tx:
        await payments.postpone_creation(tx, payment, key_spent=fault.key_spent)
        detail = attention.misconfigured(fault.code, fault.message)
        await raise_attention(ctx, tx, payment, "misconfigured", detail)


async def note_unknown(ctx: PaymentsContext, payment: Payment, unknown: Unknown) -> None:
    """Store that the provider's state of a payment is not known, so that the reconciler reads it."""
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
        change = refused(before)
        after = await record_locked(tx, before, change)
    follow_up(ctx, before, after, change)
