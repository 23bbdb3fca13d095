"""Make, change and delete rates of tax, and the settings about them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

import msgspec

from chassis import audit
from orders.context import OrdersContext
from orders.pricing.store import taxes
from orders.pricing.store.taxes import RateFields, ShippingTaxes, StoredRate, TaxSettings
from orders.pricing.usecases.changing import changed_or_gone, changing, refuse_above

MAX_RATES = 5_000


async def list_rates(ctx: OrdersContext, after: UUID | None, limit: int, country: str | None) -> list[StoredRate]:
    """So many after one, oldest first; of a country, if one is given."""
    async with ctx.db.read() as tx:
        return await taxes.page(tx, after, limit, country)


async def create_rate(ctx: OrdersContext, fields: RateFields) -> StoredRate:
    """A new rate.

    Raises:
        RuleExists, TooManyRules.
    """
    async with changing(ctx) as tx:
        refuse_above(MAX_RATES, await taxes.count(tx) + 1)
        rate_id = await taxes.insert(tx, fields)
        await audit.record(tx, "tax_rate.created", f"tax_rate:{rate_id}", after=_told(fields))
        return StoredRate(**asdict(fields), id=rate_id, version=1)


async def replace_rate(ctx: OrdersContext, rate_id: UUID, version: int, fields: RateFields) -> StoredRate:
    """The rate as it is then. Orders keep the tax that they were placed with.

    Raises:
        NotFound, RuleChanged, RuleExists.
    """
    async with changing(ctx) as tx:
        before = await taxes.rate(tx, rate_id)
        if before is None or not await taxes.update(tx, rate_id, version, fields):
            raise changed_or_gone(before)
        was, now = _told(before), _told(fields)
        await audit.record(tx, "tax_rate.changed", f"tax_rate:{rate_id}", before=was, after=now)
        return StoredRate(**asdict(fields), id=rate_id, version=version + 1)


async def delete_rate(ctx: OrdersContext, rate_id: UUID, version: int) -> None:
    """Raises NotFound, RuleChanged."""
    async with changing(ctx) as tx:
        before = await taxes.rate(tx, rate_id)
        if before is None or not await taxes.delete(tx, rate_id, version):
            raise changed_or_gone(before)
        await audit.record(tx, "tax_rate.deleted", f"tax_rate:{rate_id}", before=_told(before))


async def read_settings(ctx: OrdersContext) -> tuple[TaxSettings, ShippingTaxes]:
    """Where the shop is, how prices are listed, how shipping is taxed."""
    async with ctx.db.read() as tx:
        return await taxes.settings(tx)


async def put_settings(ctx: OrdersContext, wanted: TaxSettings, shipping: ShippingTaxes) -> None:
    """Set them, if they are of the version of `wanted`.

    Raises:
        RuleChanged.
    """
    async with changing(ctx) as tx:
        before, taxed = await taxes.settings(tx)
        if not await taxes.put_settings(tx, wanted, shipping):
            raise changed_or_gone(before)
        was, now = _all_told(before, taxed), _all_told(wanted, shipping)
        await audit.record(tx, "tax_settings.changed", before=was, after=now)


def _told(rate: RateFields) -> dict[str, Any]:
    """For the audit log: of many postal codes how many they are."""
    told: dict[str, Any] = msgspec.to_builtins(rate)
    told["number_of_codes"] = len(rate.codes)
    return told | {"codes": rate.codes[:20]}


def _all_told(settings: TaxSettings, shipping: ShippingTaxes) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(settings)
    rules = {" ".join(filter(None, place)): rule.how for place, rule in shipping.items()}
    return told | {"shipping": rules}
