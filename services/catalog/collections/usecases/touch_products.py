"""Count a change of products whose place in the shop has changed."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from catalog.collections.store import members
from catalog.events import publish_products
from chassis.db import WriteTx


async def touch_products(tx: WriteTx, product_ids: Sequence[UUID]) -> None:
    """A new version of each of these products, which are locked, with its event, in the order of their ids."""
    changed = await members.touch_products(tx, product_ids)
    await publish_products(tx, sorted(changed, key=lambda product: product.id))
