"""Checkout: write the order, reserve, open the payment, answer. Every part may be repeated after a crash.

The request's operation id is the order's id, so a retry with the same key goes on with the same order, as does the
sweep when no retry comes.
"""

from __future__ import annotations

from uuid import UUID

import asyncpg
import msgspec
from fastapi import Response

from chassis import faults, outbox
from chassis.idempotency import Answer, idempotent
from chassis.problems import Problem, Unavailable
from orders import clients, metrics, tokens
from orders.clients import PaymentAnswer
from orders.domain import numbers
from orders.domain.progress import Fact, Status
from orders.events import OrderPlaced
from orders.problems import CartChanged, OutOfStock, PaymentRefused
from orders.schemas import NewOrderRequest
from orders.settings import OrdersContext
from orders.shopper import Shopper
from orders.store import orders, placing
from orders.store.orders import Order
from orders.tokens import OrderTokens
from orders.usecases.fill_basket import Basket, fill_basket
from orders.usecases.prepare_order import prepare_order
from orders.usecases.record_fact import record
from orders.views import OrderView, PaymentView, PlacedOrder

_DRAWS = 20


async def place_order(ctx: OrdersContext, shopper: Shopper, key: str, request: NewOrderRequest) -> Response:
    """201 with the order and what is needed to pay it. A guest's order token is not kept with the answer, but derived.

    Raises:
        OutOfStock: the order's lasting answer. CartChanged, and what fill_basket and idempotent raise.
    """

    async def work(operation_id: UUID) -> Answer:
        return await _check_out(ctx, shopper, request, operation_id)

    response = await idempotent(ctx, scope=f"orders.place:{shopper.scope}", key=key, request=request, work=work)
    return response if shopper.account_id else _with_token(ctx, response)


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


async def _check_out(ctx: OrdersContext, shopper: Shopper, request: NewOrderRequest, order_id: UUID) -> Answer:
    """An earlier try of this request may have written the order: that shows when this one cannot."""
    try:
        basket = await fill_basket(ctx, shopper, request)
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
    await faults.point("checkout.after_placed")
    return await _prepare(ctx, order)


async def _written(ctx: OrdersContext, order_id: UUID) -> Order | None:
    async with ctx.db.read() as tx:
        return await orders.find(tx, order_id)


async def _resume(ctx: OrdersContext, order: Order) -> Answer:
    state = await record(ctx, order.id, order.state, Fact.RESUMED)
    order = order.moved(state)
    if state.status is Status.PLACED:
        return await _prepare(ctx, order)
    if order.cancel_reason == "out_of_stock":
        async with ctx.db.read() as tx:
            refusal = await orders.refusal(tx, order.id)
        raise _out_of_stock(refusal)
    if order.status != Status.PENDING_PAYMENT.value:
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
    new = placing.NewOrder(
        id=order_id,
        number=numbers.draw(),
        account_id=shopper.account_id,
        token_hash=tokens.hashed(ctx.get(OrderTokens).token(order_id)) if guest else None,
        email=request.email,
        shipping_address=request.shipping_address.model_dump(),
        totals=basket.totals,
        lines=basket.lines,
        hold_seconds=ctx.settings.hold_seconds,
        cart=basket.cart,
    )
    for _ in range(_DRAWS):
        try:
            placed = await _place(ctx, new)
        except asyncpg.UniqueViolationError as taken:
            if taken.constraint_name != "orders_number_once":
                raise
            new = msgspec.structs.replace(new, number=numbers.draw())
            continue
        if placed is None:
            return None
        metrics.placed.inc("guest" if guest else "account", basket.totals.total.currency)
        return placing.as_order(new, placed)
    raise RuntimeError("no free order number was found: the alphabet's numbers are running out")


async def _place(ctx: OrdersContext, new: placing.NewOrder) -> placing.Placed | None:
    async with ctx.db.write() as tx:
        placed = await placing.place(tx, new)
        if placed is not None:
            if new.cart is not None and not placed.cart_used:
                raise CartChanged("It was changed or ordered while you ordered it. Look at it again.")
            total = new.totals.total
            event = OrderPlaced(new.id, new.number, new.account_id, total.currency, total.amount)
            await outbox.publish(tx, "order", new.id, 1, event)
        return placed


async def _prepare(ctx: OrdersContext, order: Order) -> Answer:
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
    return _answer(order.moved(state), prepared.payment if state.status is Status.PENDING_PAYMENT else None)


def _out_of_stock(refusal: dict[str, object] | None) -> OutOfStock:
    return OutOfStock("Order less of it, or leave it out.", lines=(refusal or {}).get("lines", []))


def _answer(order: Order, payment: PaymentAnswer | None) -> Answer:
    body = PlacedOrder(order=OrderView.of(order), payment=PaymentView.of(payment))
    return Answer(201, body, {"Location": f"/api/v1/orders/{order.id}"})
