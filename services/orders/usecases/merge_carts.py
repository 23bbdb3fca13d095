"""At sign-in, a guest's cart becomes part of the account's. What does not fit stays the guest's, and is named."""

from __future__ import annotations

from uuid import UUID

import msgspec

from chassis.db import WriteTx
from chassis.values import uuid7
from orders import clients
from orders.clients import Quote, Quotes, Unsold
from orders.context import OrdersContext
from orders.merge_views import MergedCart, NotMerged
from orders.problems import CartChanged, CartNotFound
from orders.store import carts, merging, waiting
from orders.store.carts import Cart
from orders.usecases.find_cart import in_sold_currency, wanted
from orders.usecases.show_cart import quoted

_TRIES = 5


class _Asked(msgspec.Struct, frozen=True):
    """A guest's cart with its lines as it was looked at, and the currency of the cart that it is to go into."""

    guest: Cart
    currency: str


async def merge_carts(ctx: OrdersContext, account_id: UUID, token_hash: bytes | None) -> MergedCart:
    """The account's cart with the guest's lines in it. The guest's token is good for what is left, if anything is.

    Raises:
        CartNotFound: there is no such cart, it is used up, or it went to another account.
        CartChanged: it changes all the time.
        Unavailable: the catalog does not answer; what was to be merged is in one of the carts.
    """
    left: list[NotMerged] = []
    for _ in range(_TRIES):
        asked = await _look(ctx, account_id, token_hash)
        if asked is None:
            break
        lines = wanted(asked.guest)
        found = await clients.quotes(ctx, lines, ctx.settings.still_sold(asked.currency)) if lines else Quotes([], [])
        moved = await _merge(ctx, account_id, token_hash, asked, found)
        if moved is not None:
            left = _left(asked.guest, moved, found)
            break
    else:
        raise CartChanged("It is being changed elsewhere. Merge it again in a moment.")
    async with ctx.db.read() as tx:
        cart, order = await carts.of_account(tx, account_id), await waiting.of_account(tx, account_id)
    return MergedCart.of(await quoted(ctx, in_sold_currency(ctx, cart), order), left)


async def _look(ctx: OrdersContext, account_id: UUID, token_hash: bytes | None) -> _Asked | None:
    """None: all of it is in the account's cart already."""
    async with ctx.db.read() as tx:
        guest = await carts.of_guest(tx, token_hash) if token_hash else None
        if guest is None:
            before = await merging.find_guest_cart(tx, token_hash) if token_hash else None
            if before is None or before.merged_for != account_id:
                raise CartNotFound("It was ordered, merged or forgotten, or its token is wrong.")
            return None
        mine = await carts.of_account(tx, account_id)
    return _Asked(guest, mine.currency if mine else guest.currency)


async def _merge(
    ctx: OrdersContext, account_id: UUID, token_hash: bytes | None, asked: _Asked, found: Quotes
) -> set[UUID] | None:
    """What has come over; None where one of the carts is not what was asked about any more."""

    async def merge(tx: WriteTx) -> set[UUID] | None:
        guest = await merging.lock_guest_cart(tx, token_hash) if token_hash else None
        if guest is None or guest.used or guest.merged_for is not None or guest.version != asked.guest.version:
            return None
        mine = await carts.open_for_account(tx, uuid7(), account_id, asked.currency)
        if mine.currency != asked.currency:
            return None
        return await merging.merge(tx, guest, mine, list(found.by_variant))

    return await ctx.db.transact(merge)


def _left(guest: Cart, moved: set[UUID], found: Quotes) -> list[NotMerged]:
    sold, unsold = found.by_variant, {one.variant_id: one for one in found.unsold}
    return [
        _not_merged(line.variant_id, line.quantity, sold.get(line.variant_id), unsold.get(line.variant_id))
        for line in guest.lines
        if line.variant_id not in moved
    ]


def _not_merged(variant_id: UUID, quantity: int, sold: Quote | None, unsold: Unsold | None) -> NotMerged:
    known = sold or unsold
    return NotMerged(
        variant_id=variant_id,
        quantity=quantity,
        reason="cart-full" if sold else "unavailable",
        sku=known.sku if known else None,
        title=known.title if known else None,
        variant_title=(known.variant_title or "") if known else None,
        slug=known.slug if known else None,
        image_url=known.image_url if known else None,
    )
