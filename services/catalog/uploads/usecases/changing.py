"""The beginning and the end of each change of a product's pictures, within one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from catalog.events import publish_products
from catalog.uploads.store import pictures as store
from catalog.uploads.store.pictures import PicturedProduct, Shown
from chassis.db import ReadTx, WriteTx
from chassis.problems import NotFound
from chassis.web.preconditions import check_version


@dataclass(frozen=True, slots=True)
class Pictures:
    """Pictures of a product, and the product's version."""

    items: list[Shown]
    version: int


async def locked(tx: WriteTx, slug: str, expected: int | None) -> PicturedProduct:
    """The product, locked until the transaction ends. `expected`: the version that the request names.

    Raises:
        NotFound: there is none of this slug. VersionChanged: it is of another version.
    """
    product = await store.lock_product(tx, slug)
    if product is None:
        raise NotFound("There is no product of this slug.")
    check_version(expected, product.version)
    return product


async def counted(tx: WriteTx, product: PicturedProduct) -> int:
    """Count a change of the product and publish it; its new version."""
    changed = await store.next_version(tx, product.id)
    await publish_products(tx, [changed])
    return changed.version


async def one(tx: ReadTx, product: PicturedProduct, picture_id: UUID, version: int) -> Pictures:
    """The picture alone.

    Raises:
        NotFound: the product has no such picture.
    """
    found = await store.picture(tx, product.id, picture_id)
    if found is None:
        raise NotFound("The product has no such picture.")
    return Pictures([found], version)
