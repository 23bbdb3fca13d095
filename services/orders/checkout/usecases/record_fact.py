"""Record a fact about an order: its new state, its history, its events and its mail."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from fastapi import Response

from chassis import outbox, telemetry
from chassis.db import WriteTx
from chassis.resilience import failpoints
from chassis.web import idempotency
from chassis.web.idempotency import Claim
from orders.carts import give_back_cart
from orders.checkout import metrics
from orders.checkout.advancing import Advancer
from orders.checkout.domain.order_state import Effect, Fact, State, step, transition
from orders.checkout.domain.order_values import OrderStatus, Reason
from orders.checkout.store import notices, orders
from orders.checkout.store.orders import OrderChange
from orders.checkout.store.rows import Order
from orders.context import OrdersContext
from orders.events import OrderCancelled, OrderPaid
from orders.pricing import discounts
from orders.shoppers import Holders

MAIL = "orders.mail"

_log = telemetry.logger(__name__)


class Mail(msgspec.Struct, frozen=True):
    """Send a mail of a kind about an order."""

    order_id: UUID
    kind: str


async def record(
    ctx: OrdersContext, order_id: UUID, before: State, fact: Fact, data: dict[str, Any] | None = None
) -> State:
    """The order's state once the fact is written; `before` is what the caller believes it to be.

    The caller continues the order.
    """
    while True:
        after, effects = transition(before, fact)
        if after == before:
            return before
        try:
            async with ctx.db.write() if effects else ctx.db.write_one() as tx:
                if await _write(ctx, tx, order_id, before, fact, data):
                    return after
            async with ctx.db.write_one() as tx:
                stored = await orders.lock_state(tx, order_id)
            assert stored is not None, "orders are never deleted"  # noqa: S101 -- narrows the type
            before = stored
        except asyncpg.UniqueViolationError as taken:
            if taken.constraint_name != "carts_active":
                raise
            # The account got a new cart at this very moment: next time that is seen.


async def record_and_keep(
    ctx: OrdersContext,
    order: Order,
    fact: Fact,
    data: dict[str, Any] | None,
    claim: Claim,
    answer: Callable[[State], Response],
) -> Response:
    """As `record`, and keep the answer that `answer` makes of the order's state: in one statement, where the change has
    no effects and nobody was faster. What is to be done next begins at once.
    """
    after, effects = transition(order.state, fact)
    if not effects and after != order.state:
        response = answer(after)
        async with ctx.db.write_one() as tx:
            done = await orders.move_and_keep(tx, order.id, (order.state, after), fact, data, claim.kept(response))
        await failpoints.point("checkout.after_answer")
        if done is not None:
            _begin(ctx, order.id, after)
            return response if done.kept else await idempotency.answer_of_another(ctx, claim)
    state = await record(ctx, order.id, order.state, fact, data)
    _begin(ctx, order.id, state)
    await failpoints.point("checkout.before_answer")
    return await idempotency.keep(ctx, claim, answer(state))


def _begin(ctx: OrdersContext, order_id: UUID, state: State) -> None:
    """Void and release in this process at once. An order that is still `placed` is due in 3 seconds, for the sweep."""
    if state.status is not OrderStatus.PLACED and step(state) is not None:
        ctx.get(Advancer).begin(order_id, state)


async def record_event(
    ctx: OrdersContext, tx: WriteTx, order_id: UUID, expected: State, fact: Fact, data: dict[str, Any] | None = None
) -> None:
    """Record a fact in the transaction of an event; the next step begins after the commit.

    `expected` is the state in which the event finds most orders: for those no read is needed.
    """
    after, _ = transition(expected, fact)
    if not await _write(ctx, tx, order_id, expected, fact, data):
        found = await orders.lock_state(tx, order_id)
        if found is None:
            # Restored from a backup older than the event, or another shop's: `payment.restored` says what to act on.
            _log.error("order.unknown", order_id=order_id, reason=fact.value)
            return
        after, _ = transition(found, fact)
        if after == found and fact is not Fact.DECLINED:
            return
        await _write(ctx, tx, order_id, found, fact, data)
    if fact is not Fact.DECLINED and step(after) is not None:
        # Should the process die before that: the order is due when the lease of its new state is over.
        # Its trace is that of this event: at the commit, another one of the page may be the present one.
        trace = telemetry.current_trace()[1] or None
        tx.after_commit(lambda: ctx.get(Advancer).begin(order_id, after, trace))


async def _write(
    ctx: OrdersContext, tx: WriteTx, order_id: UUID, before: State, fact: Fact, data: dict[str, Any] | None
) -> bool:
    after, effects = transition(before, fact)
    moved = await orders.move(tx, order_id, before, after, fact.value, data)
    if moved is None:
        return False
    for effect in effects:
        await _apply_effect(ctx, tx, order_id, after, effect, moved)
    return True


async def _apply_effect(
    ctx: OrdersContext, tx: WriteTx, order_id: UUID, state: State, effect: Effect, moved: OrderChange
) -> None:
    match effect:
        case Effect.AWAITED:
            # What staff have placed is mailed by them, with a link to pay it.
            if not await orders.placed_by_staff(tx, order_id):
                await _enqueue_mail(ctx, tx, order_id, "placed", moved)
        case Effect.PAID:
            event = OrderPaid(order_id, moved.number, moved.account_id, moved.currency, moved.total)
            await outbox.publish(tx, "order", order_id, moved.version, event)
            if not moved.probe:
                await ctx.jobs.enqueue(tx, MAIL, Mail(order_id, "confirmation"))
                tx.after_commit(partial(_count_paid, moved.currency, moved.total))
        case Effect.ATTENTION:
            kind = state.attention.value if state.attention else ""
            tx.after_commit(partial(metrics.attention.inc, kind))
            _log.error("order.needs_attention", order_id=order_id, reason=kind)
        case Effect.CANCELLED | Effect.CANCELLED_UNSEEN:
            reason = state.reason.value if state.reason else ""
            ended = OrderCancelled(order_id, moved.number, moved.account_id, reason)
            await outbox.publish(tx, "order", order_id, moved.version, ended)
            await give_back_cart(tx, order_id)
            if moved.discounted:
                await discounts.give_back(tx, order_id)
            if moved.probe:
                return
            tx.after_commit(partial(metrics.cancelled.inc, reason))
            if effect is Effect.CANCELLED:
                await _enqueue_end_mail(ctx, tx, order_id, state, moved)


def _count_paid(currency: str, total: int) -> None:
    metrics.paid.inc(currency)
    metrics.revenue.inc(currency, by=total)


async def _enqueue_end_mail(ctx: OrdersContext, tx: WriteTx, order_id: UUID, state: State, moved: OrderChange) -> None:
    """Without a bound only where a card was good for the order."""
    if state.reason is Reason.STOCK_LOST:
        await ctx.jobs.enqueue(tx, MAIL, Mail(order_id, "stock_lost"))
    else:
        await _enqueue_mail(ctx, tx, order_id, "cancelled", moved)


async def _enqueue_mail(ctx: OrdersContext, tx: WriteTx, order_id: UUID, kind: str, moved: OrderChange) -> None:
    """Anybody may order in the name of an address: of unpaid orders few mails a day come to it."""
    if await notices.may_mail(tx, ctx.get(Holders).recipient(moved.email), ctx.settings.unpaid_mails_per_day):
        await ctx.jobs.enqueue(tx, MAIL, Mail(order_id, kind))
    else:
        tx.after_commit(partial(metrics.mails.inc, kind, "withheld"))
