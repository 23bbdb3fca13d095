"""Checkout: write the order, reserve, open the payment, answer. Every part may be repeated after a crash.

The request's operation id is the order's id, so a retry with the same key goes on with the same order, as does the
sweep when no retry comes.
"""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

import asyncpg
import msgspec
from fastapi import Response

from chassis import outbox
from chassis.problems import FieldError, Problem, Unavailable
from chassis.resilience import failpoints
from chassis.web import IdempotentResponse, idempotent, was_sent
from orders import clients, metrics, tokens
from orders.clients import PaymentDetails
from orders.domain import numbers
from orders.domain.order_state import Fact, OrderStatus
from orders.events import OrderPlaced
from orders.holders import Holders
from orders.problems import CartChanged, HoldLimit, OutOfStock, PaymentRefused, WeakIdempotencyKey
from orders.schemas import NewOrderRequest
from orders.settings import OrdersContext
from orders.shopper import Shopper
from orders.store import holds, new_order, orders
from orders.store.orders import Order
from orders.tokens import OrderTokens
from orders.turns import Turns
from orders.usecases.limit_holds import Crowded, limit_holds
from orders.usecases.prepare_order import prepare_order
from orders.usecases.price_basket import Basket, price_basket
from orders.usecases.record_fact import record
from orders.usecases.report_holds import report_holds
from orders.views import NOT_AVAILABLE, OrderView, PaymentView, PlacedOrder

_DRAWS = 20
# One scope for all guests, wherever they ask from: their keys are secrets.
GUESTS = "orders.place:guest"


async def place_order(ctx: OrdersContext, shopper: Shopper, key: str, request: NewOrderRequest) -> Response:
    """201 with the order and what is needed to pay it. A guest's order token is not kept with the answer, but derived.

    Raises:
        OutOfStock: the order's lasting answer. WeakIdempotencyKey, CartChanged, HoldLimit, and what fill_basket and
        idempotent raise.
    """
    if shopper.account_id is not None and await was_sent(ctx, GUESTS, key):
        # Sent as a guest, whose answer was lost, and again after signing in: it is that guest's order still.
        shopper = msgspec.structs.replace(shopper, account_id=None)

    async def work(operation_id: UUID) -> IdempotentResponse:
        return await _check_out(ctx, shopper, request, operation_id)

    if shopper.account_id is not None:
        scope = f"orders.place:account:{shopper.account_id}"
        return await idempotent(ctx, scope=scope, key=key, request=request, work=work)
    if not _hard_to_guess(key):
        raise WeakIdempotencyKey(
            "Who orders without an account is known by this key alone: send one of at least 128 random bits, such as a "
            "fresh UUID.",
            errors=[FieldError("header.idempotency-key", "At least 22 characters, drawn at random", "weak")],
        )
    cart = shopper.cart_token.hex() if shopper.cart_token else None
    return _with_token(ctx, await idempotent(ctx, scope=GUESTS, key=key, request=[request, cart], work=work))


def _hard_to_guess(key: str) -> bool:
    """22 characters of base64 are 128 bits. A counter that is filled up with zeros is not random."""
    return len(key) >= 22 and len(set(key)) >= 6


class _Placed(msgspec.Struct):
    id: UUID


class _Answered(msgspec.Struct):
    order: _Placed


def _with_token(ctx: OrdersContext, response: Response) -> Response:
    """The same answer, first or replayed, with the guest's token at its end."""
    if response.status_code != 201:
        return response
    body = bytes(response.body)
    token = ctx.get(OrderTokens).token(msgspec.json.decode(body, type=_Answered).order.id)
    headers = {name: value for name, value in response.headers.items() if name != "content-length"}
    return Response(body[:-1] + b',"order_token":"' + token.encode() + b'"}', 201, headers)


async def _check_out(
    ctx: OrdersContext, shopper: Shopper, request: NewOrderRequest, order_id: UUID
) -> IdempotentResponse:
    """An earlier try of this request may have written the order: that shows when this one cannot."""
    try:
        basket = await price_basket(ctx, shopper, request)
        order = await _write(ctx, shopper, request, order_id, basket)
    except Problem:
        written = await _written(ctx, order_id)
        if written is None:
            raise
        return await _resume(ctx, written)
    if order is None:
        written = await _written(ctx, order_id)
        assert written is not None, "orders are never deleted"  # noqa: S101 -- narrows the type
        return await _resume(ctx, written)
    await failpoints.point("checkout.after_placed")
    return await _prepare(ctx, order)


async def _written(ctx: OrdersContext, order_id: UUID) -> Order | None:
    async with ctx.db.read() as tx:
        return await orders.find(tx, order_id)


async def _resume(ctx: OrdersContext, order: Order) -> IdempotentResponse:
    state = await record(ctx, order.id, order.state, Fact.RESUMED)
    order = order.moved(state)
    if state.status is OrderStatus.PLACED:
        return await _prepare(ctx, order)
    if order.cancel_reason == "out_of_stock":
        async with ctx.db.read() as tx:
            refusal = await orders.refusal(tx, order.id)
        raise _out_of_stock(refusal)
    if order.status != OrderStatus.PENDING_PAYMENT.value:
        return _answer(order, None)
    try:
        return _answer(order, await clients.payment_of(ctx, order.id))
    except Unavailable:
        return _answer(order, None)


async def _write(
    ctx: OrdersContext, shopper: Shopper, request: NewOrderRequest, order_id: UUID, basket: Basket
) -> Order | None:
    """The order, `placed`; None where it is there already."""
    guest = shopper.account_id is None
    new = new_order.NewOrder(
        id=order_id,
        number=numbers.draw(),
        account_id=shopper.account_id,
        token_hash=tokens.hashed(ctx.get(OrderTokens).token(order_id)) if guest else None,
        email=request.email,
        shipping_address=basket.address,
        totals=basket.totals,
        lines=basket.lines,
        hold_seconds=ctx.settings.hold_seconds,
        cart=basket.cart,
        holder=ctx.get(Holders).of(shopper, order_id),
    )
    for _ in range(_DRAWS):
        try:
            placed = await _place(ctx, new, basket)
        except asyncpg.UniqueViolationError as taken:
            if taken.constraint_name != "orders_number_once":
                raise
            new = msgspec.structs.replace(new, number=numbers.draw())
            continue
        except HoldLimit as refused:
            await report_holds(ctx, new.holder, refused)
            raise
        if placed is None:
            return None
        metrics.placed.inc("guest" if guest else "account", basket.totals.total.currency)
        return new_order.as_order(new, placed)
    raise RuntimeError("no free order number was found: the alphabet's numbers are running out")


async def _place(ctx: OrdersContext, new: new_order.NewOrder, basket: Basket) -> new_order.Placed | None:
    """Single pieces side by side, so that a crowd behind one address is served at once; what is more in turn."""
    if sum(line.quantity for line in new.lines) == 1:
        with suppress(Crowded):
            return await _place_now(ctx, new, basket, alone=False)
    # Here, too: whoever waits for the lock of an address should not keep a connection from everybody else.
    async with ctx.get(Turns).of(new.holder.network):
        return await _place_now(ctx, new, basket, alone=True)


async def _place_now(
    ctx: OrdersContext, new: new_order.NewOrder, basket: Basket, *, alone: bool
) -> new_order.Placed | None:
    async with ctx.db.write() as tx:
        await holds.lock(tx, new.holder, alone=alone)
        variants, guest = [line.variant_id for line in new.lines], new.account_id is None
        held = await holds.count(tx, new.holder, new.id, variants, guest=guest)
        if held.written:
            return None
        first = limit_holds(ctx, new, basket.available, held, alone=alone)
        placed = await new_order.place(tx, new, first=first)
        if placed is not None:
            if new.cart is not None and not placed.cart_used:
                raise CartChanged("It was changed or ordered while you ordered it. Look at it again.")
            total = new.totals.total
            event = OrderPlaced(new.id, new.number, new.account_id, total.currency, total.amount)
            await outbox.publish(tx, "order", new.id, 1, event)
        return placed


async def _prepare(ctx: OrdersContext, order: Order) -> IdempotentResponse:
    try:
        prepared = await prepare_order(ctx, order)
    except Unavailable:
        # Not known whether the stock is held: the order is accepted, and the sweep goes on with it.
        return _answer(order, None)
    state = await record(ctx, order.id, order.state, prepared.fact, prepared.data)
    if prepared.fact is Fact.OUT_OF_STOCK and state.reason is not None:
        raise _out_of_stock(prepared.data)
    if prepared.fact is Fact.PAYMENT_REFUSED:
        raise PaymentRefused("The payment provider does not take this order's total. Order more, or less.")
    payment = prepared.payment if state.status is OrderStatus.PENDING_PAYMENT else None
    return _answer(order.moved(state), payment, available=prepared.available)


def _out_of_stock(refusal: dict[str, object] | None) -> OutOfStock:
    return OutOfStock("Order less of it, or leave it out.", lines=(refusal or {}).get("lines", []))


def _answer(order: Order, payment: PaymentDetails | None, *, available: bool = True) -> IdempotentResponse:
    notice = None if available else NOT_AVAILABLE
    body = PlacedOrder(order=OrderView.of(order), payment=PaymentView.of(payment), payment_notice=notice)
    return IdempotentResponse(201, body, {"Location": f"/api/v1/orders/{order.id}"})
