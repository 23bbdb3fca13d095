"""SQL of discounts as staff keep them. Changes come after `versions.bump`, so they go one after the other."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.db import ReadTx, WriteTx
from orders.pricing.discounts.domain.discount import MAX_AUTOMATIC, Discount
from orders.pricing.discounts.store.rows import COLUMNS, Status, StoredDiscount, of_row

_FIELDS = (
    *("title", "kind", "target", "rate", "amounts", "articles", "minimum", "buy_get", "starts_at", "ends_at"),
    *("max_uses", "max_uses_per_customer", "combines_with"),
)
_PLACES = ", ".join(f"${number}" for number in range(3, 3 + len(_FIELDS)))
_INSERT = f"""
insert into discounts (id, automatic, {", ".join(_FIELDS)}) select $1, $2, {_PLACES}
where not $2 or {MAX_AUTOMATIC} > (select count(*) from discounts where automatic and status <> 'archived')
on conflict (id) do nothing
"""
# What an unlimited one was used is not counted up: it is counted when it gets a limit, under the lock of its row.
_UPDATE = f"""
update discounts d set ({", ".join(_FIELDS)}) = row({_PLACES}), version = version + 1, updated_at = now(),
    used = case when d.max_uses is not null then d.used when $13::integer is null then 0
           else (select count(*) from discount_uses u where u.discount_id = d.id and u.state = 'taken') end
where d.id = $1 and d.version = $2
"""
_SET_STATUS = "update discounts set status = $2, version = version + 1, updated_at = now() where id = $1"
_DELETE = "delete from discounts where id = $1"
_SCHEDULED = "d.status = 'active' and d.starts_at > now()"
_EXPIRED = "d.status = 'active' and d.ends_at <= now()"
SHOWN = {
    "active": f"d.status = 'active' and not coalesce({_SCHEDULED} or {_EXPIRED}, false)",
    "scheduled": f"{_SCHEDULED} and not coalesce({_EXPIRED}, false)",
    "expired": _EXPIRED,
    "disabled": "d.status = 'disabled'",
    "archived": "d.status = 'archived'",
}
"""SQL of the statuses that a list may be limited to."""


def _values(discount: Discount) -> tuple[Any, ...]:
    lists: dict[str, Any] = {"combines_with": sorted(discount.combines_with)}
    return tuple(lists.get(name, getattr(discount, name)) for name in _FIELDS)


async def insert(tx: WriteTx, discount: Discount) -> bool:
    """Write a new discount. Not where it is there already, nor where there are as many automatic ones as may be."""
    return bool(await tx.execute(_INSERT, discount.id, discount.automatic, *_values(discount)))


async def update(tx: WriteTx, discount: Discount, version: int) -> bool:
    """Whether it was of this version, and is now so. Its row must be locked by `tx`.

    Raises:
        asyncpg.CheckViolationError: `discounts_used_within`, it was used more often than its new limit says.
    """
    return bool(await tx.execute(_UPDATE, discount.id, version, *_values(discount)))


async def set_status(tx: WriteTx, discount_id: UUID, status: Status) -> None:
    """Change the status of a discount, whose row is locked by `tx`."""
    await tx.execute(_SET_STATUS, discount_id, status)


async def delete(tx: WriteTx, discount_id: UUID) -> None:
    """Delete a discount with its codes.

    Raises:
        asyncpg.ForeignKeyViolationError: an order has used it.
    """
    await tx.execute(_DELETE, discount_id)


async def listed(
    tx: ReadTx,
    limit: int,
    *,
    before: UUID | None = None,
    status: str | None = None,
    automatic: bool | None = None,
    code: str | None = None,
) -> list[StoredDiscount]:
    """Newest first: those of a status of SHOWN, automatic or not, or that have this code."""
    wanted = SHOWN[status] if status else "true"
    sql = f"""
    select {COLUMNS} from discounts d
    where ($2::uuid is null or d.id < $2) and ($3::boolean is null or d.automatic = $3)
      and ($4::text is null or d.id = (select c.discount_id from discount_codes c where c.code = $4)) and {wanted}
    order by d.id desc limit $1
    """
    return await tx.rows(of_row, sql, limit, before, automatic, code)
