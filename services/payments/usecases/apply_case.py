"""Store a dispute or fraud warning that was made at the provider after a capture, and mail staff.

Its present state is read from the provider, so the number and order of the events do not matter. The money of a
dispute is booked, and orders is told of it; a warning moves no money.
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
from payments.disputes import record_dispute
from payments.domain.case import Case, Kind
from payments.domain.payment import Payment
from payments.provider import Refused, Unknown
from payments.store import cases, payments, provider_events
from payments.store.provider_events import Outcome
from payments.usecases.mail_staff import mail_staff
from payments.usecases.settle_payment import settle_payment

_TITLES: dict[Kind, str] = {
    "dispute": "A customer disputes {money} at their bank: {status}",
    "fraud_warning": "A bank warns of fraud in a payment of {money}",
}
_WHAT_TO_DO: dict[Kind, str] = {
    "dispute": "Answer it with evidence, or accept it: POST /api/v1/admin/disputes/{case}/evidence or .../accept, "
    "or in Stripe's dashboard. Not answered in time it is lost. The ledger and the order follow.",
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


async def apply_case(ctx: PaymentsContext, event_id: str, kind: Kind, object_id: str) -> None:
    """Store the case with this id.

    Raises:
        Unavailable: the provider does not answer; ask again later.
    """
    async with ctx.db.read() as tx:
        asked_at: datetime = await tx.value("select clock_timestamp()")
    try:
        found = await provider_of(ctx).case(kind, object_id)
    except Unknown as unknown:
        raise Unavailable(f"The payment provider did not answer about {object_id}: {unknown.reason}") from unknown
    except Refused as refusal:
        _log.error("provider_event.refused", error_code=refusal.code)
        found = None
    payment = await _payment_of(ctx, found)
    if payment is None or found is None:
        async with ctx.db.write_one() as tx:
            await provider_events.mark(tx, event_id, "unmatched")
        return
    async with ctx.db.write() as tx:
        locked = await payments.locked(tx, payment.id)
        outcome = await _store_case(ctx, tx, locked, found, asked_at)
        await provider_events.mark(tx, event_id, outcome, locked.id)


async def _payment_of(ctx: PaymentsContext, found: Case | None) -> Payment | None:
    """The payment that the case is about. If it is not settled here, it is settled first."""
    if found is None:
        return None
    async with ctx.db.read() as tx:
        payment = await payments.of_intent(tx, found.intent_id)
    if payment is not None and not payment.settled:
        await settle_payment(ctx, payment)
    return payment


async def _store_case(ctx: PaymentsContext, tx: WriteTx, payment: Payment, case: Case, asked_at: datetime) -> Outcome:
    if payment.status in {"cancelled", "cancelling"}:
        return "unchanged"  # an authorisation that was given back
    # A warning names no amount: it is about the whole payment.
    warning = case.kind == "fraud_warning"
    whole = replace(case, amount=payment.amount, currency=payment.currency) if warning else case
    if whole.currency != payment.currency or not 0 < whole.amount <= payment.amount:
        tx.after_commit(partial(metrics.mismatches.inc, case.kind))
        _log.error("payment.mismatch", payment_id=payment.id, order_id=payment.order_id, reason=case.kind)
        return "mismatched"
    if whole.kind == "dispute":
        recorded = await record_dispute(tx, payment, whole, asked_at)
        if recorded.changed:
            await _notify_staff(ctx, tx, payment, whole)
        return "applied" if recorded.changed or recorded.booked else "unchanged"
    if not await cases.put(tx, payment.id, whole, asked_at):
        return "unchanged"
    await _notify_staff(ctx, tx, payment, whole)
    return "applied"


async def _notify_staff(ctx: PaymentsContext, tx: WriteTx, payment: Payment, case: Case) -> None:
    """Log and mail a changed case: one mail for each status, and one for a warning."""
    tx.after_commit(partial(metrics.cases.inc, case.kind, case.status))
    _log.warning(f"payment.{case.kind}", payment_id=payment.id, order_id=payment.order_id, state=case.status)
    title = _TITLES[case.kind].format(money=Money(case.amount, case.currency), status=case.status.replace("_", " "))
    text = _TEXT.format(
        title=title,
        reason=f"Reason: {case.reason.replace('_', ' ')}\n" if case.reason else "",
        due=f"TO BE ANSWERED BY {case.due_by:%Y-%m-%d %H:%M} UTC\n" if case.due_by else "",
        what=_WHAT_TO_DO[case.kind].format(case=case.id),
        url=ctx.settings.public_url.rstrip("/"),
        payment=payment.id,
        order=payment.order_id,
        case=case.id,
    )
    what = case.kind if case.kind == "fraud_warning" else case.status
    await mail_staff(ctx, tx, f"{case.id}.{what}", title, text)
