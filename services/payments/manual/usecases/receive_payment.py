"""Mark a manual payment as received, in whole, once."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from msgspec.structs import replace

from chassis import audit, telemetry
from chassis.db import WriteTx
from chassis.problems import NotFound
from chassis.values import Money
from payments import events, metrics
from payments.context import PaymentsContext
from payments.domain.payment import Payment
from payments.manual import store
from payments.manual.domain import Receipt, of_receipt, received, wrong_amount
from payments.manual.problems import (
    PaymentAlreadyReceived,
    PaymentNotManual,
    ReceiptAmountDiffers,
    ReceiptReferenceUsed,
)
from payments.problems import PaymentCancelled
from payments.store import changes, ledger, payments

_DIFFERS = {
    "currency": "{came} came, and the payment is of {wanted}: it is another currency.",
    "underpaid": "{came} came, and the payment is of {wanted}: {difference} is missing.",
    "overpaid": "{came} came, and the payment is of {wanted}: {difference} is too much.",
}
_log = telemetry.logger(__name__)


async def receive_payment(
    ctx: PaymentsContext,
    receipt: Receipt,
    *,
    order_id: UUID | None = None,
    payment_id: UUID | None = None,
    by: UUID | None = None,
) -> Payment:
    """The payment of an order, or of an id, with its money; the same receipt again changes nothing. `by`: staff.

    Raises:
        NotFound, PaymentNotManual, PaymentCancelled: there is none, or none that can be received.
        ReceiptAmountDiffers: less or more has come. ReceiptReferenceUsed: the receipt has paid another order.
        PaymentAlreadyReceived: another receipt has paid this one.
    """
    async with ctx.db.write() as tx:
        payment = await _locked(tx, order_id, payment_id)
        _refuse_unfit(payment, receipt)
        if payment.status == "captured":
            return await _received_before(tx, payment, receipt)
        if not await store.receive(tx, payment, receipt.reference, by):
            raise ReceiptReferenceUsed(f"The receipt {receipt.reference} has paid another order.")
        change = received(payment)
        after = await changes.save(
            tx,
            replace(change.payment, facts=payment.facts + len(change.facts)),
            from_provider=False,
            events=[events.about(change.payment, fact) for fact in change.facts],
        )
        # Its reference is the payment: it is received once, whatever the code above believes.
        await ledger.post(tx, payment.id, "receipt", str(payment.id), of_receipt(payment))
        assert after is not None, "the row is locked"  # noqa: S101 -- narrows the type
        await audit.record(tx, "payment.received", f"payment:{payment.id}", after={"amount": payment.amount})
        tx.after_commit(partial(metrics.receipts.inc, payment.method))
    _log.info("payment.received", payment_id=payment.id, order_id=payment.order_id)
    return after


async def _locked(tx: WriteTx, order_id: UUID | None, payment_id: UUID | None) -> Payment:
    if order_id is not None:
        payment = await payments.locked_of_order(tx, order_id)
    else:
        payment = await store.locked(tx, payment_id)
    if payment is None:
        raise NotFound("There is no such payment.")
    return payment


def _refuse_unfit(payment: Payment, receipt: Receipt) -> None:
    if payment.status == "cancelled":
        raise PaymentCancelled("The payment of this order was cancelled: send back what has come.")
    if not payment.manual:
        raise PaymentNotManual("This payment is by card: only the provider can mark it as paid.")
    wrong = wrong_amount(payment, receipt)
    if wrong is None:
        return
    came, wanted = Money(receipt.amount, receipt.currency), Money(payment.amount, payment.currency)
    difference = Money(abs(came.amount - wanted.amount), wanted.currency)
    raise ReceiptAmountDiffers(
        _DIFFERS[wrong].format(came=came, wanted=wanted, difference=difference),
        reason=wrong,
        expected={"amount": wanted.amount, "currency": wanted.currency},
    )


async def _received_before(tx: WriteTx, payment: Payment, receipt: Receipt) -> Payment:
    before = await store.receipt_of(tx, payment.id)
    if before is None or before.reference != receipt.reference:
        raise PaymentAlreadyReceived("This payment was received under another reference. Was it paid twice?")
    return payment
