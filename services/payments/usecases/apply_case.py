"""Store a refund, dispute or fraud warning that was made at the provider after a capture, and mail staff.

Its present state is read from the provider, so the number and order of the events do not matter. The ledger and the
order are not changed yet.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial

from chassis import telemetry
from chassis.db import WriteTx
from chassis.problems import Unavailable
from chassis.values import Money
from payments import metrics
from payments.clients import provider_of
from payments.context import PaymentsContext
from payments.domain import attention
from payments.domain.case import Case, Kind
from payments.domain.payment import Payment
from payments.provider import Refused, Unknown
from payments.store import cases, payments, provider_events
from payments.store.provider_events import Outcome
from payments.usecases.mail_staff import mail_staff
from payments.usecases.raise_attention import raise_attention
from payments.usecases.settle_payment import settle_payment

_TITLES: dict[Kind, str] = {
    "refund": "A refund at Stripe of {money} is {status}",
    "dispute": "A customer disputes {money} at their bank: {status}",
    "fraud_warning": "A bank warns of fraud in a payment of {money}",
}
_WHAT_TO_DO: dict[Kind, str] = {
    "refund": "It was made in Stripe's dashboard. Mercat's ledger and the order do not follow: note it there by hand.",
    "dispute": "Answer it in Stripe's dashboard, with evidence, or accept it. Not answered in time it is lost. "
    "Mercat's ledger and the order do not follow.",
    "fraud_warning": "It mostly becomes a dispute. If the order is not shipped yet, stop it and refund the payment in "
    "Stripe's dashboard.",
}
_TEXT = """{title}.
{reason}{due}
{what}

Payment:   {url}/api/v1/admin/payments/{payment}
Order:     {url}/api/v1/admin/orders/{order}
At Stripe: {case}
"""
_log = telemetry.logger(__name__)


async def apply_case(ctx: PaymentsContext, event_id: str, kind: Kind | None, object_id: str) -> None:
    """Store the case with this id. `kind` None: `object_id` is a charge, and all its refunds are stored.

    Raises:
        Unavailable: the provider does not answer; ask again later.
    """
    async with ctx.db.read() as tx:
        asked_at: datetime = await tx.value("select clock_timestamp()")
    provider = provider_of(ctx)
    try:
        found = await provider.refunds_of(object_id) if kind is None else [await provider.case(kind, object_id)]
    except Unknown as unknown:
        raise Unavailable(f"The payment provider did not answer about {object_id}: {unknown.reason}") from unknown
    except Refused as refusal:
        _log.error("provider_event.refused", error_code=refusal.code)
        found = []
    payment = await _payment_of(ctx, found)
    if payment is None:
        async with ctx.db.write_one() as tx:
            await provider_events.mark(tx, event_id, "unmatched")
        return
    async with ctx.db.write() as tx:
        locked = await payments.locked(tx, payment.id)
        outcomes = {await _store_case(ctx, tx, locked, case, asked_at) for case in found}
        worst: Outcome = next(each for each in _BY_WEIGHT if each in outcomes)
        await provider_events.mark(tx, event_id, worst, locked.id)


_BY_WEIGHT: tuple[Outcome, ...] = ("mismatched", "applied", "unchanged")


async def _payment_of(ctx: PaymentsContext, found: list[Case]) -> Payment | None:
    """The payment that the cases are about. If it is not settled here, it is settled first."""
    if not found:
        return None
    async with ctx.db.read() as tx:
        payment = await payments.of_intent(tx, found[0].intent_id)
    if payment is not None and not payment.settled:
        await settle_payment(ctx, payment)
    return payment


async def _store_case(ctx: PaymentsContext, tx: WriteTx, payment: Payment, case: Case, asked_at: datetime) -> Outcome:
    if payment.status in {"cancelled", "cancelling"}:
        return "unchanged"  # an authorisation that was given back: the provider calls that a refund too
    # A warning names no amount: it is about the whole payment.
    warning = case.kind == "fraud_warning"
    whole = replace(case, amount=payment.amount, currency=payment.currency) if warning else case
    if whole.currency != payment.currency or not 0 < whole.amount <= payment.amount:
        tx.after_commit(partial(metrics.mismatches.inc, case.kind))
        _log.error("payment.mismatch", payment_id=payment.id, order_id=payment.order_id, reason=case.kind)
        if case.kind == "refund" and whole.currency == payment.currency:
            await _report_excess(ctx, tx, payment, whole.amount)
        return "mismatched"
    if not await cases.put(tx, payment.id, whole, asked_at):
        return "unchanged"
    await _notify_staff(ctx, tx, payment, whole)
    refunded = whole.refunds + await cases.refunded(tx, payment.id, whole.id)
    if refunded > payment.amount:
        await _report_excess(ctx, tx, payment, refunded)
    return "applied"


async def _report_excess(ctx: PaymentsContext, tx: WriteTx, payment: Payment, refunded: int) -> None:
    detail = attention.refunds_exceed(refunded, Money(payment.amount, payment.currency))
    await raise_attention(ctx, tx, payment, "refunds_exceed", detail)


async def _notify_staff(ctx: PaymentsContext, tx: WriteTx, payment: Payment, case: Case) -> None:
    """Log and mail a changed case: one mail for each status, and one for a warning."""
    tx.after_commit(partial(metrics.cases.inc, case.kind, case.status))
    _log.warning(f"payment.{case.kind}", payment_id=payment.id, order_id=payment.order_id, state=case.status)
    title = _TITLES[case.kind].format(money=Money(case.amount, case.currency), status=case.status.replace("_", " "))
    text = _TEXT.format(
        title=title,
        reason=f"Reason: {case.reason.replace('_', ' ')}\n" if case.reason else "",
        due=f"TO BE ANSWERED BY {case.due_by:%Y-%m-%d %H:%M} UTC\n" if case.due_by else "",
        what=_WHAT_TO_DO[case.kind],
        url=ctx.settings.public_url.rstrip("/"),
        payment=payment.id,
        order=payment.order_id,
        case=case.id,
    )
    what = case.kind if case.kind == "fraud_warning" else case.status
    await mail_staff(ctx, tx, f"{case.id}.{what}", title, text)
