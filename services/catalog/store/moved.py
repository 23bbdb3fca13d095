"""Where products and collections are whose slug has changed, and which products are gone."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.domain.products import ProductStatus
from chassis.db import ReadTx

# The product that has the slug, or had it.
_PRODUCT = """
select p.slug, p.status, exists (select from withdrawn_products w where w.product_id = p.id) as withdrawn
from products p where p.slug = $1 or p.id = (select product_id from old_product_slugs where slug = $1)
order by p.slug = $1 desc limit 1
"""
_COLLECTION = """
select c.slug from old_collection_slugs o join collections c on c.id = o.collection_id and c.published
where o.slug = $1
"""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A product that has a slug, or had it. `withdrawn`: it was shown once."""

    slug: str
    status: ProductStatus
    withdrawn: bool


async def product(tx: ReadTx, slug: str) -> Whereabouts | None:
    """None: no product has the slug, and none had it."""
    return await tx.row(Whereabouts, _PRODUCT, slug)


async def collection(tx: ReadTx, slug: str) -> str | None:
    """The present slug of a collection that is shown and had this one."""
    found: str | None = await tx.value(_COLLECTION, slug)
    return found
