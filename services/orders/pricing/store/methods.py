"""Ways of shipping and what they cost, as staff keep them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from chassis.db import ReadTx, WriteTx
from orders.pricing.domain.priced import MethodKind
from orders.pricing.domain.shipping import Band, Basis, Rate

_COLUMNS = "id, zone_id, title, kind, basis, min_days, max_days, pickup_at, active, position, version"
_METHODS = f"""
select {_COLUMNS} from shipping_methods
where ($1::uuid is null or zone_id = $1) and ($2::uuid is null or id = $2) order by position, id
"""
_RATES = """
select method_id, currency, at_least, price, free_from from shipping_rates
where $1::uuid[] is null or method_id = any($1) order by method_id, currency, at_least
"""
_PUT_RATES = """
insert into shipping_rates (method_id, currency, at_least, price, free_from)
select $1, currency, at_least, price, free_from
from unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[]) as rate (currency, at_least, price, free_from)
"""


@dataclass(frozen=True, slots=True)
class MethodFields:
    """What staff say of a method."""

    title: str
    kind: MethodKind
    basis: Basis
    min_days: int | None
    max_days: int | None
    pickup_at: str | None
    active: bool
    position: int
    rates: Mapping[str, Rate]

    @property
    def own(self) -> tuple[Any, ...]:
        """The values of its own row."""
        return (
            *(self.title, self.kind, self.basis, self.min_days, self.max_days),
            *(self.pickup_at, self.active, self.position),
        )


@dataclass(frozen=True, slots=True)
class StoredMethod(MethodFields):
    """A method of a zone."""

    id: UUID
    zone_id: UUID
    version: int


async def methods(tx: ReadTx, *, zone_id: UUID | None = None, method_id: UUID | None = None) -> list[StoredMethod]:
    """All of them, or those of a zone, or one: in their order."""
    found = await tx.rows(lambda **row: StoredMethod(**row, rates={}), _METHODS, zone_id, method_id)
    whole = zone_id is None and method_id is None
    rates: dict[UUID, dict[str, Rate]] = {each.id: {} for each in found}
    for row in await tx.rows(dict[str, Any], _RATES, None if whole else list(rates)):
        by_currency = rates.setdefault(row["method_id"], {})
        so_far = by_currency.get(row["currency"], Rate((), row["free_from"]))
        bands = (*so_far.bands, Band(row["at_least"], row["price"]))
        by_currency[row["currency"]] = replace(so_far, bands=bands)
    return [replace(each, rates=rates[each.id]) for each in found]


async def count(tx: ReadTx, zone_id: UUID) -> int:
    """How many methods a zone has."""
    return int(await tx.value("select count(*) from shipping_methods where zone_id = $1", zone_id))


async def insert(tx: WriteTx, zone_id: UUID, fields: MethodFields) -> UUID:
    """A new method; its id.

    Raises:
        asyncpg.UniqueViolationError: the zone has one of this title. asyncpg.ForeignKeyViolationError: no such zone.
    """
    put = """
    insert into shipping_methods (zone_id, title, kind, basis, min_days, max_days, pickup_at, active, position)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id
    """
    method_id: UUID = await tx.value(put, zone_id, *fields.own)
    await _put_rates(tx, method_id, fields.rates)
    return method_id


async def update(tx: WriteTx, method_id: UUID, version: int, fields: MethodFields) -> bool:
    """Whether it was of this version, and is now so.

    Raises:
        asyncpg.UniqueViolationError: its zone has another of this title.
    """
    change = """
    update shipping_methods set title = $3, kind = $4, basis = $5, min_days = $6, max_days = $7, pickup_at = $8,
        active = $9, position = $10, version = version + 1, updated_at = now()
    where id = $1 and version = $2
    """
    if not await tx.execute(change, method_id, version, *fields.own):
        return False
    await tx.execute("delete from shipping_rates where method_id = $1", method_id)
    await _put_rates(tx, method_id, fields.rates)
    return True


async def delete(tx: WriteTx, method_id: UUID, version: int) -> bool:
    """Whether it was of this version, and is gone."""
    return bool(await tx.execute("delete from shipping_methods where id = $1 and version = $2", method_id, version))


async def _put_rates(tx: WriteTx, method_id: UUID, rates: Mapping[str, Rate]) -> None:
    rows = [
        (currency, band.at_least, band.price, rate.free_from) for currency, rate in rates.items() for band in rate.bands
    ]
    await tx.execute(_PUT_RATES, method_id, *([row[place] for row in rows] for place in range(4)))
