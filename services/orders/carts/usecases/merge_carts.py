"""Merge a guest's cart into an account's at sign-in. Lines that do not fit stay in the guest's cart."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from chassis.db import WriteTx
from chassis.values import uuid7
from orders import catalog_client
from orders.carts.store import carts, merging, unpaid_orders
from orders.carts.store.carts import Cart, CartLine
from orders.carts.usecases.find_cart import in_sold_currency, quantities
from orders.carts.usecases.show_cart import PricedCart, quoted
from orders.catalog_client import Quote, Quotes, Unsold
from orders.context import OrdersContext
from orders.problems import CartChanged, CartNotFound

_TRIES = 5

# A line that stays in the guest's cart, and what the catalog knows of its variant: a quote where it is sold.
Leftover = tuple[CartLine, Quote | Unsold | None]


@dataclass(frozen=True, slots=True)
class _MergePlan:
    """A guest's cart as it was read, and the currency of the cart that its lines are to be moved to."""

    guest: Cart
    currency: str


async def merge_carts(
    ctx: OrdersContext, account_id: UUID, token_hash: bytes | None
) -> tuple[PricedCart, list[Leftover]]:
    """The account's cart with the guest's lines in it, and the lines that stay in the guest's cart.

    Raises:
        CartNotFound: there is no such cart, it is used up, or it went to another account.
        CartChanged: it changes all the time.
        Unavailable: the catalog does not answer; what was to be merged is in one of the carts.
    """
    left: list[Leftover] = []
    for _ in range(_TRIES):
        plan = await _look(ctx, account_id, token_hash)
        if plan is None:
            break
        lines = quantities(plan.guest)
        found = (
            await catalog_client.quotes(ctx, lines, ctx.settings.still_sold(plan.currency)) if lines else Quotes([], [])
        )
        moved = await _merge(ctx, account_id, token_hash, plan, found)
        if moved is not None:
            left = _left(plan.guest, moved, found)
            break
    else:
        raise CartChanged("It is being changed elsewhere. Merge it again in a moment.")
    async with ctx.db.read() as tx:
        cart, order = await carts.of_account(tx, account_id), await unpaid_orders.of_account(tx, account_id)
    return await quoted(ctx, in_sold_currency(ctx, cart), order), left


async def _look(ctx: OrdersContext, account_id: UUID, token_hash: bytes | None) -> _MergePlan | None:
    """None: all of it is in the account's cart already."""
    async with ctx.db.read() as tx:
        guest = await carts.of_guest(tx, token_hash) if token_hash else None
        if guest is None:
            before = await merging.find_guest_cart(tx, token_hash) if token_hash else None
            if before is None or before.merged_for != account_id:
                raise CartNotFound("It was ordered, merged or forgotten, or its token is wrong.")
            return None
        mine = await carts.of_account(tx, account_id)
    return _MergePlan(guest, mine.currency if mine else guest.currency)


async def _merge(
    ctx: OrdersContext, account_id: UUID, token_hash: bytes | None, plan: _MergePlan, found: Quotes
) -> set[UUID] | None:
    """What has come over; None where one of the carts is not what was asked about any more."""

    async def merge(tx: WriteTx) -> set[UUID] | None:
        guest = await merging.lock_guest_cart(tx, token_hash) if token_hash else None
        if guest is None or guest.used or guest.merged_for is not None or guest.version != plan.guest.version:
            return None
        mine = await carts.open_for_account(tx, uuid7(), account_id, plan.currency)
        if mine.currency != plan.currency:
            return None
        return await merging.merge(tx, guest, mine, list(found.by_variant))

    return await ctx.db.transact(merge)


def _left(guest: Cart, moved: set[UUID], found: Quotes) -> list[Leftover]:
    known: dict[UUID, Quote | Unsold] = {article.variant_id: article for article in found.unsold} | found.by_variant
    return [(line, known.get(line.variant_id)) for line in guest.lines if line.variant_id not in moved]
