"""How many reads of the catalog and the shop each kind of page costs, with nothing kept from before."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import httpx
import pytest

from chassis.testing import running_app
from chassis.testing.keys import Bench
from pages.tests.conftest import CURRENCIES
from pages.tests.reading import seen

_COUNTED = re.compile(r'http_server_request_duration_seconds_count\{[^}]*http_route="(/api/[^"]+)"[^}]*\} (\d+)')
AROUND = {"/api/v1/shop": 1, "/api/v1/category-tree": 1}
LIST = {"/api/v1/products": 1, "/api/v1/facets": 1}
FEATURED = {"/api/v1/collections": 1, "/api/v1/collections/{slug}/products": 1}
READS: dict[str, dict[str, int]] = {
    # One collection is published; a front page shows four of them at most.
    "/": {"/api/v1/products": 1, **FEATURED},
    "/products": LIST,
    "/products?type=Wave&in_stock=1&min_price=20&sort=price": LIST,
    "/search?search=tide": LIST,
    "/categories/prints": LIST,
    "/collections": {"/api/v1/collections": 1},
    "/collections/warm": {"/api/v1/collections/{slug}": 1, "/api/v1/collections/{slug}/products": 1},
    "/products/tide": {"/api/v1/products/{slug}": 1, "/api/v1/products/{slug}/related": 1},
    "/policies/returns": {"/api/v1/shop/policies/{kind}": 1},
    "/cart": {},
    "/nowhere": {"/api/v1/content/redirects": 1},
}


async def reads(urls: dict[str, list[str]]) -> Counter[str]:
    """What the catalog and the shop were asked for so far, by route."""
    found: Counter[str] = Counter()
    async with httpx.AsyncClient() as client:
        for (url,) in urls.values():
            for route, count in _COUNTED.findall((await client.get(f"{url}/metrics")).text):
                found[route] += int(count)
    return found


@pytest.mark.parametrize(("path", "own"), READS.items())
async def test_reads_of_a_page(bench: Bench, urls: dict[str, list[str]], path: str, own: dict[str, Any]):
    async with running_app("pages", bench, urls=urls, currencies=CURRENCIES) as pages:
        before = await reads(urls)
        await seen(pages, path, 404 if path == "/nowhere" else 200)
        assert await reads(urls) - before == Counter(AROUND | own)
