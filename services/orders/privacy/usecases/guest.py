"""The guest of an order: the orders that are theirs, as far as it is known."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.problems import NotFound
from orders.checkout import Order, find_order
from orders.context import OrdersContext
from orders.privacy.domain.person import Person
from orders.privacy.problems import OrderOfAccount
from orders.privacy.store import erasures

MOST_ORDERS = 1_000


async def guest_of(ctx: OrdersContext, order_id: UUID) -> Person:
    """For staff: of this order and of the others without an account that have its e-mail address.

    Raises:
        NotFound. OrderOfAccount: it is an account's.
    """
    async with ctx.db.read() as tx:
        order = await find_order(tx, order_id)
        if order is None:
            raise NotFound("There is no such order.")
        refuse_account(order, staff=True)
        same = await erasures.same_address(tx, order_id, MOST_ORDERS)
    return Person(order_ids=tuple(same) or (order_id,))


def refuse_account(order: Order, *, staff: bool) -> None:
    """Raises OrderOfAccount."""
    if order.account_id is not None:
        told: dict[str, Any] = {"account_id": str(order.account_id)} if staff else {}
        raise OrderOfAccount("Its owner signs in and asks for it there.", **told)
