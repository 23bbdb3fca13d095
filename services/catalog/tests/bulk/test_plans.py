"""What an edit of many products makes of each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from catalog.bulk import domain
from catalog.bulk.domain import PriceChange, Product, VariantPrice, Wish, plan_all
from catalog.bulk.models import ProductsEdit
from catalog.domain.products import MAX_AMOUNT
from chassis.values import uuid7

EDITS = "/api/v1/admin/products/edits"
SPRING, AUTUMN = uuid7(), uuid7()
ONE = Product(
    uuid7(), "one", 3, "draft", "Nord", "Print", ("a", "b"), scheduled=True, variants=2, collections=(SPRING,),
    prices=(VariantPrice(uuid7(), 1999, None), VariantPrice(uuid7(), 1005, 1200)),
)  # fmt: skip
FREE = {SPRING: 1, AUTUMN: 0}


def planned(wish: Wish, product: Product = ONE, expected: int | None = None) -> domain.Planned:
    return plan_all([(product.slug, expected)], {product.slug: product}, wish, FREE)[0]


@pytest.mark.parametrize(
    ("wish", "after"),
    [
        ({}, {}),
        ({"vendor": "Nord", "add_tags": ["a"], "remove_tags": {"z"}, "remove_from": [AUTUMN]}, {}),
        ({"status": "draft"}, {"scheduled": False}),
        ({"vendor": "", "product_type": "Poster"}, {"vendor": "", "product_type": "Poster"}),
        ({"add_tags": ["c", "a"], "remove_tags": {"b"}}, {"tags": ("a", "c")}),
        ({"add_to": [SPRING]}, {}),
        ({"remove_from": [SPRING]}, {"collections": ()}),
    ],
)
def test_each_product_gets_what_is_wished_and_keeps_the_rest(wish: dict[str, Any], after: dict[str, Any]):
    found = planned(Wish(**wish))
    assert found.after == replace(ONE, **after)
    assert found.outcome == ("changed" if after else "unchanged")


@pytest.mark.parametrize(
    ("change", "prices"),
    [
        ({"percent": -1000}, [(1799, None), (905, 1200)]),
        ({"percent": 5000}, [(2999, None), (1508, None)]),
        ({"percent": -1000, "compare_at": "former"}, [(1799, 1999), (905, 1005)]),
        ({"amount": 100, "compare_at": "former"}, [(2099, None), (1105, None)]),
        ({"amount": -1005, "compare_at": "remove"}, [(994, None), (0, None)]),
        ({"percent": -domain.WHOLE}, [(0, None), (0, 1200)]),
    ],
)
def test_prices_change_by_percent_or_amount(change: dict[str, Any], prices: list[tuple[int, int | None]]):
    found = planned(Wish(price=PriceChange("EUR", **change)))
    assert found.after is not None
    assert [(price.amount, price.compare_at) for price in found.after.prices] == prices
    amounts = [amount for amount, _ in prices]
    assert (found.after.price_from, found.after.price_to) == (min(amounts), max(amounts))


@pytest.mark.parametrize(
    ("wish", "product", "problem"),
    [
        (Wish(price=PriceChange("EUR", amount=-1006)), ONE, "price-out-of-range"),
        (Wish(price=PriceChange("EUR", amount=MAX_AMOUNT)), ONE, "price-out-of-range"),
        (Wish(add_tags=["z"]), replace(ONE, tags=tuple(map(str, range(250)))), "too-many-tags"),
        (Wish(add_to=[AUTUMN]), ONE, "collection-full"),
        (Wish(price=PriceChange("EUR", percent=1)), replace(ONE, variants=10_001), "too-many-variants"),
        (Wish(), replace(ONE, version=4), "version-changed"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(wish: Wish, product: Product, problem: str):
    found = planned(wish, product, expected=3)
    assert (found.outcome, found.problem, found.after) == ("refused", problem, product)


def test_a_place_and_the_variants_that_one_takes_are_not_there_for_the_next():
    some = {
        slug: replace(
            ONE,
            id=uuid7(),
            slug=slug,
            version=1,
            variants=6_000,
            collections=(),
            prices=(VariantPrice(uuid7(), 200, None),),
        )
        for slug in "ab"
    }
    both = plan_all([("a", None), ("b", None), ("c", None)], some, Wish(add_to=[SPRING]), FREE)
    assert [each.problem or each.outcome for each in both] == ["changed", "collection-full", "not_found"]
    priced = plan_all([("a", None), ("b", None)], some, Wish(price=PriceChange("EUR", percent=5000)), FREE)
    assert [each.problem or each.outcome for each in priced] == ["changed", "too-many-variants"]


@pytest.mark.parametrize(
    "changes",
    [
        {"add_tags": ["a", "a"]},
        {"add_tags": ["a"], "remove_tags": ["a"]},
        {"add_to_collections": [str(SPRING)], "remove_from_collections": [str(SPRING)]},
        {"price": {"currency": "EUR"}},
        {"price": {"currency": "EUR", "percent": 1, "amount": {"amount": 1, "currency": "EUR"}}},
        {"price": {"currency": "EUR", "amount": {"amount": 1, "currency": "USD"}}},
        {"price": {"currency": "EUR", "amount": {"amount": MAX_AMOUNT + 1, "currency": "EUR"}}},
        {"price": {"currency": "EUR", "percent": -10_001}},
        {"status": "gone"},
    ],
)
def test_changes_that_cannot_be_meant_are_refused(changes: dict[str, Any]):
    with pytest.raises(ValidationError):
        ProductsEdit.model_validate({"products": [{"slug": "a"}], "changes": changes})


def test_a_product_stands_once():
    with pytest.raises(ValidationError, match="twice in products"):
        ProductsEdit.model_validate({"products": [{"slug": "a"}, {"slug": "a"}], "changes": {}})
