"""Events of the catalog."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar
from uuid import UUID

import msgspec

from chassis import outbox
from chassis.db import WriteTx
from chassis.outbox import EventData


class ProductChanged(EventData, frozen=True):
    """A product was created, with the stock of its variants, or changed in anything else. Aggregate "product"."""

    type: ClassVar[str] = "product.changed"
    product_id: UUID  # the product's id
    slug: str


class StockChanged(EventData, frozen=True):
    """The stock of a variant after a change. Aggregate "stock", by the variant's id."""

    type: ClassVar[str] = "stock.changed"
    variant_id: UUID
    sku: str
    on_hand: int
    reserved: int


class ReservationExpired(EventData, frozen=True):
    """A reservation expired and its units were released. Aggregate "reservation", by the order's id."""

    type: ClassVar[str] = "reservation.expired"
    handled: ClassVar[bool] = False
    order_id: UUID  # the order that held the units


class ChangedStock(msgspec.Struct, frozen=True):
    """A row of stock after a change; `version` is the number of that change."""

    variant_id: UUID
    sku: str
    on_hand: int
    reserved: int
    version: int


class ChangedProduct(msgspec.Struct, frozen=True):
    """A product after a change; `version` is the number of that change."""

    id: UUID
    slug: str
    version: int


async def publish_products(tx: WriteTx, changed: Iterable[ChangedProduct]) -> None:
    """One product.changed for each product, in the transaction that changed them."""
    for product in changed:
        await outbox.publish(tx, "product", product.id, product.version, ProductChanged(product.id, product.slug))


async def publish_stock(tx: WriteTx, changed: Iterable[ChangedStock]) -> None:
    """One stock.changed for each row, in the transaction that changed them."""
    for row in changed:
        fact = StockChanged(row.variant_id, row.sku, row.on_hand, row.reserved)
        await outbox.publish(tx, "stock", row.variant_id, row.version, fact)
