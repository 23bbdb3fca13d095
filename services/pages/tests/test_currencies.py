"""A shop whose first currency is not the first of the store's settings."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chassis.testing import live_service, running_app
from chassis.testing.keys import Bench
from pages.tests.conftest import CURRENCIES
from pages.tests.reading import seen
from pages.tests.staff import SHOP, Staff


@pytest.fixture
def francs(bench: Bench, staff: Staff) -> Iterator[str]:
    """Where that shop is."""
    with live_service("shop", bench, purpose="pages-francs", CURRENCIES=CURRENCIES) as shop:
        with Staff(bench, staff.catalog, shop.url) as own:
            first = {**SHOP, "version": 1, "currencies": ["CHF", "EUR"]}
            own.ask("PUT", f"{shop.url}/api/v1/admin/shop", json=first)
        yield shop.url


async def test_prices_are_in_the_currency_that_the_shop_has_first(bench: Bench, staff: Staff, francs: str):
    urls = {"catalog": [staff.catalog], "shop": [francs]}
    async with running_app("pages", bench, urls=urls, currencies=CURRENCIES) as pages:
        for path, price in (("/products/wave-01", "CHF 26.00"), ("/en-eur/products/wave-01", "€25.00")):
            shown = await seen(pages, path)
            assert shown.text("p", class_="price") == [price]
            assert shown.json(type="application/ld+json")[0]["offers"][0]["price"] == price[-5:]
        listed = (await seen(pages, "/products?type=Wave&sort=title")).text("span", class_="money")
        assert set(listed) == {"CHF 26.00"}
