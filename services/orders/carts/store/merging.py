"""SQL that merges a guest's cart into an account's; lines that do not fit stay in the guest's."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from chassis.db import ReadTx, WriteTx
from orders.carts.store.carts import AccountCart
from orders.quantities import MAX_LINES


class GuestCart(msgspec.Struct, frozen=True):
    """A guest's cart, whatever became of it. `merged_for`: the account into whose cart all of it has gone."""

    id: UUID
    currency: str
    version: int
    used: bool
    merged_for: UUID | None


_FIND = """
select c.id, c.currency, c.version, c.order_id is not null or c.expires_at <= now() as used,
       (select target.account_id from carts target where target.id = c.merged_into) as merged_for
from carts c where c.token_hash = $1
"""
# Of an article in both, the greater quantity stays. Of what is new as much as fits, the earliest first. A line is in
# one of the two carts afterwards, never in both or neither; a cart that nothing is left in is used up.
_MERGE = f"""
with theirs as (
    select l.variant_id, l.quantity, l.unit_price, l.added_at, mine.variant_id is not null as in_both
    from cart_lines l left join cart_lines mine on mine.cart_id = $2 and mine.variant_id = l.variant_id
    where l.cart_id = $1 and (l.variant_id = any($4) or mine.variant_id is not null)
), fitting as (
    select * from theirs where not in_both
    order by added_at, variant_id limit (select {MAX_LINES} - line_count from carts where id = $2)
), known as (
    update cart_lines mine set quantity = greatest(mine.quantity, theirs.quantity)
    from theirs where in_both and mine.cart_id = $2 and mine.variant_id = theirs.variant_id
), added as (
    insert into cart_lines (cart_id, variant_id, quantity, unit_price, added_at)
    select $2, variant_id, quantity, case when $3 then unit_price end, added_at from fitting
), moved as (
    delete from cart_lines where cart_id = $1 and variant_id in (
        select variant_id from theirs where in_both union all select variant_id from fitting
    ) returning variant_id
), emptied as (
    update carts set version = version + 1, updated_at = now(),
        line_count = line_count - (select count(*) from moved),
        merged_into = case when line_count = (select count(*) from moved) then $2::uuid end
    where id = $1 and (line_count = 0 or exists (select from moved))
), filled as (
    update carts set version = version + 1, updated_at = now(), line_count = line_count + (select count(*) from fitting)
    where id = $2 and exists (select from moved)
)
select coalesce(array_agg(variant_id), '{{}}') as moved from moved
"""


async def find_guest_cart(tx: ReadTx, token_hash: bytes) -> GuestCart | None:
    """A guest's cart, by the hash of its token."""
    return await tx.row(GuestCart, _FIND, token_hash)


async def lock_guest_cart(tx: WriteTx, token_hash: bytes) -> GuestCart | None:
    """The guest's cart with this token, which stays as it is until `tx` ends."""
    return await tx.row(GuestCart, f"{_FIND} for update of c", token_hash)


async def merge(tx: WriteTx, guest: GuestCart, into: AccountCart, sold: Sequence[UUID]) -> set[UUID]:
    """Bring what fits of a guest's cart into an account's; both are locked by `tx`. What has come over.

    `sold`: the variants that can be bought in the account's currency.
    """
    moved = await tx.value(_MERGE, guest.id, into.id, guest.currency == into.currency, sold)
    return set(moved)
