"""Reads and writes the pictures of a product. Writers hold the product's lock, as imports and fetched pictures do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from catalog.events import ChangedProduct
from catalog.store.pictures import FetchedPicture
from catalog.uploads.domain.order import MOST
from chassis.db import ReadTx, WriteTx

_LOCK_PRODUCT = "select id, slug, version from products where slug = $1 for no key update"
_PRODUCT = "select id, slug, version from products where slug = $1"
# It names no column that the search index is made of, or the trigger of products would make it anew.
_BUMP = "update products set version = version + 1, updated_at = now() where id = $1 returning id, slug, version"
_COLUMNS = """
select m.id, m.position, m.alt, m.source_url, m.width, m.height, m.widths,
       array(select v.id from variants v where v.media_id = m.id order by v.position, v.id) as variant_ids
from media m where m.product_id = $1
"""
_ADD = f"""
insert into media (id, product_id, position, alt, digest, content_type, width, height, widths, stored_at)
select $1, $2, coalesce(max(position), 0) + 1, $3, $4, 'image/webp', $5, $6, $7, now() from media where product_id = $2
having count(*) < {MOST}
"""
_SET_ALT = "update media set alt = $3 where product_id = $1 and id = $2 and alt <> $3"
_ORDER = """
update media m set position = wanted.place from unnest($2::uuid[]) with ordinality as wanted (id, place)
where m.product_id = $1 and m.id = wanted.id and m.position <> wanted.place
"""
_DELETE = "delete from media where product_id = $1 and id = $2"
_VARIANTS = "select id from variants where product_id = $1 and id = any($2)"
_SHOW = """
update variants set media_id = case when id = any($3) then $2 end
where product_id = $1 and (media_id is not distinct from $2) <> (id = any($3))
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture of a product, and the variants that show it as their own."""

    id: UUID
    position: int
    alt: str
    source_url: str | None
    width: int | None
    height: int | None
    widths: list[int] | None
    variant_ids: list[UUID]


@dataclass(frozen=True, slots=True)
class PicturedProduct:
    """A product whose pictures are read or changed."""

    id: UUID
    slug: str
    version: int


async def product(tx: ReadTx, slug: str) -> PicturedProduct | None:
    """The product, in whatever status."""
    return await tx.row(PicturedProduct, _PRODUCT, slug)


async def lock_product(tx: WriteTx, slug: str) -> PicturedProduct | None:
    """The same, locked until the transaction ends."""
    return await tx.row(PicturedProduct, _LOCK_PRODUCT, slug)


async def next_version(tx: WriteTx, product_id: UUID) -> ChangedProduct:
    """Count a change of the product, which is locked."""
    return (await tx.rows(ChangedProduct, _BUMP, product_id))[0]


async def pictures(tx: ReadTx, product_id: UUID) -> list[Shown]:
    """All of the product's, in their order."""
    return await tx.rows(Shown, f"{_COLUMNS} order by m.position", product_id)


async def picture(tx: ReadTx, product_id: UUID, picture_id: UUID) -> Shown | None:
    """One of the product's."""
    return await tx.row(Shown, f"{_COLUMNS} and m.id = $2", product_id, picture_id)


async def add(tx: WriteTx, product_id: UUID, picture_id: UUID, alt: str, stored: FetchedPicture) -> bool:
    """Put it behind the others; False: the product has MOST. Its digest is reserved (catalog.store.pictures)."""
    row = (stored.digest, stored.width, stored.height, stored.widths)
    return bool(await tx.execute(_ADD, picture_id, product_id, alt, *row))


async def set_alt(tx: WriteTx, product_id: UUID, picture_id: UUID, alt: str) -> bool:
    """Whether it was another text."""
    return bool(await tx.execute(_SET_ALT, product_id, picture_id, alt))


async def order(tx: WriteTx, product_id: UUID, picture_ids: Sequence[UUID]) -> bool:
    """Whether it was another order."""
    return bool(await tx.execute(_ORDER, product_id, picture_ids))


async def delete(tx: WriteTx, product_id: UUID, picture_id: UUID) -> bool:
    """Whether it was there. Variants that showed it show the product's first one."""
    return bool(await tx.execute(_DELETE, product_id, picture_id))


async def variants_of(tx: ReadTx, product_id: UUID, variant_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the ids that are variants of the product."""
    rows: list[dict[str, UUID]] = await tx.rows(dict, _VARIANTS, product_id, variant_ids)
    return {row["id"] for row in rows}


async def show_by(tx: WriteTx, product_id: UUID, picture_id: UUID, variant_ids: Sequence[UUID]) -> bool:
    """These variants show the picture, and no others do; whether it was otherwise."""
    return bool(await tx.execute(_SHOW, product_id, picture_id, variant_ids))
