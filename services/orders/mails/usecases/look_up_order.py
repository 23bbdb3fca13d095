"""Mail the link of a guest's order to its e-mail address, for a caller who knows that and the order's number.

The answer does not say whether there is such an order: each request enqueues the same job, which looks it up.
"""

from __future__ import annotations

from uuid import UUID

import msgspec

from orders.context import OrdersContext
from orders.mails.store import links
from orders.shoppers import Holders

LOOK_UP = "orders.look_up"
LINK = "orders.mail_link"


class LookUp(msgspec.Struct, frozen=True):
    """`recipient`: the hash of the mailbox, so that no address lies in the queue."""

    number: str
    recipient: str


class Link(msgspec.Struct, frozen=True):
    """Mail the link of an order, as asked for `at` (seconds since 1970)."""

    order_id: UUID
    at: int


async def ask_for_link(ctx: OrdersContext, number: str, email: str) -> None:
    """Enqueue the look-up, whether or not there is such an order."""
    asked = LookUp(number, ctx.get(Holders).recipient(email).hex())
    async with ctx.db.write_one() as tx:
        await ctx.jobs.enqueue(tx, LOOK_UP, asked)


async def look_up_order(ctx: OrdersContext, asked: LookUp) -> None:
    """Enqueue the mail if number and mailbox belong to one order, and not too many were sent."""
    async with ctx.db.read() as tx:
        order = await links.numbered(tx, asked.number)
    if order is None:
        return
    recipient = ctx.get(Holders).recipient(order.email)
    if recipient.hex() != asked.recipient:
        return
    async with ctx.db.write() as tx:
        at = await links.claim(tx, order.id, recipient, ctx.settings.link_mails_per_day)
        if at is not None:
            await ctx.jobs.enqueue(tx, LINK, Link(order.id, at))
