"""A guest's cart becomes part of an account's, once."""

from __future__ import annotations

from uuid import UUID

import msgspec

from chassis.db import WriteTx
from orders.domain.pricing import MAX_LINES
from orders.store.carts import Opened


class GuestCart(msgspec.Struct, frozen=True):
    """A guest's cart, locked. `merged_for`: the account into whose cart it has gone."""

    id: UUID
    currency: str
    used: bool
    merged_for: UUID | None


_LOCK = """
select c.id, c.currency, c.order_id is not null or c.expires_at <= now() as used,
       (select target.account_id from carts target where target.id = c.merged_into) as merged_for
from carts c where c.token_hash = $1 for update of c
"""
# Of an article in both, the greater quantity stays. What does not fit any more stays behind, the latest first.
_MERGE = f"""
with room as (select {MAX_LINES} - line_count as free from carts where id = $2),
known as (
    update cart_lines mine set quantity = greatest(mine.quantity, theirs.quantity)
    from cart_lines theirs
    where theirs.cart_id = $1 and mine.cart_id = $2 and mine.variant_id = theirs.variant_id
),
added as (
    insert into cart_lines (cart_id, variant_id, quantity, unit_price, added_at)
    select $2, theirs.variant_id, theirs.quantity, case when $3 then theirs.unit_price end, theirs.added_at
    from cart_lines theirs
    where theirs.cart_id = $1
      and not exists (select from cart_lines mine where mine.cart_id = $2 and mine.variant_id = theirs.variant_id)
    order by theirs.added_at, theirs.variant_id limit (select free from room)
    returning variant_id
),
closed as (update carts set merged_into = $2, version = version + 1, updated_at = now() where id = $1)
update carts set version = version + 1, updated_at = now(), line_count = line_count + (select count(*) from added)
where id = $2
"""


async def lock_guest_cart(tx: WriteTx, token_hash: bytes) -> GuestCart | None:
    """The guest's cart with this token, whatever became of it."""
    return await tx.row(GuestCart, _LOCK, token_hash)


async def merge(tx: WriteTx, guest: GuestCart, into: Opened) -> None:
    """Bring the lines of a guest's cart into an account's; both are locked by `tx`."""
    await tx.execute(_MERGE, guest.id, into.id, guest.currency == into.currency)
