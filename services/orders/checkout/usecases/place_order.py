"""Checkout: write the order, reserve, open the payment, answer. Every part may be repeated after a crash.

The request's operation id is the order's id, so a retry with the same key goes on with the same order, as does the
sweep when no retry comes.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from uuid import UUID

import msgspec
from fastapi import Response

from chassis import telemetry
from chassis.problems import FieldError, Problem, Unavailable
from chassis.resilience import failpoints
from chassis.web import idempotency
from chassis.web.idempotency import Claim, as_response
from orders import payments_client
from orders.checkout import metrics
from orders.checkout.domain.order_request import OrderRequest
from orders.checkout.domain.order_state import Fact, State
from orders.checkout.domain.order_values import OrderStatus
from orders.checkout.domain.refusals import refusal_of
from orders.checkout.store import orders
from orders.checkout.store.new_order import RulesChanged
from orders.checkout.store.rows import Order
from orders.checkout.usecases.prepare_order import PayableOrder, prepare_order
from orders.checkout.usecases.price_basket import price_basket
from orders.checkout.usecases.record_fact import record, record_and_keep
from orders.checkout.usecases.write_order import PRICINGS, Purchase, WriteResult, rules_change, write_order
from orders.context import OrdersContext
from orders.pricing import forget
from orders.problems import WeakIdempotencyKey
from orders.shoppers import Shopper

# One scope for all guests, wherever they ask from: their keys are secrets.
GUESTS = "orders.place:guest"


# What an order that was written ends by.
_ENDED_BY = {"out_of_stock": Fact.OUT_OF_STOCK, "payment_unavailable": Fact.PAYMENT_REFUSED}

Respond = Callable[[PayableOrder], Response]


class _Refused(msgspec.Struct):
    type: str


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One try of a request."""

    shopper: Shopper
    request: OrderRequest
    claim: Claim
    respond: Respond


async def place_order(
    ctx: OrdersContext, shopper: Shopper, key: str, request: OrderRequest, respond: Respond
) -> tuple[Response, bool]:
    """The answer that `respond` makes of the placed order, or the stored one; and whether it is a guest's order.

    Raises:
        WeakIdempotencyKey, CartChanged, HoldLimit, and what price_basket and chassis.web.idempotency raise.
    """
    if shopper.account_id is not None and await idempotency.was_sent(ctx, GUESTS, key):
        # Sent as a guest, whose answer was lost, and again after signing in: it is that guest's order still.
        shopper = replace(shopper, account_id=None)
    claim = _claim(shopper, key, request)
    async with idempotency.released_on_error(ctx, claim):
        # A guest's key is known before the catalog is asked: they may sign in and send it again while that lasts.
        if shopper.account_id is None and not await _claimed(ctx, claim):
            response = await idempotency.answer_of_another(ctx, claim)
        else:
            response = await _check_out(ctx, _Attempt(shopper, request, claim, respond))
    return response, shopper.account_id is None


async def _claimed(ctx: OrdersContext, claim: Claim) -> bool:
    async with ctx.db.write_one() as tx:
        return await idempotency.claim(tx, claim) is not None


def _claim(shopper: Shopper, key: str, request: OrderRequest) -> Claim:
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


async def _check_out(ctx: OrdersContext, attempt: _Attempt) -> Response:
    claim = attempt.claim
    telemetry.sample()
    try:
        written = await _price_and_write(ctx, attempt)
    except Problem as problem:
        return await _refuse(ctx, attempt, problem)
    if written.order_id is None:
        return await idempotency.answer_of_another(ctx, claim)
    if written.order is None:
        earlier = await _find(ctx, written.order_id)
        assert earlier is not None, "orders are never deleted"  # noqa: S101 -- narrows the type
        return await _resume(ctx, attempt, earlier)
    await failpoints.point("checkout.after_placed")
    response = await _prepare(ctx, attempt, written.order)
    _count(attempt, "accepted" if response.status_code < 400 else _type_of(response))
    return response


async def _price_and_write(ctx: OrdersContext, attempt: _Attempt) -> WriteResult:
    """Priced again where the shop's rules change meanwhile."""
    for _ in range(PRICINGS):
        basket = await price_basket(ctx, attempt.shopper, attempt.request)
        with suppress(RulesChanged):
            return await write_order(ctx, Purchase(attempt.shopper, attempt.request.email, basket, attempt.claim))
        forget(ctx)
    raise rules_change()


def _type_of(refusal: Response) -> str:
    return msgspec.json.decode(bytes(refusal.body), type=_Refused).type


def _count(attempt: _Attempt, outcome: str) -> None:
    if not attempt.shopper.probe:
        metrics.checkouts.inc(outcome)


async def _refuse(ctx: OrdersContext, attempt: _Attempt, problem: Problem) -> Response:
    """An earlier try of this request may have written the order, or been answered: that comes before a refusal."""
    claim = attempt.claim
    async with ctx.db.write_one() as tx:
        order_id = await idempotency.claim(tx, claim)
    if order_id is None:
        return await idempotency.answer_of_another(ctx, claim)
    earlier = None if order_id == claim.operation_id else await _find(ctx, order_id)
    if earlier is not None:
        return await _resume(ctx, attempt, earlier)
    _count(attempt, problem.type)
    if not problem.final:
        raise problem
    return await idempotency.keep(ctx, claim, as_response(problem))


async def _find(ctx: OrdersContext, order_id: UUID) -> Order | None:
    async with ctx.db.read() as tx:
        return await orders.find(tx, order_id)


async def _resume(ctx: OrdersContext, attempt: _Attempt, order: Order) -> Response:
    state = await record(ctx, order.id, order.state, Fact.RESUMED)
    order = order.moved(state)
    if state.status is OrderStatus.PLACED:
        return await _prepare(ctx, attempt, order)
    return await idempotency.keep(ctx, attempt.claim, await _as_it_stands(ctx, order, attempt.respond))


async def _as_it_stands(ctx: OrdersContext, order: Order, respond: Respond) -> Response:
    ended_by = _ENDED_BY.get(order.cancel_reason or "")
    if ended_by is not None:
        async with ctx.db.read() as tx:
            data = await orders.refusal(tx, order.id, ended_by)
        if ended_by is Fact.OUT_OF_STOCK or data is not None:
            return as_response(refusal_of(ended_by, data, ctx.settings.payment_methods))
    if order.status != OrderStatus.PENDING_PAYMENT.value:
        return respond(PayableOrder(order))
    try:
        return respond(PayableOrder(order, await payments_client.payment_of(ctx, order.id)))
    except Unavailable:
        return respond(PayableOrder(order))


async def _prepare(ctx: OrdersContext, attempt: _Attempt, order: Order) -> Response:
    try:
        prepared = await prepare_order(ctx, order)
    except Unavailable:
        # Not known whether the stock is held: the order is accepted, and the sweep goes on with it.
        return await idempotency.keep(ctx, attempt.claim, attempt.respond(PayableOrder(order)))

    def answer(state: State) -> Response:
        """To the request, whose order is in this state now."""
        fact = prepared.fact
        if fact is Fact.PAYMENT_REFUSED or (fact is Fact.OUT_OF_STOCK and state.reason is not None):
            return as_response(refusal_of(fact, prepared.data, ctx.settings.payment_methods))
        payment = prepared.payment if state.status is OrderStatus.PENDING_PAYMENT else None
        return attempt.respond(PayableOrder(order.moved(state), payment, prepared.available))

    return await record_and_keep(ctx, order, prepared.fact, prepared.data, attempt.claim, answer)
