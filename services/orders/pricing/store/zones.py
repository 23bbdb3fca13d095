"""Zones of shipping and their places, as staff keep them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from chassis.db import ReadTx, WriteTx
from orders.pricing.domain.places import Place
from orders.pricing.store.methods import StoredMethod, methods

_ZONES = "select id, title, elsewhere, version from shipping_zones"
_PLACES = """
select zone_id, country, region, postal from shipping_places
where $1::uuid is null or zone_id = $1 order by country, region, postal
"""
_PUT_PLACES = """
insert into shipping_places (country, region, postal, zone_id)
select country, region, postal, $1
from unnest($2::text[], $3::text[], $4::text[]) as place (country, region, postal)
order by country, region, postal
"""


@dataclass(frozen=True, slots=True)
class ZoneFields:
    """What staff say of a zone. `elsewhere`: the rest of the world, without places."""

    title: str
    elsewhere: bool
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class StoredZone:
    """A zone with its places and methods."""

    id: UUID
    title: str
    elsewhere: bool
    version: int
    places: tuple[Place, ...] = ()
    methods: tuple[StoredMethod, ...] = ()


async def zones(tx: ReadTx) -> list[StoredZone]:
    """All of them, in the order of their titles; their number is bounded."""
    found = await tx.rows(StoredZone, f"{_ZONES} order by title")
    return await _whole(tx, found, None)


async def zone(tx: ReadTx, zone_id: UUID) -> StoredZone | None:
    """One; None: there is none of this id."""
    found = await tx.rows(StoredZone, f"{_ZONES} where id = $1", zone_id)
    return (await _whole(tx, found, zone_id))[0] if found else None


async def _whole(tx: ReadTx, found: Sequence[StoredZone], zone_id: UUID | None) -> list[StoredZone]:
    places: dict[UUID, list[Place]] = {}
    for row in await tx.rows(dict[str, str], _PLACES, zone_id):
        places.setdefault(UUID(str(row["zone_id"])), []).append(Place(row["country"], row["region"], row["postal"]))
    by_zone: dict[UUID, list[StoredMethod]] = {}
    for method in await methods(tx, zone_id=zone_id):
        by_zone.setdefault(method.zone_id, []).append(method)
    return [
        replace(each, places=tuple(places.get(each.id, ())), methods=tuple(by_zone.get(each.id, ()))) for each in found
    ]


async def count_zones(tx: ReadTx) -> int:
    """How many there are."""
    return int(await tx.value("select count(*) from shipping_zones"))


async def count_places(tx: ReadTx) -> int:
    """How many places all zones have."""
    return int(await tx.value("select count(*) from shipping_places"))


async def insert(tx: WriteTx, fields: ZoneFields) -> UUID:
    """A new zone; its id.

    Raises:
        asyncpg.UniqueViolationError: there is one of this title, or with one of its places, or for elsewhere.
    """
    zone_id: UUID = await tx.value(
        "insert into shipping_zones (title, elsewhere) values ($1, $2) returning id", fields.title, fields.elsewhere
    )
    await _put_places(tx, zone_id, fields.places)
    return zone_id


async def update(tx: WriteTx, zone_id: UUID, version: int, fields: ZoneFields) -> bool:
    """Whether it was of this version, and is now so.

    Raises:
        asyncpg.UniqueViolationError: as `insert`.
    """
    change = """
    update shipping_zones set title = $3, elsewhere = $4, version = version + 1, updated_at = now()
    where id = $1 and version = $2
    """
    if not await tx.execute(change, zone_id, version, fields.title, fields.elsewhere):
        return False
    await tx.execute("delete from shipping_places where zone_id = $1", zone_id)
    await _put_places(tx, zone_id, fields.places)
    return True


async def delete(tx: WriteTx, zone_id: UUID, version: int) -> bool:
    """Whether it was of this version, and is gone with its places and methods."""
    return bool(await tx.execute("delete from shipping_zones where id = $1 and version = $2", zone_id, version))


async def _put_places(tx: WriteTx, zone_id: UUID, places: Sequence[Place]) -> None:
    columns = ([getattr(place, name) for place in places] for name in ("country", "region", "postal"))
    await tx.execute(_PUT_PLACES, zone_id, *columns)
