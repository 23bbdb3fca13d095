"""The SQL statements of an import. Only one import writes at a time, for one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from catalog.importing.batch import ImportOptions
from catalog.importing.model import MediaDraft, VariantDraft, VariantState
from catalog.store import pictures
from catalog.store.prices import REMOVE_PRICE, SET_PRICE
from chassis.db import WriteTx
from chassis.values import uuid7

_LOCK = 0x6361746C  # the key of the advisory lock: no two imports create the same product

_INSERT_PRODUCT = """
insert into products (slug, title, description_html, vendor, product_type, tags, options, status, tax_class)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id
"""
_UPDATE_PRODUCT = """
update products set title = $2, description_html = $3, vendor = $4, product_type = $5, tags = $6, options = $7,
       status = $8, tax_class = $9, version = version + 1, updated_at = now()
where id = $1 returning version
"""
DELETE_MEDIA = "delete from media where id = $1"
MOVE_MEDIA = "update media set position = $2, alt = $3 where id = $1"
INSERT_MEDIA = """
insert into media (id, product_id, position, alt, source_url, digest, content_type) values ($1, $2, $3, $4, $5, $6, $7)
"""
# A variant is no longer sold, unless it is updated too; $2: its SKU is free until then.
DEACTIVATE = """
update variants set active = false, sku = case when $2 then 'moving-' || id::text else sku end where id = $1
"""
MOVE_VARIANT = "update variants set option_values = $2, active = $3 where id = $1"
UPDATE_VARIANT = """
update variants set sku = $2, option_values = $3, position = $4, weight_grams = $5, barcode = $6,
       requires_shipping = $7, taxable = $8, media_id = $9, active = $10, shared_sku = $11
where id = $1
"""
INSERT_VARIANT = """
insert into variants (id, product_id, sku, option_values, position, weight_grams, barcode, requires_shipping, taxable,
                      media_id, active, shared_sku)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""
INSERT_STOCK = """
with made as (
    insert into stock (variant_id, on_hand, tracked, backorder) values ($1, $2, $3, $4) returning variant_id
)
insert into stock_movements (variant_id, delta, reason, account_id)
select variant_id, $2, 'imported', $5 from made where $2 <> 0
"""
# Images before the variants that show them; variants are deactivated before they exchange their option values or SKUs.
_ORDER = (
    *(DELETE_MEDIA, MOVE_MEDIA, INSERT_MEDIA, DEACTIVATE, MOVE_VARIANT, UPDATE_VARIANT, INSERT_VARIANT),
    *(SET_PRICE, REMOVE_PRICE, INSERT_STOCK),
)


async def lock(tx: WriteTx) -> None:
    """Lock out other imports until the end of this transaction."""
    await tx.execute("select pg_advisory_xact_lock($1)", _LOCK)


async def insert_product(tx: WriteTx, slug: str, columns: Sequence[object]) -> UUID:
    """Insert a product with the columns of ProductState; returns its id."""
    product_id: UUID = await tx.value(_INSERT_PRODUCT, slug, *columns)
    return product_id


async def update_product(tx: WriteTx, product_id: UUID, columns: Sequence[object]) -> int:
    """Update a product to the columns of ProductState; returns its new version."""
    version: int = await tx.value(_UPDATE_PRODUCT, product_id, *columns)
    return version


class Writes:
    """Collects the rows of many products, so that each kind of statement is one round trip."""

    def __init__(self, options: ImportOptions) -> None:
        self._options = options
        self._rows: dict[str, list[tuple[Any, ...]]] = {sql: [] for sql in _ORDER}
        self._to_fetch: list[str] = []

    async def run(self, tx: WriteTx) -> None:
        """Write all collected rows."""
        for sql, rows in self._rows.items():
            if rows:
                await tx.execute_many(sql, rows)
        if self._to_fetch:
            await pictures.enqueue(tx, self._to_fetch)

    def add(self, sql: str, *row: Any) -> None:
        """Run one of the statements above with these arguments."""
        self._rows[sql].append(row)

    def new_media(self, product_id: UUID, position: int, draft: MediaDraft, alt: str) -> UUID:
        """Insert an image; returns its id."""
        media_id = uuid7()
        self.add(INSERT_MEDIA, media_id, product_id, position, alt, draft.source_url, draft.digest, draft.content_type)
        if draft.source_url and not draft.digest:
            self._to_fetch.append(draft.source_url)
        return media_id

    def new_variant(self, product_id: UUID, variant: VariantState, draft: VariantDraft) -> None:
        """Insert a variant with its price and its stock."""
        self.add(INSERT_VARIANT, variant.id, product_id, *variant.columns)
        self.price(variant)
        counted = (draft.quantity or 0, draft.tracked, draft.backorder)
        self.add(INSERT_STOCK, variant.id, *counted, self._options.account_id)

    def price(self, variant: VariantState) -> None:
        """Set the price in the currency of the import; None removes it."""
        currency = self._options.currency
        if variant.price is None:
            self.add(REMOVE_PRICE, variant.id, currency)
        else:
            self.add(SET_PRICE, variant.id, currency, variant.price, variant.compare_at)
