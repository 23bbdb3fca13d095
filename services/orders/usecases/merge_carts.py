"""At sign-in, a guest's cart becomes part of the account's: once, and only on request."""

from __future__ import annotations

from uuid import UUID

from chassis.db import WriteTx
from chassis.ids import uuid7
from orders.problems import CartNotFound
from orders.settings import OrdersContext
from orders.store import carts, merging
from orders.usecases.find_cart import sold
from orders.usecases.show_cart import quoted
from orders.views import CartView


async def merge_carts(ctx: OrdersContext, account_id: UUID, token_hash: bytes | None) -> CartView:
    """The account's cart with the guest's lines in it. The guest's token is worth nothing afterwards.

    Raises:
        CartNotFound: there is no such cart, it is used up, or it went to another account.
        Unavailable: the catalog does not answer; the merge is done.
    """

    async def merge(tx: WriteTx) -> None:
        guest = await merging.lock_guest_cart(tx, token_hash) if token_hash else None
        if guest is None or guest.used or guest.merged_for not in {None, account_id}:
            raise CartNotFound("It was ordered, merged or forgotten, or its token is wrong.")
        if guest.merged_for is None:
            mine = await carts.open_for_account(tx, uuid7(), account_id, guest.currency)
            await merging.merge(tx, guest, mine)

    await ctx.db.transact(merge)
    async with ctx.db.read() as tx:
        cart = await carts.of_account(tx, account_id)
    return await quoted(ctx, sold(ctx, cart))
