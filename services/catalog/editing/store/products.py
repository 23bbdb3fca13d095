"""Rows of products that staff create, and the version that each change of one raises."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from catalog.domain.products import ProductStatus
from catalog.editing.domain.drafts import NewProduct
from catalog.events import ChangedProduct
from chassis.db import ReadTx, WriteTx

_INSERT = """
insert into products (id, slug, title, description_html, vendor, product_type, tags, tax_class, status, options)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing
"""
# It names no column that the search index is made of, or the trigger of products would make it anew.
_TOUCH = """
update products set version = version + 1, updated_at = now() where slug = $1
returning id, slug, version, options
"""
_OPTIONS = "update products set options = $2 where id = $1"
_SUMMARIES = """
select p.id, p.slug, p.status, p.version,
       (select count(*) from variants where product_id = p.id and active) as variants
from products p
"""
_SUMMARY = f"{_SUMMARIES} where p.id = $1"
_BY_VARIANT = f"{_SUMMARIES} join variants v on v.product_id = p.id where v.id = $1"


class Touched(ChangedProduct, frozen=True):
    """A product whose version was raised, locked until the transaction ends."""

    options: list[str]


@dataclass(frozen=True, slots=True)
class Summary:
    """A product without its variants; `variants` is the number of those that are sold."""

    id: UUID
    slug: str
    status: ProductStatus
    version: int
    variants: int


async def insert(tx: WriteTx, product_id: UUID, slug: str, product: NewProduct) -> bool:
    """Whether it was inserted; if not, another product has the slug."""
    return bool(
        await tx.execute(
            _INSERT,
            *(product_id, slug, product.title, product.description_html, product.vendor, product.product_type),
            *(product.tags, product.tax_class, product.status, product.options),
        )
    )


async def exists(tx: ReadTx, slug: str) -> bool:
    """Whether there is a product of this slug, in whatever status."""
    return bool(await tx.value("select exists (select from products where slug = $1)", slug))


async def touch(tx: WriteTx, slug: str) -> Touched | None:
    """Lock the product and raise its version by one. None: no such product."""
    return await tx.row(Touched, _TOUCH, slug)


async def set_options(tx: WriteTx, product_id: UUID, options: list[str]) -> None:
    """The names of its options; the values of its variants are written beside."""
    await tx.execute(_OPTIONS, product_id, options)


async def summary(tx: ReadTx, product_id: UUID) -> Summary | None:
    """None: there is no such product."""
    return await tx.row(Summary, _SUMMARY, product_id)


async def written(tx: ReadTx, product_id: UUID) -> Summary:
    """Of a product that this transaction has written."""
    return (await tx.rows(Summary, _SUMMARY, product_id))[0]


async def by_variant(tx: ReadTx, variant_id: UUID) -> Summary | None:
    """The product of a variant; None: there is no such variant."""
    return await tx.row(Summary, _BY_VARIANT, variant_id)
