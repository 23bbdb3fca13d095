"""Orders in the database. An order changes by one conditional statement, which also writes its history."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from chassis.db import ReadTx, WriteTx
from chassis.web import idempotency
from orders.checkout.domain.order_state import Fact, State, step
from orders.checkout.domain.order_values import OrderStatus
from orders.checkout.store.rows import COLUMNS, HistoryEntry, Order, order_of, state_of

# How long whoever works on an order has before the sweep takes it up: as long as a request's idempotency claim.
LEASE = "interval '30 seconds'"
# Nobody works on it: the stock is held, and its payment could not be prepared at once.
SOON = "interval '3 seconds'"


class OrderChange(msgspec.Struct, frozen=True):
    """What is told of an order that has changed."""

    version: int
    number: str
    account_id: UUID | None
    email: str
    currency: str
    total: int
    probe: bool
    discounted: bool


class AnsweredChange(msgspec.Struct, frozen=True):
    """An order has changed. `kept`: so is the answer to its request; else another try of the request has its key."""

    kept: bool


_MOVING = f"""
with moved as (
    update orders set status = $2, payment = $3, stock = $4, cancel_reason = $5, attention = $6,
        version = version + 1, attempts = 0,
        next_attempt_at = case $7
            when 'expiry' then expires_at when 'lease' then now() + {LEASE} when 'soon' then now() + {SOON} end,
        paid_at = case when $2 = 'paid' then coalesce(paid_at, now()) end,
        cancelled_at = case when $2 = 'cancelled' then coalesce(cancelled_at, now()) end
    where id = $1 and status = $8 and payment = $9 and stock = $10
      and cancel_reason is not distinct from $11 and attention is not distinct from $12
    returning version, number, account_id, email, currency, total, probe,
        discount + shipping_discount > 0 as discounted
), history as (
    insert into order_events (order_id, version, kind, data) select $1, version, $13, $14 from moved
)"""
_MOVED = "select version, number, account_id, email, currency, total, probe, discounted from moved"
_MOVE = f"{_MOVING} {_MOVED}"
_END = f"""
{_MOVING}, settled as (
    delete from order_holds using moved
    where order_id = $1 and ($2 = 'paid' or $5 not in ('expired', 'cancelled_by_customer'))
) {_MOVED}
"""
_MOVE_AND_KEEP = f"""
{_MOVING}, kept as ({idempotency.keeping(15)} and exists (select from moved) returning true)
select exists (select from kept) as kept from moved
"""


async def find(tx: ReadTx, order_id: UUID) -> Order | None:
    """The order with this id."""
    return await tx.row(order_of, f"select {COLUMNS} from orders o where o.id = $1", order_id)


async def first_id(tx: ReadTx, moment: datetime) -> UUID:
    """An id between those of the orders that were placed before a moment and since."""
    found: UUID = await tx.value("select uuidv7($1::timestamptz - clock_timestamp())", moment)
    return found


async def with_stock_after(tx: ReadTx, last: UUID, most: int) -> list[UUID]:
    """The first so many orders with ids above `last` that have stock, held or sold; by id."""
    sql = """
    select array(select id from orders where id > $1 and stock in ('held', 'committed') order by id limit $2)
    """
    found: list[UUID] = await tx.value(sql, last, most)
    return found


async def lock_state(tx: WriteTx, order_id: UUID) -> State | None:
    """The order's state, which stays until `tx` ends."""
    sql = """
    select status, payment, stock, cancel_reason, attention, total = 0 as free, payment_method <> 'card' as manual
    from orders where id = $1 for update
    """
    return await tx.row(state_of, sql, order_id)


async def move(
    tx: WriteTx, order_id: UUID, before: State, after: State, kind: str, data: dict[str, Any] | None
) -> OrderChange | None:
    """Change an order from `before` to `after` and write it into its history; None if it is not in `before`."""
    sql = _END if after.status in {OrderStatus.PAID, OrderStatus.CANCELLED} else _MOVE
    return await tx.row(OrderChange, sql, *_moving(order_id, (before, after), kind, data))


async def move_and_keep(
    tx: WriteTx,
    order_id: UUID,
    states: tuple[State, State],
    fact: Fact,
    data: dict[str, Any] | None,
    answer: tuple[object, ...],
) -> AnsweredChange | None:
    """As `move` to a state that is not an end, and store the answer to the order's request (Claim.kept)."""
    return await tx.row(AnsweredChange, _MOVE_AND_KEEP, *_moving(order_id, states, fact.value, data), *answer)


def _moving(order_id: UUID, states: tuple[State, State], kind: str, data: dict[str, Any] | None) -> tuple[object, ...]:
    before, after = states
    return order_id, *_columns(after), _next_look(after, kind), *_columns(before), kind, data


def _columns(state: State) -> tuple[str | None, ...]:
    # Plain strings: asyncpg takes an enum's value only where its type is str itself.
    values = (state.status, state.payment, state.stock, state.reason, state.attention)
    return tuple(None if value is None else value.value for value in values)


def _next_look(state: State, kind: str) -> str | None:
    """When the sweep is to look at it: when the time to pay is over, or when whoever goes on with it may have died.

    `kind` is the fact that led there.
    """
    if state.status is OrderStatus.PLACED and kind == Fact.RESERVED.value:
        return "soon"
    if state.status is OrderStatus.PENDING_PAYMENT:
        return "expiry"
    return "lease" if step(state) is not None else None


async def history(tx: ReadTx, order_id: UUID) -> list[HistoryEntry]:
    """What happened to an order, in its order."""
    sql = "select version, kind, at, data, actor from order_events where order_id = $1 order by version"
    return await tx.rows(HistoryEntry, sql, order_id)


async def placed_by_staff(tx: ReadTx, order_id: UUID) -> bool:
    """Whether staff placed it for its customer."""
    sql = "select actor is not null from order_events where order_id = $1 and version = 1"
    return bool(await tx.value(sql, order_id))


async def refusal(tx: ReadTx, order_id: UUID, fact: Fact = Fact.OUT_OF_STOCK) -> dict[str, Any] | None:
    """What was written when an order found no stock, or got no payment."""
    sql = "select data from order_events where order_id = $1 and kind = $2 limit 1"
    found: dict[str, Any] | None = await tx.value(sql, order_id, fact.value)
    return found
