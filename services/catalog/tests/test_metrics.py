"""Views and searches are counted, also those that the cache answers."""

from __future__ import annotations

from catalog import metrics
from catalog.tests.shop import Shop
from catalog.tests.test_hot import DETAIL, LIST, sold

__all__ = ["sold"]


async def test_each_view_of_a_product_is_counted_and_nothing_else_is_one(sold: Shop):
    before = metrics.views.value()
    for _ in range(3):
        assert (await sold.client.get(DETAIL)).status_code == 200
    assert metrics.views.value() == before + 3
    assert (await sold.client.get(LIST)).status_code == 200
    assert (await sold.client.get(f"{DETAIL}-of-nobody")).status_code == 404
    assert metrics.views.value() == before + 3


async def test_a_search_is_counted_by_whether_it_found_anything(sold: Shop):
    found, empty = metrics.searches.value("found"), metrics.searches.value("empty")
    for words in ("tide", "zzyzx"):
        assert (await sold.client.get(f"{LIST}?search={words}")).status_code == 200
    assert (await sold.client.get(LIST)).status_code == 200
    assert (metrics.searches.value("found"), metrics.searches.value("empty")) == (found + 1, empty + 1)
