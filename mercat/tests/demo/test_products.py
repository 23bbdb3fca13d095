from __future__ import annotations

import json
from itertools import pairwise

import pytest

from catalog.importing.demo import read_demo
from chassis.values import Money, charge_step
from mercat.data.demo_shop import FILES, demo_products, in_minor_units

PRODUCTS = demo_products("EUR")
VARIANTS = [variant for product in PRODUCTS for variant in product["variants"]]


def test_each_product_has_a_drawing_three_sizes_and_three_frames() -> None:
    assert {product["image"] for product in PRODUCTS} == {path.name for path in FILES.glob("*.svg")}
    for product in PRODUCTS:
        assert product["options"] == ["Size", "Frame"]
        assert len({tuple(variant["option_values"]) for variant in product["variants"]}) == 9


def test_price_and_weight_grow_with_size_and_frame() -> None:
    for product in PRODUCTS:
        for field in ("price", "weight_grams"):
            table = {tuple(variant["option_values"]): variant[field] for variant in product["variants"]}
            sizes = list(dict.fromkeys(size for size, _ in table))
            for small, large in pairwise(sizes):
                assert table[small, "Unframed"] < table[large, "Unframed"]
            for size in sizes:
                assert table[size, "Unframed"] < table[size, "Black frame"] < table[size, "Oak frame"]


def test_some_variants_are_reduced_or_scarce_or_sold_out() -> None:
    reduced = [variant for variant in VARIANTS if variant["compare_at_price"] is not None]
    assert 0 < len(reduced) < len(VARIANTS) / 4
    assert all(variant["compare_at_price"] > variant["price"] for variant in reduced)
    gone = [product for product in PRODUCTS if not any(variant["quantity"] for variant in product["variants"])]
    assert 0 < len(gone) <= 3
    assert any(1 <= variant["quantity"] <= 3 for variant in VARIANTS)
    assert sum(variant["quantity"] >= 4 for variant in VARIANTS) > len(VARIANTS) / 2


@pytest.mark.parametrize(
    ("currency", "shown"), [("EUR", "39.00"), ("KWD", "39.000"), ("ISK", "3900"), ("MGA", "39.00")]
)
def test_prices_are_in_the_shops_currency(currency: str, shown: str) -> None:
    variants = [variant for product in demo_products(currency) for variant in product["variants"]]
    assert all(variant["price"] % charge_step(currency) == 0 for variant in variants)
    assert str(Money(in_minor_units(3900, currency), currency)) == f"{shown} {currency}"


def test_the_catalog_reads_every_product_and_finds_no_handle_or_sku_twice() -> None:
    assert len(read_demo(json.dumps(PRODUCTS).encode())) == 40
