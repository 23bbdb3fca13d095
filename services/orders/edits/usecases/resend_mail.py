"""Send a mail about an order again, for staff: with a Message-ID of its own, and not often."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from msgspec.structs import replace

from chassis import audit
from chassis.db import ReadTx
from orders.checkout import Order, OrderStatus, append_event
from orders.context import OrdersContext
from orders.edits.problems import MailNotSendable
from orders.edits.store import orders as store
from orders.edits.usecases.mail_again import MAIL_AGAIN, MailAgain
from orders.fulfilment import locked_order, parcel_facts, parcels_of
from orders.mails import MailFacts
from orders.refunds import cancellation_facts, cancellations_of, refund_facts, refunds_of

MOST_IN_AN_HOUR = 5
MOST_IN_ALL = 50
_OPEN = frozenset({OrderStatus.PLACED.value, OrderStatus.PENDING_PAYMENT.value})


class ResentKind(StrEnum):
    """A mail that can be sent again, by what has to be true of the order."""

    PLACED = "placed"
    PAYMENT_LINK = "payment_link"
    CONFIRMATION = "confirmation"
    CANCELLED = "cancelled"
    STOCK_LOST = "stock_lost"
    SHIPPED = "shipped"
    REFUNDED = "refunded"
    CANCELLED_BY_SHOP = "cancelled_by_shop"


ABOUT = {ResentKind.SHIPPED: "parcel", ResentKind.REFUNDED: "refund", ResentKind.CANCELLED_BY_SHOP: "cancellation"}
"""What these are about: its id has to be named."""


@dataclass(frozen=True, slots=True)
class ResendWish:
    """`subject`: the id of what ABOUT names. `note`: words of staff to the customer."""

    kind: ResentKind
    subject: UUID | None = None
    note: str | None = None


async def resend_mail(ctx: OrdersContext, order_id: UUID, mail_id: UUID, wish: ResendWish, staff: UUID) -> Order:
    """The order; the mail is sent soon. Asked again with the same id, it is that mail.

    Raises:
        NotFound. MailNotSendable: the order is not in a state for it, or had too many of late.
    """
    async with ctx.db.write() as tx:
        order = await locked_order(tx, order_id)
        if await store.noted(tx, order_id, "mail_sent_again", "mail_id", str(mail_id)):
            return order
        facts = await _facts(tx, order, wish)
        sent = await store.mailed(tx, order_id)
        if sent.in_an_hour >= MOST_IN_AN_HOUR or sent.in_all >= MOST_IN_ALL:
            detail = f"At most {MOST_IN_AN_HOUR} an hour and {MOST_IN_ALL} in all are sent again about an order."
            raise MailNotSendable(detail, obstacle="too_often")
        told = {"mail_id": str(mail_id), "kind": wish.kind.value}
        await append_event(tx, order_id, "mail_sent_again", told, actor=staff)
        facts = replace(facts, at=sent.now, note=wish.note)
        await ctx.jobs.enqueue(tx, MAIL_AGAIN, MailAgain(order_id, wish.kind.value, mail_id, facts))
        await audit.record(tx, "order.mail_sent_again", f"order:{order_id}", after={"kind": wish.kind.value})
    return order


async def _facts(tx: ReadTx, order: Order, wish: ResendWish) -> MailFacts:
    """What the mail tells. Raises MailNotSendable."""
    facts = await _about(tx, order, wish) if wish.kind in ABOUT else _of_order(order, wish.kind)
    if facts is None:
        thing = ABOUT.get(wish.kind)
        detail = f"There is no such {thing} of which it could tell." if thing else f"The order is {order.status}."
        obstacle = "unknown_subject" if thing else "state"
        raise MailNotSendable(detail, obstacle=obstacle, order_status=order.status)
    return facts


def _of_order(order: Order, kind: ResentKind) -> MailFacts | None:
    """None: the order is in another state."""
    ended = order.status == OrderStatus.CANCELLED.value
    match kind:
        case ResentKind.CONFIRMATION:
            fits = order.status == OrderStatus.PAID.value
        case ResentKind.STOCK_LOST:
            fits = ended and order.cancel_reason == "stock_lost"
        case ResentKind.CANCELLED:
            fits = ended and order.cancel_reason != "stock_lost"
        case _:
            return MailFacts(until=order.expires_at) if order.status in _OPEN and not order.expired else None
    return MailFacts() if fits else None


async def _about(tx: ReadTx, order: Order, wish: ResendWish) -> MailFacts | None:
    """None: there is no such thing, or nothing was mailed about it."""
    match wish.kind:
        case ResentKind.SHIPPED:
            parcels = {parcel.id: parcel for parcel in await parcels_of(tx, order.id)}
            parcel = parcels.get(wish.subject) if wish.subject else None
            return parcel_facts(parcel) if parcel and parcel.mailable else None
        case ResentKind.REFUNDED:
            refunds = {refund.id: refund for refund in await refunds_of(tx, order.id)}
            refund = refunds.get(wish.subject) if wish.subject else None
            return refund_facts(refund) if refund and refund.status.value == "refunded" else None
    cancellations = {each.id: each for each in await cancellations_of(tx, order.id)}
    cancellation = cancellations.get(wish.subject) if wish.subject else None
    if cancellation is None:
        return None
    refunds_made = await refunds_of(tx, order.id)
    return cancellation_facts(
        cancellation, next((r for r in refunds_made if r.cancellation_id == cancellation.id), None)
    )
