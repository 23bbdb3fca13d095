"""What tests of pictures often say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from catalog.importing import MediaDraft
from catalog.tests.shop import PRINT, Shop
from chassis.testing import eventually

PRODUCT = "/api/v1/products/tide-no-4"


def showing(*urls: str, **fields: Any) -> Any:
    return replace(PRINT, media=tuple(MediaDraft(source_url=url, alt="A print") for url in urls), **fields)


async def rows(shop: Shop, sql: str = "select * from media order by id", *values: Any) -> list[dict[str, Any]]:
    async with shop.db.read() as tx:
        found: list[dict[str, Any]] = await tx.rows(dict, sql, *values)
    return found


async def settled(shop: Shop) -> list[dict[str, Any]]:
    """All media rows, once none is to be fetched any more."""

    async def done() -> list[dict[str, Any]]:
        found = await rows(shop)
        return found if all(row["digest"] or row["given_up_at"] for row in found) else []

    found: list[dict[str, Any]] = await eventually(done, timeout=60, what="the pictures")
    return found


async def shown(shop: Shop) -> dict[str, Any]:
    image: dict[str, Any] = (await shop.client.get(PRODUCT)).json()["images"][0]
    return image
