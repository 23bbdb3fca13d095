"""Take in what the provider has of a refund: one of ours, or one that was made in its dashboard."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from chassis import telemetry
from chassis.db import WriteTx
from chassis.problems import Unavailable
from chassis.resilience import failpoints
from chassis.values import Money, uuid7
from payments import metrics
from payments.clients import provider_of
from payments.context import PaymentsContext
from payments.domain import attention
from payments.domain.case import Case
from payments.domain.payment import Payment
from payments.provider import Refused, Unknown
from payments.refunds.domain.refund import UNDONE, Refund, merge, of_case, status_of
from payments.refunds.store import refunds
from payments.refunds.usecases.notify_staff import notify_staff
from payments.refunds.usecases.record_refund import record_refund
from payments.refunds.usecases.settle_refund import settle_refund
from payments.store import cases, payments
from payments.store.provider_events import Outcome
from payments.usecases.raise_attention import raise_attention

_log = telemetry.logger(__name__)


async def take_refund(ctx: PaymentsContext, payment: Payment, case: Case, asked_at: datetime) -> Outcome:
    """Merge a refund as the provider has it, or take it in as a new one.

    Raises:
        Unavailable: refunds of ours, of which the provider has not told, leave no room for it; ask again later.
    """
    outcome = await _taken(ctx, payment, case, asked_at)
    if outcome is None:
        await _make_room(ctx, payment, case)
        outcome = await _taken(ctx, payment, case, asked_at)
    await failpoints.point("payments.refund_taken_in")
    return outcome or await _exceeds(ctx, payment, case)


async def _taken(ctx: PaymentsContext, payment: Payment, case: Case, asked_at: datetime) -> Outcome | None:
    """None: it does not fit into what is left of the payment."""
    async with ctx.db.write() as tx:
        locked = await payments.locked(tx, payment.id)
        if locked.status in {"cancelled", "cancelling"}:
            return "unchanged"  # an authorisation that was given back: the provider calls that a refund too
        if case.currency != locked.currency or not 0 < case.amount <= locked.amount:
            return await _mismatched(ctx, tx, locked, case)
        known = await refunds.locked_of_payment(tx, locked.id)
        before = _ours(known, case)
        if before is not None:
            change = merge(before, case)
            if change.refund is before:
                return "unchanged"
            await record_refund(ctx, tx, locked, known, change)
            return "applied"
        if locked.status != "captured":
            return await _kept(ctx, tx, locked, case, asked_at)
        left = locked.amount - sum(each.amount for each in known if each.counts)
        if status_of(case) not in UNDONE and case.amount > left:
            return None
        await _insert(ctx, tx, locked, known, case)
        return "applied"


def _ours(known: Sequence[Refund], case: Case) -> Refund | None:
    """The refund that this is: by the provider's id, or by ours in its metadata while the provider's is not known."""
    for each in known:
        if each.provider_id == case.id:
            return each
    for each in known:
        if each.provider_id is None and each.id == case.refund_id and each.amount == case.amount and each.counts:
            return each
    return None


async def _kept(ctx: PaymentsContext, tx: WriteTx, payment: Payment, case: Case, asked_at: datetime) -> Outcome:
    """Of a payment whose capture is not booked, as another amount was taken: neither is its refund. Staff see it."""
    if not await cases.put(tx, payment.id, case, asked_at):
        return "unchanged"
    shown = merge(of_case(case, uuid7(), payment.id, payment.order_id, "provider"), case)
    await notify_staff(ctx, tx, shown.refund)
    return "applied"


async def _insert(ctx: PaymentsContext, tx: WriteTx, payment: Payment, known: Sequence[Refund], case: Case) -> None:
    """Take in a refund that is not known here. One that names us was made by us, and lost with a database."""
    if case.refund_id is not None and case.payment_id == payment.id and all(e.id != case.refund_id for e in known):
        lost = merge(of_case(case, case.refund_id, payment.id, payment.order_id, "shop"), case)
        if await record_refund(ctx, tx, payment, known, lost, new=True) is not None:
            return
    new = merge(of_case(case, uuid7(), payment.id, payment.order_id, "provider"), case)
    await record_refund(ctx, tx, payment, known, new, new=True)


async def _make_room(ctx: PaymentsContext, payment: Payment, case: Case) -> None:
    """Learn what became of our own refunds: those that the provider refuses, or that failed there, count no more."""
    try:
        found = await provider_of(ctx).refunds_of(intent_id=case.intent_id)
    except (Unknown, Refused) as error:
        raise Unavailable(f"The payment provider did not answer about the refunds of {case.intent_id}.") from error
    async with ctx.db.write() as tx:
        locked = await payments.locked(tx, payment.id)
        for other in found:
            known = await refunds.locked_of_payment(tx, locked.id)
            before = _ours(known, other)
            if before is not None:
                change = merge(before, other)
                if change.refund is not before:
                    await record_refund(ctx, tx, locked, known, change)
    async with ctx.db.read() as tx:
        asked = [each for each in await refunds.of_payment(tx, payment.id) if each.status == "requested"]
    for refund in asked:
        await settle_refund(ctx, refund)
    async with ctx.db.read() as tx:
        if any(each.status == "requested" for each in await refunds.of_payment(tx, payment.id)):
            raise Unavailable(f"What became of a refund of payment {payment.id} is not known yet.")


async def _mismatched(ctx: PaymentsContext, tx: WriteTx, payment: Payment, case: Case) -> Outcome:
    tx.after_commit(partial(metrics.mismatches.inc, case.kind))
    _log.error("payment.mismatch", payment_id=payment.id, order_id=payment.order_id, reason=case.kind)
    if case.currency == payment.currency:
        detail = attention.refunds_exceed(case.amount, Money(payment.amount, payment.currency))
        await raise_attention(ctx, tx, payment, "refunds_exceed", detail)
    return "mismatched"


async def _exceeds(ctx: PaymentsContext, payment: Payment, case: Case) -> Outcome:
    """It is not booked: together with the others it is more than was captured."""
    async with ctx.db.write() as tx:
        locked = await payments.locked(tx, payment.id)
        known = await refunds.locked_of_payment(tx, locked.id)
        total = case.amount + sum(each.amount for each in known if each.counts)
        detail = attention.refunds_exceed(total, Money(locked.amount, locked.currency))
        await raise_attention(ctx, tx, locked, "refunds_exceed", detail)
        tx.after_commit(partial(metrics.mismatches.inc, case.kind))
    return "mismatched"
