"""What a customer gets of a refund or a cancellation: a credit note and a mail. Hooks: see hooks.py."""

from __future__ import annotations

from chassis import telemetry
from chassis.db import WriteTx
from orders.checkout import Order
from orders.context import OrdersContext
from orders.documents import Credit, CreditedLine, DocumentError, issue_credit_note, reverse_credit_note
from orders.mails import MailFacts, enqueue_mail
from orders.refunds import metrics
from orders.refunds.domain.cancellation import Cancellation
from orders.refunds.domain.refund import Refund

_log = telemetry.logger(__name__)


async def write_credit_note(tx: WriteTx, ctx: OrdersContext, order: Order, refund: Refund) -> None:
    """The refund's credit note. An order that was never paid as it should has no invoice, and so none."""
    try:
        await issue_credit_note(tx, ctx, order, credit_of(refund))
    except DocumentError as error:
        # That the money went is a fact, which must not wait for it.
        _log.error("order.credit_note_missing", order_id=order.id, error=error)
        tx.after_commit(metrics.credit_notes_missing.inc)


async def take_back_credit_note(tx: WriteTx, ctx: OrdersContext, order: Order, refund: Refund) -> None:
    """A refund that had been accepted has failed: its credit note is reversed, if there is one."""
    if refund.accepted_at is not None:
        await reverse_credit_note(tx, ctx, order, refund.id)


async def mail_refunded(tx: WriteTx, ctx: OrdersContext, order: Order, refund: Refund) -> None:
    """Tell the customer that money goes back."""
    await enqueue_mail(ctx, tx, order.id, "refunded", refund.id, refund_facts(refund))


async def mail_cancelled(
    tx: WriteTx, ctx: OrdersContext, order: Order, cancellation: Cancellation, refund: Refund | None
) -> None:
    """Tell the customer what is not sent."""
    facts = cancellation_facts(cancellation, refund)
    await enqueue_mail(ctx, tx, order.id, "cancelled_by_shop", cancellation.id, facts)


def refund_facts(refund: Refund) -> MailFacts:
    """What a mail tells of a refund."""
    return MailFacts(pieces=tuple(refund.pieces.items()), amount=refund.amount, at=refund.accepted_at)


def cancellation_facts(cancellation: Cancellation, refund: Refund | None) -> MailFacts:
    """What a mail tells of a cancellation, and of its refund."""
    return MailFacts(
        pieces=tuple((line.position, line.quantity) for line in cancellation.lines),
        amount=refund.amount if refund else None,
        at=cancellation.created_at,
    )


def credit_of(refund: Refund) -> Credit:
    """The refund as its credit note shows it. One of an amount alone is of no line: the note spreads it."""
    named = bool(refund.lines or refund.shipping)
    return Credit(
        refund_id=refund.id,
        amount=refund.amount,
        lines=tuple(
            CreditedLine(line.position, line.quantity, line.gross, line.tax, line.discount)
            for line in refund.lines
            if line.quantity or line.gross
        ),
        shipping=refund.shipping,
        shipping_tax=refund.shipping_tax,
        rounding=refund.adjustment if named else 0,
        at=refund.accepted_at,
    )
