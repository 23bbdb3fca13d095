"""For the service orders. Everything here may be repeated."""

from __future__ import annotations

from uuid import UUID

from chassis.auth import internal_router
from chassis.problems import NotFound, responses
from payments.context import Ctx
from payments.customers import customer_of
from payments.manual import MethodNotOffered, create_manual_payment
from payments.problems import (
    PaymentCancelled,
    PaymentMismatch,
    PaymentNotAuthorised,
    PaymentNotAvailable,
    PaymentNotReady,
    PaymentRefused,
    ProviderUnavailable,
    TooManyDeclines,
)
from payments.requests import PaymentRequest
from payments.schemas import PaymentView, StatusView
from payments.usecases.ask_provider import ask_provider
from payments.usecases.capture_payment import capture_payment
from payments.usecases.create_payment import create_payment
from payments.usecases.find_payment import payment_of_order
from payments.usecases.give_up_payment import give_up_payment
from payments.usecases.void_payment import void_payment

router = internal_router()


@router.post(
    "/payments",
    summary="Give an order its payment",
    responses=responses(
        *(PaymentMismatch, PaymentCancelled, PaymentRefused, PaymentNotReady, PaymentNotAvailable),
        *(ProviderUnavailable, MethodNotOffered, TooManyDeclines),
    ),
)
async def create(wanted: PaymentRequest, ctx: Ctx) -> PaymentView:
    """One for each order. After a 424 or 503 the same request continues where the last one ended."""
    if wanted.method != "card":
        payment = await create_manual_payment(
            ctx, wanted.order_id, wanted.amount, wanted.currency, wanted.method, wanted.order_number
        )
        return PaymentView.of(payment, ctx.settings)
    details = wanted.details(ctx.settings)
    if wanted.account_id is not None:
        async with ctx.db.read() as tx:
            customer_id = await customer_of(tx, wanted.account_id)
        details |= {"customer": customer_id} if customer_id else {}
    payment = await create_payment(ctx, wanted.order_id, wanted.amount, wanted.currency, details, wanted.address_hash)
    return PaymentView.of(payment, ctx.settings)


@router.get("/payments/{order_id}", summary="An order's payment", responses=responses(NotFound))
async def find(order_id: UUID, ctx: Ctx) -> PaymentView:
    """As stored here; the reconciler keeps it up to date."""
    return PaymentView.of(await payment_of_order(ctx, order_id), ctx.settings)


@router.post(
    "/payments/{order_id}/look",
    summary="An order's payment, read from the provider",
    responses=responses(NotFound, PaymentNotReady, ProviderUnavailable),
)
async def look(order_id: UUID, ctx: Ctx) -> StatusView:
    """Before an order is cancelled: its shopper may have paid, without a webhook so far."""
    return StatusView(status=(await ask_provider(ctx, order_id)).status)


@router.post(
    "/payments/{order_id}/capture",
    summary="Take the money",
    status_code=202,
    responses=responses(NotFound, PaymentNotAuthorised),
)
async def capture(order_id: UUID, ctx: Ctx) -> StatusView:
    """Begun before the answer; the event `payment.captured` reports its end."""
    payment = await capture_payment(ctx, order_id)
    return StatusView(status=payment.status)


@router.post("/payments/{order_id}/void", summary="Cancel the payment, or forbid it", status_code=202)
async def void(order_id: UUID, ctx: Ctx) -> StatusView:
    """The event `payment.cancelled` reports its end; a payment whose capture has begun is not cancelled."""
    payment = await void_payment(ctx, order_id)
    return StatusView(status=payment.status)


@router.post("/payments/{order_id}/give-up", summary="Give up the payment of an unknown order", status_code=202)
async def give_up(order_id: UUID, ctx: Ctx) -> StatusView:
    """After a restore lost the order: its payment is cancelled, or staff are told to refund it."""
    payment = await give_up_payment(ctx, order_id)
    return StatusView(status=payment.status)
