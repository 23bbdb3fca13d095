"""Checkout: write the order, reserve, open the payment, answer. Every part may be repeated after a crash.

The request's operation id is the order's id, so a retry with the same key goes on with the same order, as does the
sweep when no retry comes.
"""

from __future__ import annotations

from uuid import UUID

import msgspec
from fastapi import Response

from chassis.problems import FieldError, Problem, Unavailable
from chassis.resilience import failpoints
from chassis.web import IdempotentResponse, idempotency
from chassis.web.idempotency import Claim, as_response
from orders import clients
from orders.clients import PaymentDetails
from orders.context import OrdersContext
from orders.domain.order_state import Fact, OrderStatus, State
from orders.problems import OutOfStock, PaymentRefused, WeakIdempotencyKey
from orders.schemas import NewOrderRequest
from orders.shopper import Shopper
from orders.store import orders
from orders.store.orders import Order
from orders.tokens import OrderTokens
from orders.usecases.prepare_order import Prepared, prepare_order
from orders.usecases.price_basket import price_basket
from orders.usecases.record_fact import record, record_and_keep
from orders.usecases.write_order import Wish, write_order
from orders.views import NOT_AVAILABLE, OrderView, PaymentView, PlacedOrder

# One scope for all guests, wherever they ask from: their keys are secrets.
GUESTS = "orders.place:guest"


async def place_order(ctx: OrdersContext, shopper: Shopper, key: str, request: NewOrderRequest) -> Response:
    """201 with the order and what is needed to pay it. A guest's order token is not kept with the answer, but derived.

    Raises:
        WeakIdempotencyKey, CartChanged, HoldLimit, and what price_basket and chassis.web.idempotency raise.
    """
    if shopper.account_id is not None and await idempotency.was_sent(ctx, GUESTS, key):
        # Sent as a guest, whose answer was lost, and again after signing in: it is that guest's order still.
        shopper = msgspec.structs.replace(shopper, account_id=None)
    claim = _claim(shopper, key, request)
    async with idempotency.released_on_error(ctx, claim):
        # A guest's key is known before the catalog is asked: they may sign in and send it again while that lasts.
        if shopper.account_id is None and not await _claimed(ctx, claim):
            response = await idempotency.answer_of_another(ctx, claim)
        else:
            response = await _check_out(ctx, shopper, request, claim)
    return response if shopper.account_id is not None else _with_token(ctx.get(OrderTokens), response)


async def _claimed(ctx: OrdersContext, claim: Claim) -> bool:
    async with ctx.db.write_one() as tx:
        return await idempotency.claim(tx, claim) is not None


def _claim(shopper: Shopper, key: str, request: NewOrderRequest) -> Claim:
    if shopper.account_id is not None:
        return Claim.of(f"orders.place:account:{shopper.account_id}", key, request)
    if not _hard_to_guess(key):
        raise WeakIdempotencyKey(
            "Who orders without an account is known by this key alone: send one of at least 128 random bits, such as a "
            "fresh UUID.",
            errors=[FieldError("header.idempotency-key", "At least 22 characters, drawn at random", "weak")],
        )
    return Claim.of(GUESTS, key, [request, shopper.cart_token.hex() if shopper.cart_token else None])


def _hard_to_guess(key: str) -> bool:
    """22 characters of base64 are 128 bits. A counter that is filled up with zeros is not random."""
    return len(key) >= 22 and len(set(key)) >= 6


class _Placed(msgspec.Struct):
    id: UUID


class _Kept(msgspec.Struct):
    """A kept answer; its parts are passed on as they were written."""

    order: msgspec.Raw
    payment: msgspec.Raw
    payment_notice: msgspec.Raw


class _ForGuest(_Kept):
    order_token: str


def _with_token(derived: OrderTokens, response: Response) -> Response:
    """The same answer, first or replayed, with the guest's token."""
    if response.status_code != 201:
        return response
    kept = msgspec.json.decode(bytes(response.body), type=_Kept)
    token = derived.token(msgspec.json.decode(kept.order, type=_Placed).id)
    body = msgspec.json.encode(_ForGuest(kept.order, kept.payment, kept.payment_notice, token))
    headers = {name: value for name, value in response.headers.items() if name != "content-length"}
    return Response(body, 201, headers)


async def _check_out(ctx: OrdersContext, shopper: Shopper, request: NewOrderRequest, claim: Claim) -> Response:
    try:
        basket = await price_basket(ctx, shopper, request)
        written = await write_order(ctx, Wish(shopper, request, basket, claim))
    except Problem as problem:
        return await _refuse(ctx, claim, problem)
    if written.order_id is None:
        return await idempotency.answer_of_another(ctx, claim)
    if written.order is None:
        earlier = await _find(ctx, written.order_id)
        assert earlier is not None, "orders are never deleted"  # noqa: S101 -- narrows the type
        return await _resume(ctx, claim, earlier)
    await failpoints.point("checkout.after_placed")
    return await _prepare(ctx, claim, written.order)


async def _refuse(ctx: OrdersContext, claim: Claim, problem: Problem) -> Response:
    """An earlier try of this request may have written the order, or been answered: that comes before a refusal."""
    async with ctx.db.write_one() as tx:
        order_id = await idempotency.claim(tx, claim)
    if order_id is None:
        return await idempotency.answer_of_another(ctx, claim)
    earlier = None if order_id == claim.operation_id else await _find(ctx, order_id)
    if earlier is not None:
        return await _resume(ctx, claim, earlier)
    if not problem.final:
        raise problem
    return await idempotency.keep(ctx, claim, as_response(problem))


async def _find(ctx: OrdersContext, order_id: UUID) -> Order | None:
    async with ctx.db.read() as tx:
        return await orders.find(tx, order_id)


async def _resume(ctx: OrdersContext, claim: Claim, order: Order) -> Response:
    state = await record(ctx, order.id, order.state, Fact.RESUMED)
    order = order.moved(state)
    if state.status is OrderStatus.PLACED:
        return await _prepare(ctx, claim, order)
    return await idempotency.keep(ctx, claim, await _as_it_stands(ctx, order))


async def _as_it_stands(ctx: OrdersContext, order: Order) -> Response:
    if order.cancel_reason == "out_of_stock":
        async with ctx.db.read() as tx:
            return _out_of_stock(await orders.refusal(tx, order.id))
    if order.status != OrderStatus.PENDING_PAYMENT.value:
        return _response(order, None)
    try:
        return _response(order, await clients.payment_of(ctx, order.id))
    except Unavailable:
        return _response(order, None)


async def _prepare(ctx: OrdersContext, claim: Claim, order: Order) -> Response:
    try:
        prepared = await prepare_order(ctx, order)
    except Unavailable:
        # Not known whether the stock is held: the order is accepted, and the sweep goes on with it.
        return await idempotency.keep(ctx, claim, _response(order, None))

    def told(state: State) -> Response:
        return _told(order, prepared, state)

    return await record_and_keep(ctx, order, prepared.fact, prepared.data, claim, told)


def _told(order: Order, prepared: Prepared, state: State) -> Response:
    """The answer to whoever placed the order, which is in this state now."""
    if prepared.fact is Fact.OUT_OF_STOCK and state.reason is not None:
        return _out_of_stock(prepared.data)
    if prepared.fact is Fact.PAYMENT_REFUSED:
        refused = PaymentRefused("The payment provider does not take this order's total. Order more, or less.")
        return as_response(refused)
    payment = prepared.payment if state.status is OrderStatus.PENDING_PAYMENT else None
    return _response(order.moved(state), payment, available=prepared.available)


def _out_of_stock(refusal: dict[str, object] | None) -> Response:
    return as_response(OutOfStock("Order less of it, or leave it out.", lines=(refusal or {}).get("lines", [])))


def _response(order: Order, payment: PaymentDetails | None, *, available: bool = True) -> Response:
    notice = None if available else NOT_AVAILABLE
    body = PlacedOrder(order=OrderView.of(order), payment=PaymentView.of(payment), payment_notice=notice)
    return as_response(IdempotentResponse(201, body, {"Location": f"/api/v1/orders/{order.id}"}))
