"""Rates of tax and the settings about them, as staff keep them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.db import ReadTx, WriteTx
from orders.pricing.domain.taxes import ShippingTax, ShippingTaxRule

_COLUMNS = "country, region, codes, tax_class, title, rate, exempt, alone, valid_from, valid_until"
_RATES = f"select id, version, {_COLUMNS} from tax_rates"
_SHIPPING = "select country, region, how, tax_class from tax_shipping order by country, region"
# Before staff have said anything the version is 1.
_PUT_SETTINGS = """
insert into tax_settings (country, region, postal_code, without_tax, version)
select $2, $3, $4, $5, 2 where $1 = 1 or exists (select from tax_settings)
on conflict (one) do update set country = excluded.country, region = excluded.region,
    postal_code = excluded.postal_code, without_tax = excluded.without_tax, version = tax_settings.version + 1,
    updated_at = now()
where tax_settings.version = $1
"""
_PUT_SHIPPING = """
insert into tax_shipping (country, region, how, tax_class)
select * from unnest($1::text[], $2::text[], $3::text[], $4::text[])
"""


@dataclass(frozen=True, slots=True)
class RateFields:
    """What staff say of a rate."""

    country: str
    region: str
    codes: list[str]
    tax_class: str
    title: str
    rate: int
    exempt: bool
    alone: bool
    valid_from: datetime | None
    valid_until: datetime | None

    @property
    def row(self) -> tuple[Any, ...]:
        """The values of its row."""
        return (
            *(self.country, self.region, self.codes, self.tax_class, self.title, self.rate),
            *(self.exempt, self.alone, self.valid_from, self.valid_until),
        )


@dataclass(frozen=True, slots=True)
class StoredRate(RateFields):
    """A rate."""

    id: UUID
    version: int


@dataclass(frozen=True, slots=True)
class TaxSettings:
    """Where the shop is (`country` None: not said), and the currencies whose listed prices do not hold the tax."""

    country: str | None
    region: str
    postal_code: str
    without_tax: list[str]
    version: int


ShippingTaxes = Mapping[tuple[str, str], ShippingTaxRule]


async def all_rates(tx: ReadTx) -> list[StoredRate]:
    """Their number is bounded."""
    return await tx.rows(StoredRate, f"{_RATES} order by id")


async def page(tx: ReadTx, after: UUID | None, limit: int, country: str | None = None) -> list[StoredRate]:
    """So many of them after one, in the order in which they were made; of a country, if one is given."""
    where = "where ($1::uuid is null or id > $1) and ($3::text is null or country = $3) order by id limit $2"
    return await tx.rows(StoredRate, f"{_RATES} {where}", after, limit, country)


async def rate(tx: ReadTx, rate_id: UUID) -> StoredRate | None:
    """One; None: there is none of this id."""
    return await tx.row(StoredRate, f"{_RATES} where id = $1", rate_id)


async def count(tx: ReadTx) -> int:
    """How many there are."""
    return int(await tx.value("select count(*) from tax_rates"))


async def insert(tx: WriteTx, fields: RateFields) -> UUID:
    """A new rate; its id.

    Raises:
        asyncpg.ExclusionViolationError: there is such a one, at some time of its validity.
    """
    put = f"insert into tax_rates ({_COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning id"
    found: UUID = await tx.value(put, *fields.row)
    return found


async def update(tx: WriteTx, rate_id: UUID, version: int, fields: RateFields) -> bool:
    """Whether it was of this version, and is now so.

    Raises:
        asyncpg.ExclusionViolationError: as `insert`.
    """
    change = f"""
    update tax_rates set ({_COLUMNS}, version, updated_at) =
        ($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, version + 1, now())
    where id = $1 and version = $2
    """
    return bool(await tx.execute(change, rate_id, version, *fields.row))


async def delete(tx: WriteTx, rate_id: UUID, version: int) -> bool:
    """Whether it was of this version, and is gone."""
    return bool(await tx.execute("delete from tax_rates where id = $1 and version = $2", rate_id, version))


async def settings(tx: ReadTx) -> tuple[TaxSettings, ShippingTaxes]:
    """The settings, and how shipping is taxed in which country and region."""
    found = await tx.row(TaxSettings, "select country, region, postal_code, without_tax, version from tax_settings")
    found = found or TaxSettings(None, "", "", [], 1)
    rules: list[dict[str, Any]] = await tx.rows(dict, _SHIPPING)
    return found, {(row["country"], row["region"]): _rule(row["how"], row["tax_class"]) for row in rules}


def _rule(how: ShippingTax, tax_class: str) -> ShippingTaxRule:
    return ShippingTaxRule(how, tax_class)


async def put_settings(tx: WriteTx, wanted: TaxSettings, shipping: ShippingTaxes) -> bool:
    """Whether they were of the version of `wanted`, and are now so."""
    own = (wanted.version, wanted.country, wanted.region, wanted.postal_code, wanted.without_tax)
    if not await tx.execute(_PUT_SETTINGS, *own):
        return False
    await tx.execute("delete from tax_shipping")
    rows = [(*place, rule.how, rule.tax_class) for place, rule in sorted(shipping.items(), key=lambda each: each[0])]
    await tx.execute(_PUT_SHIPPING, *([row[place] for row in rows] for place in range(4)))
    return True
