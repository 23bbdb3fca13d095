"""Ask the provider for a refund, or how far it is, and merge the answer. Safe to run concurrently and again."""

from __future__ import annotations

from msgspec.structs import replace

from chassis import telemetry
from chassis.resilience import failpoints
from payments.clients import provider_of
from payments.context import PaymentsContext
from payments.domain.case import Case
from payments.provider import Busy, Misconfigured, NewRefund, Refused, Unknown
from payments.refunds.domain.refund import OPEN, Refund, accepted, merge, undone
from payments.refunds.store import refunds
from payments.refunds.usecases.record_refund import record_refund
from payments.store import ledger, payments
from payments.usecases.mail_staff import mail_staff

_MISCONFIGURED = """Stripe refuses to make refunds: {message} ({code}).
They are kept and asked for again. The key needs the right *Charges and Refunds* write: docs/stripe.md says which rights
a restricted key needs, and `python -m payments.doctor` what is wrong.
"""
_log = telemetry.logger(__name__)


async def settle_refund(ctx: PaymentsContext, refund: Refund) -> None:
    """Make the call to the provider that the refund's status requires, and merge the answer.

    The refund may be older than what is stored: the provider makes one for a key, and what it answers is merged into
    the refund as it then is. An unknown outcome is stored, and the reconciler repeats the call.
    """
    if refund.status not in OPEN:
        return
    telemetry.rejoin(refund.trace)
    if refund.manual:
        await _book_manual(ctx, refund)
        return
    try:
        await failpoints.point("payments.refund_before_stripe")
        case = await _asked(ctx, refund)
        await failpoints.point("payments.refund_after_stripe")
    except Unknown as unknown:
        await _note_unknown(ctx, refund, unknown)
        return
    except Refused as refusal:
        await _apply_refusal(ctx, refund, refusal)
        return
    await _apply(ctx, refund, case)
    await failpoints.point("payments.refund_settled")


async def _asked(ctx: PaymentsContext, refund: Refund) -> Case:
    """The refund at the provider: read, found, or made."""
    provider = provider_of(ctx)
    if refund.provider_id is not None:
        return await provider.case("refund", refund.provider_id)
    if refund.key_spent:
        raise Unknown("the idempotency key is too old", key_spent=True, sent=False)
    # With a new key in place of a spent one the refund may exist already: the old call may have made it.
    found = await _found(ctx, refund) if "." in refund.key else None
    if found is not None:
        return found
    try:
        return await provider.refund(_wanted(refund), refund.key)
    except Refused:
        found = await _found(ctx, refund)
        if found is None:
            raise
        return found


def _wanted(refund: Refund) -> NewRefund:
    return NewRefund(
        refund_id=refund.id,
        payment_id=refund.payment_id,
        order_id=refund.order_id,
        intent_id=refund.intent_id or "",
        amount=refund.amount,
        currency=refund.currency,
        reason=refund.reason,
    )


async def _found(ctx: PaymentsContext, refund: Refund) -> Case | None:
    """The refund among those of its intent, by the id in its metadata."""
    found = await provider_of(ctx).refunds_of(intent_id=refund.intent_id or "")
    return next((case for case in found if case.refund_id == refund.id), None)


async def _apply(ctx: PaymentsContext, refund: Refund, case: Case) -> None:
    async with ctx.db.write() as tx:
        payment = await payments.locked(tx, refund.payment_id)
        known = await refunds.locked_of_payment(tx, payment.id)
        before = next(each for each in known if each.id == refund.id)
        if before.provider_id in {None, case.id}:
            change = merge(before, case)
            if change.refund is not before:
                await record_refund(ctx, tx, payment, known, change)


async def _apply_refusal(ctx: PaymentsContext, refund: Refund, refusal: Refused) -> None:
    """The provider will not make it: it failed, if nothing else was learned of it meanwhile."""
    _log.warning("refund.refused", payment_id=refund.payment_id, refund_id=refund.id, error_code=refusal.code)
    async with ctx.db.write() as tx:
        payment = await payments.locked(tx, refund.payment_id)
        known = await refunds.locked_of_payment(tx, payment.id)
        before = next(each for each in known if each.id == refund.id)
        if before.status == "requested":
            await record_refund(ctx, tx, payment, known, undone(before, refusal.code))


async def _book_manual(ctx: PaymentsContext, refund: Refund) -> None:
    """Book a refund that staff send, from the account to which the payment's money came."""
    async with ctx.db.write() as tx:
        payment = await payments.locked(tx, refund.payment_id)
        known = await refunds.locked_of_payment(tx, payment.id)
        before = next(each for each in known if each.id == refund.id)
        if before.status == "requested":
            change = accepted(replace(before, status="succeeded"), await ledger.paid_into(tx, payment.id))
            await record_refund(ctx, tx, payment, known, change)


async def _note_unknown(ctx: PaymentsContext, refund: Refund, unknown: Unknown) -> None:
    _log.warning("refund.unknown", payment_id=refund.payment_id, refund_id=refund.id, reason=unknown.reason)
    async with ctx.db.write() as tx:
        busy = isinstance(unknown, Busy) or (unknown.key_spent and not unknown.sent)
        await refunds.note_unknown(tx, refund, key_spent=unknown.key_spent, sent=unknown.sent, busy=busy)
        if isinstance(unknown, Misconfigured):
            text = _MISCONFIGURED.format(code=unknown.code, message=unknown.message)
            await mail_staff(ctx, tx, "refunds-misconfigured", "Stripe refuses to make refunds", text, every_hour=True)
