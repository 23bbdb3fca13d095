from __future__ import annotations

import json
import re
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path

import pytest

from chassis.values import Money, charge_step
from mercat import demo
from mercat.demo import products, works
from mercat.demo.products import priced


def test_each_product_has_three_sizes_and_three_frames() -> None:
    goods = products()
    assert [product.title for product in goods] == [work.title for work in works]
    for product in goods:
        assert product.options == ("Size", "Frame")
        assert len(product.variants) == len({variant.option_values for variant in product.variants}) == 9
        assert product.currency == "EUR"
        assert re.fullmatch(r"(<p>[^<>]+</p>){2}", product.description_html)


def test_handles_and_skus_are_unique_and_well_formed() -> None:
    goods = products()
    handles = [product.handle for product in goods]
    skus = [variant.sku for product in goods for variant in product.variants]
    assert len(set(handles)) == len(handles)
    assert len(set(skus)) == len(skus) == 360
    assert "TIDE-5070-OAK" in skus
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", handle) for handle in handles)
    assert all(re.fullmatch(r"[A-Z]+-\d{4,5}-(PRINT|BLACK|OAK)", sku) for sku in skus)


def test_price_and_weight_grow_with_size_and_frame() -> None:
    for product in products():
        price = {variant.option_values: variant.price for variant in product.variants}
        weight = {variant.option_values: variant.weight_grams for variant in product.variants}
        sizes = list(dict.fromkeys(size for size, _ in price))
        for table in (price, weight):
            for small, large in pairwise(sizes):
                assert table[small, "Unframed"] < table[large, "Unframed"]
            for size in sizes:
                assert table[size, "Unframed"] < table[size, "Black frame"] < table[size, "Oak frame"]
        assert all(price > 0 and price % 100 == 0 for price in price.values())


def test_some_variants_are_reduced_or_scarce_or_sold_out() -> None:
    goods = products()
    variants = [variant for product in goods for variant in product.variants]
    reduced = [variant for variant in variants if variant.compare_at_price is not None]
    assert 0 < len(reduced) < len(variants) / 4
    assert all((variant.compare_at_price or 0) > variant.price for variant in reduced)
    gone = [product for product in goods if not any(variant.quantity for variant in product.variants)]
    assert 0 < len(gone) <= 3
    quantities = [variant.quantity for variant in variants]
    assert min(quantities) == 0
    assert any(1 <= quantity <= 3 for quantity in quantities)
    assert sum(quantity >= 4 for quantity in quantities) > len(quantities) / 2


@pytest.mark.parametrize(
    ("currency", "shown"), [("EUR", "39.00"), ("KWD", "39.000"), ("ISK", "3900"), ("MGA", "39.00")]
)
def test_prices_are_in_the_shops_currency(currency: str, shown: str) -> None:
    for product in products(currency):
        assert product.currency == currency
        assert all(variant.price % charge_step(currency) == 0 for variant in product.variants)
    assert str(Money(priced(3900, currency), currency)) == f"{shown} {currency}"


def test_stock_and_prices_are_deterministic() -> None:
    assert products() == products()


def test_files_are_complete_and_can_be_rewritten(tmp_path: Path) -> None:
    assert demo.write(tmp_path) == 40
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert demo.write(tmp_path) == 40
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == first
    listed = json.loads(first["products.json"])
    assert listed == json.loads(json.dumps([asdict(product) for product in products()]))
    assert {product["image"] for product in listed} == set(first) - {"products.json"}
    assert all(first[product["image"]].startswith(b"<svg ") for product in listed)
