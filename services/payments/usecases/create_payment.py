"""Create the one payment of an order, however many requests ask for it at once."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from chassis import telemetry
from chassis.problems import NotFound
from chassis.values import uuid7
from payments import metrics
from payments.context import PaymentsContext
from payments.domain.payment import TOO_MANY_DECLINES, Method, Payment
from payments.problems import (
    PaymentCancelled,
    PaymentMismatch,
    PaymentNotAvailable,
    PaymentNotReady,
    PaymentRefused,
    ProviderUnavailable,
    TooManyDeclines,
)
from payments.provider import Busy, Misconfigured, Refused, Unknown
from payments.store import payments
from payments.store.payments import NewPayment
from payments.usecases.create_intent import create_intent
from payments.usecases.find_payment import payment_of_order

PATIENCE_SECONDS = 4.0
"""The checkout has to answer within 5 s; a retry continues what was begun."""
_LOOK_SECONDS = 0.05


async def create_payment(
    ctx: PaymentsContext,
    order_id: UUID,
    amount: int,
    currency: str,
    details: dict[str, Any],
    address: bytes | None = None,
) -> Payment:
    """The order's payment, with its intent. `details`: of the order, for staff who look at it at the provider;
    `address`: a hash of the shopper's, by which declines are counted.

    Raises:
        TooManyDeclines: of the address within an hour, or of this order.
        PaymentMismatch, PaymentCancelled: the order has another one, or may not have any.
        PaymentRefused: the provider will not take it, now or later.
        ProviderUnavailable: whether there is an intent is not known; the same request continues.
        PaymentNotReady: the provider is busy; ask again soon. PaymentNotAvailable: our set-up is wrong; staff know.
    """
    telemetry.sample()
    wanted = NewPayment(order_id, amount, currency, details, address, ctx.settings.declines_per_address)
    async with ctx.db.write_one() as tx:
        new = await payments.insert(tx, uuid7(), wanted)
    payment = new or await _existing(ctx, order_id)
    refuse_another(payment, amount, currency, "card")
    if payment.status == "created":
        payment = await _with_intent(ctx, payment, claimed=new is not None)
        refuse_another(payment, amount, currency, "card")
    return payment


async def _existing(ctx: PaymentsContext, order_id: UUID) -> Payment:
    try:
        return await payment_of_order(ctx, order_id)
    except NotFound:
        metrics.declines_limited.inc("creation")
        raise TooManyDeclines("Too many cards were declined from where you are. Try again in an hour.") from None


def refuse_another(payment: Payment, amount: int, currency: str, method: Method) -> None:
    """Refuse if an order's payment is not the one that is wanted.

    Raises:
        PaymentMismatch, PaymentCancelled: it is another one, or was cancelled.
        TooManyDeclines: it was cancelled since too many cards were declined.
    """
    if payment.status in {"cancelling", "cancelled"} and payment.cancel_reason == TOO_MANY_DECLINES:
        raise TooManyDeclines("Too many cards were declined for this order. It cannot be paid any more.")
    if payment.status in {"cancelling", "cancelled"}:
        raise PaymentCancelled(f"The payment of order {payment.order_id} was cancelled and cannot be made any more.")
    if (payment.amount, payment.currency) != (amount, currency):
        raise PaymentMismatch(f"Order {payment.order_id} has a payment of {payment.amount} {payment.currency}.")
    if payment.method != method:
        raise PaymentMismatch(f"Order {payment.order_id} is to be paid by {payment.method}.")


async def _with_intent(ctx: PaymentsContext, payment: Payment, *, claimed: bool) -> Payment:
    """One request creates the intent and the others wait for it; if it gives up, the next one tries."""
    loop = asyncio.get_running_loop()
    remaining = telemetry.remaining()
    until = loop.time() + min(PATIENCE_SECONDS, PATIENCE_SECONDS if remaining is None else remaining)
    while payment.status == "created":
        claim = payment if claimed else await _claim(ctx, payment.id)
        if claim is not None:
            return await _created(ctx, claim, until - loop.time())
        if payment.attention == "misconfigured":
            raise not_available()
        if loop.time() >= until:
            raise ProviderUnavailable("Your payment is being prepared. Try again in a few seconds.")
        await asyncio.sleep(_LOOK_SECONDS)
        async with ctx.db.read() as tx:
            payment = await payments.by_id(tx, payment.id) or payment
    return payment


async def _claim(ctx: PaymentsContext, payment_id: UUID) -> Payment | None:
    async with ctx.db.write_one() as tx:
        return await payments.claim_creation(tx, payment_id)


async def _created(ctx: PaymentsContext, payment: Payment, patience: float) -> Payment:
    try:
        return await create_intent(ctx, payment, "checkout", max(patience, 0.1))
    except Misconfigured as fault:
        raise not_available() from fault
    except Busy as busy:
        raise PaymentNotReady("The payment provider is busy. Try again in a few seconds.") from busy
    except Unknown as unknown:
        raise ProviderUnavailable("The payment provider does not answer. Try again in a few seconds.") from unknown
    except Refused as refusal:
        raise PaymentRefused(refusal.message, code=refusal.code) from refusal


def not_available() -> PaymentNotAvailable:
    """The refusal where the shop's account at the provider cannot be used."""
    return PaymentNotAvailable("Payment is not available just now. We know of it, and the order is kept.")
