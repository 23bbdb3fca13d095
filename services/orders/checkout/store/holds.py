"""What is held unpaid, counted from the orders themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from chassis.db import ReadTx, WriteTx
from chassis.web import idempotency
from chassis.web.idempotency import Claim
from orders.checkout.domain.holding import HoldTotals, Scope
from orders.shoppers import Holder

# Open: nothing is authorised yet. Lapsed: given up after having been held. Alike: guests for a guest, customers for a
# customer; only the share of a variant is everybody's.
_COUNT = """
with known as (
    select h.order_id, h.units, h.first, h.holder = $1 as mine, h.address = $2 as near, h.network = $3 as around,
           o.number, o.expires_at, (o.account_id is null) = $6 as alike,
           o.status in ('placed', 'pending_payment') as open, o.payment_method <> 'card' as manual,
           o.status in ('cancelling', 'cancelled')
               and o.cancel_reason in ('expired', 'cancelled_by_customer')
               and h.held_at > now() - interval '24 hours' as lapsed
    from order_holds h join orders o on o.id = h.order_id
    where h.holder = $1 or h.network = $3
), pieces as (
    select l.variant_id, coalesce(sum(l.quantity) filter (where mine), 0)::bigint as holder,
           coalesce(sum(l.quantity) filter (where near and not first), 0)::bigint as address,
           coalesce(sum(l.quantity) filter (where manual and mine), 0)::bigint as manual_holder,
           coalesce(sum(l.quantity) filter (where manual and near), 0)::bigint as manual_address,
           coalesce(sum(l.quantity) filter (where manual and around), 0)::bigint as manual_network
    from known join order_lines l using (order_id)
    where open and (mine or near or manual) and l.variant_id = any($4) group by l.variant_id
)
select exists (select from orders where id = $5) as written,
    count(*) filter (where mine and open) as holder_orders,
    coalesce(sum(units) filter (where mine and open), 0) as holder_units,
    count(*) filter (where mine and lapsed) as holder_lapsed,
    count(*) filter (where near and alike and open) as address_orders,
    coalesce(sum(units) filter (where near and alike and open and not first and not manual), 0) as address_units,
    count(*) filter (where near and alike and lapsed) as address_lapsed,
    count(*) filter (where around and alike and open) as network_orders,
    coalesce(sum(units) filter (where around and alike and open and not first and not manual), 0) as network_units,
    count(*) filter (where around and alike and lapsed) as network_lapsed,
    count(*) filter (where mine and open and manual) as holder_manual,
    count(*) filter (where near and alike and open and manual) as address_manual,
    count(*) filter (where around and alike and open and manual) as network_manual,
    coalesce(jsonb_agg(jsonb_build_object('id', order_id, 'number', number, 'expires_at', expires_at)
        order by order_id) filter (where mine and open), '[]') as open_orders,
    (select coalesce(jsonb_agg(to_jsonb(pieces)), '[]') from pieces) as pieces
from known
"""
_BIGGEST = """
with known as (
    select h.order_id, h.holder, h.address, h.network, h.units, h.held_at
    from order_holds h join orders o on o.id = h.order_id where o.status in ('placed', 'pending_payment')
), grouped as (
    select part.scope, part.hash, count(*) as orders, sum(units) as units, min(held_at) as since,
           (array_agg(order_id order by units desc, order_id))[:$2] as order_ids
    from known, lateral (values ('holder', holder), ('address', address), ('network', network)) as part (scope, hash)
    group by part.scope, part.hash
), ranked as (
    select *, row_number() over (partition by scope order by units desc, orders desc, hash) as place from grouped
)
select scope, encode(hash, 'hex') as hash, orders, units, since, order_ids
from ranked where place <= $1 order by units desc, orders desc, scope, hash
"""
_FORGET = """
delete from order_holds where order_id in (
    select h.order_id from order_holds h join orders o on o.id = h.order_id
    where h.held_at < now() - interval '24 hours' and o.status in ('paid', 'cancelled') limit $1
    for update of h skip locked
)
"""


class Pieces(msgspec.Struct, frozen=True):
    """Of one variant: what the holder has, and what the address has beyond first single ones; and what each has by
    orders that take days to pay.
    """

    variant_id: UUID
    holder: int
    address: int
    manual_holder: int
    manual_address: int
    manual_network: int


class OpenOrder(msgspec.Struct, frozen=True):
    """An unpaid order of the holder's own."""

    id: UUID
    number: str
    expires_at: datetime


class Count(msgspec.Struct, frozen=True):
    """`written`: the order that is to be placed is there already, and may be among those counted."""

    written: bool
    held: dict[Scope, HoldTotals]
    open_orders: list[OpenOrder]


class Holding(msgspec.Struct, frozen=True):
    """One of those who hold most. The biggest of their orders are named."""

    scope: str
    hash: str
    orders: int
    units: int
    since: datetime
    order_ids: list[UUID]


async def claim_and_lock(tx: WriteTx, claim: Claim, holder: Holder, *, alone: bool) -> UUID | None:
    """Claim the key of an order's request; its operation id (chassis.web.idempotency.claim). Where it is claimed: until
    `tx` ends nobody else of the same holder places an order; nor of the same address or network, if `alone`.

    In a statement of its own: the one that counts must see what was committed while this one waited. Everybody locks in
    the same order.
    """
    wide = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    locks = {holder.holder: "pg_advisory_xact_lock", holder.address: wide, holder.network: wide}
    calls = (f"{locks[part]}(($7::bigint[])[{place}])" for place, part in enumerate(holder.parts, start=1))
    sql = f"with claimed as ({idempotency.CLAIM}) select operation_id, {', '.join(calls)} from claimed"
    keys = [int.from_bytes(part[:8], signed=True) for part in holder.parts]
    order_id: UUID | None = await tx.value(sql, *claim.asked, keys)
    return order_id


async def count(tx: WriteTx, holder: Holder, order_id: UUID, variant_ids: Sequence[UUID], *, guest: bool) -> Count:
    """What they hold, and what others near them do: guests for a `guest`, else customers. Of pieces, those of these
    variants. To be asked under the locks.
    """
    parts = (holder.holder, holder.address, holder.network)
    found = await tx.row(_count, _COUNT, *parts, variant_ids, order_id, guest)
    assert found is not None  # noqa: S101 -- an aggregate always returns a row
    return found


def _count(*, written: bool, open_orders: Any, pieces: Any, **sums: int) -> Count:
    of = msgspec.convert(pieces, list[Pieces])
    by_scope = {
        Scope.HOLDER: {piece.variant_id: piece.holder for piece in of},
        Scope.ADDRESS: {piece.variant_id: piece.address for piece in of},
        Scope.NETWORK: {},
    }
    held = {
        scope: HoldTotals(
            sums[f"{scope}_orders"],
            sums[f"{scope}_units"],
            sums[f"{scope}_lapsed"],
            by_scope[scope],
            sums[f"{scope}_manual"],
            {piece.variant_id: getattr(piece, f"manual_{scope}") for piece in of},
        )
        for scope in Scope
    }
    return Count(written, held, msgspec.convert(open_orders, list[OpenOrder]))


async def biggest(tx: ReadTx, most: int, orders_each: int) -> list[Holding]:
    """Of each scope those who hold most, the biggest first."""
    return await tx.rows(Holding, _BIGGEST, most, orders_each)


async def forget(tx: WriteTx, limit: int) -> int:
    """Delete what was written more than a day ago about orders that have ended; how many."""
    return await tx.execute(_FORGET, limit)
