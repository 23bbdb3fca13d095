"""Make, change and delete zones of shipping."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis import audit
from chassis.db import WriteTx
from orders.context import OrdersContext
from orders.pricing.store import zones
from orders.pricing.store.zones import StoredZone, ZoneFields
from orders.pricing.usecases.changing import changed_or_gone, changing, refuse_above

MAX_ZONES = 100
MAX_PLACES = 2_000


async def list_zones(ctx: OrdersContext) -> list[StoredZone]:
    """All of them, with their places and methods."""
    async with ctx.db.read() as tx:
        return await zones.zones(tx)


async def create_zone(ctx: OrdersContext, fields: ZoneFields) -> StoredZone:
    """A new zone without methods.

    Raises:
        RuleExists, TooManyRules.
    """
    async with changing(ctx) as tx:
        refuse_above(MAX_ZONES, await zones.count_zones(tx) + 1)
        zone_id = await zones.insert(tx, fields)
        refuse_above(MAX_PLACES, await zones.count_places(tx))
        return await _recorded(tx, "shipping_zone.created", zone_id, None)


async def replace_zone(ctx: OrdersContext, zone_id: UUID, version: int, fields: ZoneFields) -> StoredZone:
    """The zone as it is then; its methods stay.

    Raises:
        NotFound, RuleChanged, RuleExists, TooManyRules.
    """
    async with changing(ctx) as tx:
        before = await zones.zone(tx, zone_id)
        if not await zones.update(tx, zone_id, version, fields):
            raise changed_or_gone(before)
        refuse_above(MAX_PLACES, await zones.count_places(tx))
        return await _recorded(tx, "shipping_zone.changed", zone_id, before)


async def delete_zone(ctx: OrdersContext, zone_id: UUID, version: int) -> None:
    """With its places and methods. Orders keep what they were shipped by.

    Raises:
        NotFound, RuleChanged.
    """
    async with changing(ctx) as tx:
        before = await zones.zone(tx, zone_id)
        if before is None or not await zones.delete(tx, zone_id, version):
            raise changed_or_gone(before)
        await audit.record(tx, "shipping_zone.deleted", f"shipping_zone:{zone_id}", before=_told(before))


async def _recorded(tx: WriteTx, action: str, zone_id: UUID, before: StoredZone | None) -> StoredZone:
    after = await zones.zone(tx, zone_id)
    assert after is not None, "this transaction wrote it"  # noqa: S101 -- narrows the type
    told = None if before is None else _told(before)
    await audit.record(tx, action, f"shipping_zone:{zone_id}", before=told, after=_told(after))
    return after


def _told(zone: StoredZone) -> dict[str, Any]:
    """For the audit log: of many places how many they are."""
    places = [" ".join(filter(None, (each.country, each.region, each.postal))) for each in zone.places[:20]]
    return {"title": zone.title, "elsewhere": zone.elsewhere, "places": places, "number_of_places": len(zone.places)}
