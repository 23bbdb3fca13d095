"""An order's e-mail address has changed: the link of a guest is made anew, and both addresses are told."""

from __future__ import annotations

from chassis.db import WriteTx
from chassis.values import uuid7
from orders.checkout import Order
from orders.context import OrdersContext
from orders.edits.problems import OrderNotEditable
from orders.edits.store import orders as store
from orders.edits.usecases.mail_again import MAIL_AGAIN, MailAgain
from orders.mails import MailFacts
from orders.shoppers import MOST_RENEWALS, OrderTokens, hashed_token


async def move_email(ctx: OrdersContext, tx: WriteTx, order: Order) -> None:
    """`order` as it was before. Whoever reads the old mailbox has the old links: they open the order no more, and the
    mail there names neither the new address nor a new link.

    Raises:
        OrderNotEditable: the address was changed as often as it can.
    """
    renewal = await store.email_changes(tx, order.id) + 1
    if renewal > MOST_RENEWALS:
        raise OrderNotEditable("Its e-mail address was changed too often.", obstacle="too_often")
    if order.token_hash is not None:
        await store.change_token(tx, order.id, hashed_token(ctx.get(OrderTokens).token(order.id, renewal)))
    facts = MailFacts(at=(await store.mailed(tx, order.id)).now)
    told = MailAgain(order.id, "email_changed", uuid7(), facts, order.email)
    await ctx.jobs.enqueue(tx, MAIL_AGAIN, told)
    await ctx.jobs.enqueue(tx, MAIL_AGAIN, MailAgain(order.id, "email_new", uuid7(), facts))
