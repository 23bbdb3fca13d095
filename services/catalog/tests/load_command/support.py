"""What the tests of loading share: a demo product, and SQL."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><rect width="1" height="1"/></svg>'
DEMO: dict[str, Any] = {
    "handle": "tide-no-4",
    "title": "Tide No. 4",
    "description_html": "<p>Ink.</p>",
    "vendor": "Atelier Nord",
    "product_type": "Print",
    "tags": ["sea"],
    "options": ["Size"],
    "image": "tide.svg",
    "currency": "EUR",
    "variants": [
        {"sku": "T-30", "option_values": ["30"], "price": 2500, "weight_grams": 300, "quantity": 5},
        {"sku": "T-50", "option_values": ["50"], "price": 4500, "compare_at_price": 5000, "quantity": 0},
    ],
}

Run = Callable[..., list[dict[str, Any]]]


def fetch(url: str, sql: str) -> list[Any]:
    async def ask() -> list[Any]:
        connection = await asyncpg.connect(url)
        try:
            return [tuple(row) for row in await connection.fetch(sql)]
        finally:
            await connection.close()

    return asyncio.run(ask())


def edit(url: str, sql: str) -> None:
    async def run_it() -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    asyncio.run(run_it())
