"""Writing a new order: the order, its lines, its first event, its holder, and the cart it uses up, in one statement."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from chassis.db import WriteTx
from orders.domain.pricing import Totals
from orders.holders import Holder
from orders.store.orders import LEASE, OWN_COLUMNS, Order, StoredLine

CART_KEPT = "interval '30 days'"

_PLACE = f"""
with placed as (
    insert into orders as o (id, number, account_id, token_hash, email, shipping_address, currency, subtotal, shipping,
                        rounding, total, expires_at, next_attempt_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $20, $10, now() + make_interval(secs => $11), now() + {LEASE})
    on conflict (id) do nothing
    returning {OWN_COLUMNS}
), lines as (
    insert into order_lines (order_id, position, variant_id, sku, title, variant_title, slug, image_url, unit_price,
                             quantity, requires_shipping)
    select placed.id, line.* from placed, jsonb_to_recordset($12) as line (
        position smallint, variant_id uuid, sku text, title text, variant_title text, slug text, image_url text,
        unit_price bigint, quantity integer,
        requires_shipping boolean
    )
), history as (
    insert into order_events (order_id, version, kind) select id, 1, 'placed' from placed
), hold as (
    insert into order_holds (order_id, holder, address, network, units, first)
    select id, $15, $16, $17, $18, $19 from placed
), used as (
    update carts set order_id = placed.id, version = carts.version + 1, updated_at = now(),
        expires_at = now() + {CART_KEPT}
    from placed where carts.id = $13 and carts.version = $14 and carts.order_id is null and carts.merged_into is null
    returning carts.id
)
select placed.*, exists (select from used) as cart_used from placed
"""


class NewOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be written. The cart, where there is one, must still be of this version."""

    id: UUID
    number: str
    account_id: UUID | None
    token_hash: bytes | None
    email: str
    shipping_address: dict[str, Any] | None
    totals: Totals
    lines: list[StoredLine]
    hold_seconds: int
    cart: tuple[UUID, int] | None
    holder: Holder


class Placed(msgspec.Struct, frozen=True):
    """The order as it was written. `cart_used`: the cart was as expected."""

    order: Order
    cart_used: bool


async def place(tx: WriteTx, new: NewOrder, *, first: bool) -> Placed | None:
    """Write a new order; None if it is there already. `first`: one piece, for a holder who holds nothing else.

    Raises:
        asyncpg.UniqueViolationError: `orders_number_once`, the number is taken.
    """
    cart_id, cart_version = new.cart or (None, None)
    totals = new.totals

    def placed(*, cart_used: bool, **columns: Any) -> Placed:
        return Placed(Order(**columns, lines=new.lines), cart_used)

    return await tx.row(
        placed,
        _PLACE,
        *(new.id, new.number, new.account_id, new.token_hash, new.email, new.shipping_address),
        *(totals.total.currency, totals.subtotal.amount, totals.shipping.amount, totals.total.amount),
        *(float(new.hold_seconds), new.lines, cart_id, cart_version),
        *(new.holder.holder, new.holder.address, new.holder.network),
        *(sum(line.quantity for line in new.lines), first, totals.rounding.amount),
    )
