"""Writing a new order: the order, its lines, its first event, its holder, and the cart it uses up, in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis.db import WriteTx
from orders.domain.pricing import Totals
from orders.holders import Holder
from orders.store.orders import LEASE, OWN_COLUMNS, Order, StoredLine

CART_KEPT = "interval '30 days'"

_PLACE = f"""
with placed as (
    insert into orders as o (id, number, account_id, token_hash, email, shipping_address, currency, subtotal, shipping,
                        rounding, total, expires_at, next_attempt_at, probe)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $20, $10, now() + make_interval(secs => $11), now() + {LEASE}, $21)
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
    select id, $15, $16, $17, $18, $19 from placed where not $21
), used as (
    update carts set order_id = placed.id, version = carts.version + 1, updated_at = now(),
        expires_at = now() + {CART_KEPT}
    from placed where carts.id = $13 and carts.version = $14 and carts.order_id is null and carts.merged_into is null
    returning carts.id
)
select placed.*, exists (select from used) as cart_used from placed
"""


@dataclass(frozen=True, slots=True)
class Basket:
    """Lines as they will be sold. `address`: where it goes, None where nothing in it is shipped. `cart`: the id and
    version of the cart that is used up by it. `available`: how many of each can be had, where that is counted.
    """

    lines: list[StoredLine]
    totals: Totals
    address: dict[str, Any] | None
    cart: tuple[UUID, int] | None
    available: dict[UUID, int]


@dataclass(frozen=True, slots=True)
class NewOrder:
    """What is to be written. The basket's cart, where there is one, must still be of its version."""

    id: UUID
    number: str
    account_id: UUID | None
    token_hash: bytes | None
    email: str
    basket: Basket
    holder: Holder
    hold_seconds: int
    probe: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """The order as it was written. `cart_used`: the cart was as expected."""

    order: Order
    cart_used: bool


async def place(tx: WriteTx, new: NewOrder, *, first: bool) -> Placed | None:
    """Write a new order; None if it is there already. `first`: one piece, for a holder who holds nothing else.

    Raises:
        asyncpg.UniqueViolationError: `orders_number_once`, the number is taken.
    """
    basket, totals = new.basket, new.basket.totals
    cart_id, cart_version = basket.cart or (None, None)

    def placed(*, cart_used: bool, **columns: Any) -> Placed:
        return Placed(Order(**columns, lines=basket.lines), cart_used)

    return await tx.row(
        placed,
        _PLACE,
        *(new.id, new.number, new.account_id, new.token_hash, new.email, basket.address),
        *(totals.total.currency, totals.subtotal.amount, totals.shipping.amount, totals.total.amount),
        *(float(new.hold_seconds), basket.lines, cart_id, cart_version),
        *(new.holder.holder, new.holder.address, new.holder.network),
        *(sum(line.quantity for line in basket.lines), first, totals.rounding.amount, new.probe),
    )
