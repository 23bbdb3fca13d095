"""What an import writes. One import at a time holds the catalog, for the length of one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from catalog.domain.products import MediaDraft, VariantDraft
from catalog.store import pictures
from catalog.store.prices import REMOVE_PRICE, SET_PRICE
from chassis.db import WriteTx
from chassis.values import uuid7

_LOCK = 0x6361746C  # any constant; importers queue by it, so that no two of them make the same product

_INSERT_PRODUCT = """
insert into products (slug, title, description_html, vendor, product_type, tags, options, status)
values ($1, $2, $3, $4, $5, $6, $7, $8) returning id
"""
_UPDATE_PRODUCT = """
update products set title = $2, description_html = $3, vendor = $4, product_type = $5, tags = $6, options = $7,
       status = $8, version = version + 1, updated_at = now()
where id = $1 returning version
"""
_INSERT_MEDIA = """
insert into media (id, product_id, position, alt, source_url, digest, content_type) values ($1, $2, $3, $4, $5, $6, $7)
"""
_INSERT_VARIANT = """
insert into variants (id, product_id, sku, option_values, position, weight_grams, barcode, requires_shipping, taxable,
                      media_id, active, shared_sku)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""
_UPDATE_VARIANT = """
update variants set sku = $2, option_values = $3, position = $4, weight_grams = $5, barcode = $6,
       requires_shipping = $7, taxable = $8, media_id = $9, active = $10, shared_sku = $11
where id = $1
"""
_INSERT_STOCK = """
with made as (
    insert into stock (variant_id, on_hand, tracked, backorder) values ($1, $2, $3, $4) returning variant_id
)
insert into stock_movements (variant_id, delta, reason, account_id)
select variant_id, $2, 'imported', $5 from made where $2 <> 0
"""


async def lock(tx: WriteTx) -> None:
    """Wait until no other import writes, and keep others waiting until this transaction ends."""
    await tx.execute("select pg_advisory_xact_lock($1)", _LOCK)


async def insert_product(tx: WriteTx, slug: str, fields: Sequence[object]) -> UUID:
    """fields: as in ProductState. Its id."""
    product_id: UUID = await tx.value(_INSERT_PRODUCT, slug, *fields)
    return product_id


async def update_product(tx: WriteTx, product_id: UUID, fields: Sequence[object]) -> int:
    """fields: as in ProductState. Its new version."""
    version: int = await tx.value(_UPDATE_PRODUCT, product_id, *fields)
    return version


class Row(msgspec.Struct, frozen=True):
    """A variant's own row as it is to be, but for its product."""

    id: UUID
    sku: str
    option_values: tuple[str, ...]
    position: int
    weight_grams: int | None
    barcode: str | None
    requires_shipping: bool
    taxable: bool
    media_id: UUID | None
    active: bool
    shared_sku: str | None

    @property
    def columns(self) -> tuple[object, ...]:
        """All but the id, in the order of the statements that write them."""
        values = msgspec.structs.asdict(self) | {"option_values": list(self.option_values)}
        del values["id"]
        return tuple(values.values())


class Writes:
    """What is to be written below many products: gathered, so that each kind is one round trip for all of them."""

    def __init__(self, currency: str, account_id: UUID | None) -> None:
        self._currency = currency
        self._account_id = account_id
        self._steps: dict[str, list[tuple[Any, ...]]] = {sql: [] for sql in self._ORDER}
        self._to_fetch: list[str] = []

    # Images before the variants that show them; variants step aside before they exchange their option values or SKUs.
    _GONE_MEDIA = "delete from media where id = $1"
    _MOVE_MEDIA = "update media set position = $2, alt = $3 where id = $1"
    _DEACTIVATE = """
    update variants set active = false, sku = case when $2 then 'moving-' || id::text else sku end where id = $1
    """
    _MOVE_VARIANT = "update variants set option_values = $2, active = $3 where id = $1"
    _ORDER = (
        *(_GONE_MEDIA, _MOVE_MEDIA, _INSERT_MEDIA, _DEACTIVATE, _MOVE_VARIANT, _UPDATE_VARIANT, _INSERT_VARIANT),
        *(SET_PRICE, REMOVE_PRICE, _INSERT_STOCK),
    )

    async def run(self, tx: WriteTx) -> None:
        """Write all of it."""
        for sql, rows in self._steps.items():
            if rows:
                await tx.execute_many(sql, rows)
        if self._to_fetch:
            await pictures.enqueue(tx, self._to_fetch)

    def new_media(self, product_id: UUID, position: int, draft: MediaDraft) -> UUID:
        """The id it will have."""
        media_id = uuid7()
        content = (draft.alt, draft.source_url, draft.digest, draft.content_type)
        self._steps[_INSERT_MEDIA].append((media_id, product_id, position, *content))
        if draft.source_url and not draft.digest:
            self._to_fetch.append(draft.source_url)
        return media_id

    def move_media(self, media_id: UUID, position: int, alt: str) -> None:
        self._steps[self._MOVE_MEDIA].append((media_id, position, alt))

    def delete_media(self, media_id: UUID) -> None:
        self._steps[self._GONE_MEDIA].append((media_id,))

    def deactivate(self, variant_id: UUID, *, sku: bool = False) -> None:
        """Neither shown nor sold from now on, unless it is updated too. `sku`: it gives up its SKU for the update."""
        self._steps[self._DEACTIVATE].append((variant_id, sku))

    def move_variant(self, variant_id: UUID, values: Sequence[str], *, active: bool) -> None:
        """Its option values in another order. It was deactivated before."""
        self._steps[self._MOVE_VARIANT].append((variant_id, list(values), active))

    def update_variant(self, row: Row) -> None:
        self._steps[_UPDATE_VARIANT].append((row.id, *row.columns))

    def new_variant(self, product_id: UUID, row: Row, draft: VariantDraft) -> None:
        """With its price and its stock."""
        self._steps[_INSERT_VARIANT].append((row.id, product_id, *row.columns))
        self.price(row.id, draft.price, draft.compare_at)
        counted = (draft.quantity or 0, draft.tracked, draft.backorder)
        self._steps[_INSERT_STOCK].append((row.id, *counted, self._account_id))

    def price(self, variant_id: UUID, amount: int | None, compare_at: int | None) -> None:
        """In the currency of the import. None: it has none any more."""
        if amount is None:
            self.remove_price(variant_id, self._currency)
        else:
            self._steps[SET_PRICE].append((variant_id, self._currency, amount, compare_at))

    def remove_price(self, variant_id: UUID, currency: str) -> None:
        self._steps[REMOVE_PRICE].append((variant_id, currency))
