"""Writing a new order: the order, its lines, its first event, its holder, and the cart it uses up, in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis.db import WriteTx
from orders.checkout.store.orders import LEASE
from orders.checkout.store.rows import OWN_COLUMNS, Order, StoredLine
from orders.payment_methods import CARD
from orders.pricing import CURRENT, Priced, frozen_method
from orders.shoppers import Holder

CART_KEPT = "interval '30 days'"

# Sums and what the shopper chose, as one JSON document: its members are columns of orders.
_CHOSEN = """
    discount bigint, shipping_discount bigint, shipping_tax bigint, shipping_tax_rate integer, shipping_charged bigint,
    tax bigint, tax_added bigint, tax_relief bigint, tax_included boolean, reverse_charge boolean, vat_id text,
    billing_address jsonb, locale text, shipping_method jsonb, payment_method text
"""
_CHOSEN_NAMES = ", ".join(column.split()[0] for column in _CHOSEN.split(","))
# Nothing is written where the rules of pricing are of another version than the order was priced by.
_PLACE = f"""
with placed as (
    insert into orders as o (id, number, account_id, token_hash, email, shipping_address, currency, subtotal, shipping,
                        rounding, total, expires_at, next_attempt_at, probe, {_CHOSEN_NAMES})
    select $1, $2, $3, $4, $5, $6, $7, $8, $9, $20, $10, now() + make_interval(secs => $11), now() + {LEASE}, $21,
           chosen.*
    from jsonb_to_record($22) as chosen ({_CHOSEN}) where {CURRENT} = $23
    on conflict (id) do nothing
    returning {OWN_COLUMNS}
), lines as (
    insert into order_lines (order_id, position, variant_id, sku, title, variant_title, slug, image_url, unit_price,
                             quantity, requires_shipping, product_id, weight_grams, discount, discounts, tax, tax_rate,
                             tax_class, charged, tax_title, treatment)
    select placed.id, line.* from placed, jsonb_to_recordset($12) as line (
        position smallint, variant_id uuid, sku text, title text, variant_title text, slug text, image_url text,
        unit_price bigint, quantity integer, requires_shipping boolean, product_id uuid, weight_grams integer,
        discount bigint, discounts jsonb, tax bigint, tax_rate integer, tax_class text, charged bigint, tax_title text,
        treatment text
    )
), history as (
    insert into order_events (order_id, version, kind, actor) select id, 1, 'placed', $24 from placed
), hold as (
    insert into order_holds (order_id, holder, address, network, units, first)
    select id, $15, $16, $17, $18, $19 from placed where $15::bytea is not null
), used as (
    update carts set order_id = placed.id, version = carts.version + 1, updated_at = now(),
        expires_at = now() + {CART_KEPT}
    from placed where carts.id = $13 and carts.version = $14 and carts.order_id is null and carts.merged_into is null
    returning carts.id
)
select {CURRENT} as rules_version, placed.*, exists (select from used) as cart_used
from (values (true)) as one left join placed on true
"""


@dataclass(frozen=True, slots=True)
class Basket:
    """Lines as they will be sold. `rules_version`: of the rules that they were priced by. `address`: where it goes;
    None if nothing in it is shipped. `cart`: the id and version of the cart that is used up. `available`: how many of
    each can be had, where that is counted.
    """

    lines: list[StoredLine]
    sums: Priced
    rules_version: int
    address: dict[str, Any] | None
    cart: tuple[UUID, int] | None
    available: dict[UUID, int]
    vat_id: str | None = None
    billing_address: dict[str, Any] | None = None
    locale: str | None = None
    payment_method: str = CARD

    @property
    def chosen(self) -> dict[str, Any]:
        """The members of _CHOSEN."""
        own = {name: getattr(self, name) for name in ("vat_id", "billing_address", "locale", "payment_method")}
        own["shipping_method"] = frozen_method(self.sums)
        names = [name.strip() for name in _CHOSEN_NAMES.split(",")]
        return {name: own[name] if name in own else getattr(self.sums, name) for name in names}


@dataclass(frozen=True, slots=True)
class NewOrder:
    """What is to be written. The basket's cart, where there is one, must still be of its version. `customer`: by whom
    the uses of discounts are counted. `holder`: None where no limit counts it. `by_staff`: the account of staff who
    placed it for the customer.
    """

    id: UUID
    number: str
    account_id: UUID | None
    token_hash: bytes | None
    email: str
    basket: Basket
    holder: Holder | None
    hold_seconds: int
    customer: bytes
    probe: bool = False
    by_staff: UUID | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """The order as it was written. `cart_used`: the cart was as expected."""

    order: Order
    cart_used: bool


class RulesChanged(Exception):
    """The rules of pricing are of another version than the order was priced by: price it again."""


async def place(tx: WriteTx, new: NewOrder, *, first: bool) -> Placed | None:
    """Write a new order; None if it is there already. `first`: one piece, for a holder who holds nothing else.

    Raises:
        RulesChanged.
        asyncpg.UniqueViolationError: `orders_number_once`, the number is taken.
    """
    basket, sums = new.basket, new.basket.sums
    cart_id, cart_version = basket.cart or (None, None)
    held = new.holder

    def placed(*, rules_version: int, cart_used: bool, **columns: Any) -> Placed | None:
        if columns["id"] is None:
            if rules_version != basket.rules_version:
                raise RulesChanged
            return None
        return Placed(Order(**columns, lines=basket.lines, ordered_from=held.address if held else None), cart_used)

    return await tx.row(
        placed,
        _PLACE,
        *(new.id, new.number, new.account_id, new.token_hash, new.email, basket.address),
        *(sums.currency, sums.subtotal, sums.shipping, sums.total),
        *(float(new.hold_seconds), basket.lines, cart_id, cart_version),
        *((None, None, None) if held is None else (held.holder, held.address, held.network)),
        *(sum(line.quantity for line in basket.lines), first, sums.rounding, new.probe),
        *(basket.chosen, basket.rules_version, new.by_staff),
    )
