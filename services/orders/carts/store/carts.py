"""Carts in the database. Each change of a line changes the cart's row too, which makes changes follow one another."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from chassis.db import ReadTx, WriteTx

GUEST_CART_KEPT = "interval '30 days'"


class CartLine(msgspec.Struct, frozen=True):
    """`unit_price`: what a piece cost when it was put in, in the cart's currency; None where that is not known."""

    variant_id: UUID
    quantity: int
    unit_price: int | None


class Cart(msgspec.Struct, frozen=True):
    """An active cart with its lines in the order in which they came."""

    id: UUID
    account_id: UUID | None
    currency: str
    version: int
    expires_at: datetime | None
    lines: list[CartLine]


def _cart(**columns: Any) -> Cart:
    return Cart(**{**columns, "lines": msgspec.convert(columns["lines"], list[CartLine])})


_ACTIVE = "c.order_id is null and c.merged_into is null and (c.expires_at is null or c.expires_at > now())"
_READ = """
select c.id, c.account_id, c.currency, c.version, c.expires_at, coalesce((
    select jsonb_agg(
        jsonb_build_object('variant_id', l.variant_id, 'quantity', l.quantity, 'unit_price', l.unit_price)
        order by l.added_at, l.variant_id
    ) from cart_lines l where l.cart_id = c.id
), '[]') as lines
from carts c
"""
_CREATE_GUEST = f"""
insert into carts (id, token_hash, currency, expires_at) values ($1, $2, $3, now() + {GUEST_CART_KEPT})
returning expires_at
"""
_OPEN_ACCOUNT = """
insert into carts (id, account_id, currency) values ($1, $2, $3)
on conflict (account_id) where account_id is not null and order_id is null
do update set updated_at = now()
returning id, currency
"""
# The cart's row is locked before its lines, by everybody: two who change a cart wait for each other, never both.
_PUT = f"""
with cart as (select c.id, c.currency from carts c where c.id = $1 and {_ACTIVE} for update),
foreign_prices as (
    update cart_lines set unit_price = null from cart
    where cart_id = cart.id and variant_id <> $2 and cart.currency <> $5
),
put as (
    insert into cart_lines (cart_id, variant_id, quantity, unit_price) select cart.id, $2, $3, $4 from cart
    on conflict (cart_id, variant_id) do update set quantity = excluded.quantity, unit_price = excluded.unit_price
    returning (old.cart_id is null)::integer as added
)
update carts set version = version + 1, updated_at = now(), line_count = line_count + put.added, currency = $5,
    expires_at = case when token_hash is not null then now() + {GUEST_CART_KEPT} end
from put where carts.id = $1
returning carts.version
"""
_REMOVE = f"""
with cart as (select c.id from carts c where c.id = $1 and {_ACTIVE} for update),
removed as (
    delete from cart_lines using cart where cart_id = cart.id and variant_id = $2 returning cart_id
)
update carts set version = version + 1, updated_at = now(), line_count = line_count - 1
from removed where carts.id = removed.cart_id
returning carts.version
"""
_GIVE_BACK = """
update carts c set order_id = null, version = version + 1, updated_at = now(),
    expires_at = case when token_hash is not null then expires_at end
where c.order_id = $1 and not exists (
    select from carts other where other.account_id = c.account_id and other.order_id is null
)
"""


async def of_account(tx: ReadTx, account_id: UUID) -> Cart | None:
    """The active cart of an account."""
    return await tx.row(_cart, f"{_READ} where c.account_id = $1 and {_ACTIVE}", account_id)


async def of_guest(tx: ReadTx, token_hash: bytes) -> Cart | None:
    """The active cart of a guest, by the hash of its token."""
    return await tx.row(_cart, f"{_READ} where c.token_hash = $1 and {_ACTIVE}", token_hash)


async def create_for_guest(tx: WriteTx, cart_id: UUID, token_hash: bytes, currency: str) -> datetime:
    """When it will be forgotten, unless it changes."""
    expires_at: datetime = await tx.value(_CREATE_GUEST, cart_id, token_hash, currency)
    return expires_at


class AccountCart(msgspec.Struct, frozen=True):
    """An account's active cart, locked."""

    id: UUID
    currency: str


async def open_for_account(tx: WriteTx, cart_id: UUID, account_id: UUID, currency: str) -> AccountCart:
    """The account's active cart, made with this id if there is none."""
    opened = await tx.row(AccountCart, _OPEN_ACCOUNT, cart_id, account_id, currency)
    assert opened is not None  # noqa: S101 -- the statement always returns a row
    return opened


async def put_line(tx: WriteTx, cart_id: UUID, variant_id: UUID, quantity: int, unit_price: int, currency: str) -> bool:
    """Set a line at a price of this currency, which is the cart's from now on; False if the cart is no longer active.

    Raises:
        asyncpg.CheckViolationError: `carts_line_count`, the cart is full.
    """
    return await tx.value(_PUT, cart_id, variant_id, quantity, unit_price, currency) is not None


async def remove_line(tx: WriteTx, cart_id: UUID, variant_id: UUID) -> None:
    """Take a line out of an active cart, if it is there."""
    await tx.value(_REMOVE, cart_id, variant_id)


async def give_back(tx: WriteTx, order_id: UUID) -> None:
    """Make the cart that became a cancelled order active again, unless its account has a new one.

    Raises:
        asyncpg.UniqueViolationError: `carts_active`, it got a new one at this moment.
    """
    await tx.execute(_GIVE_BACK, order_id)


async def delete_expired(tx: WriteTx, limit: int) -> int:
    """Delete carts whose time is over; how many."""
    sql = """
    delete from carts where id in (
        select id from carts where expires_at < now() order by expires_at limit $1 for update skip locked
    )
    """
    return await tx.execute(sql, limit)
