"""The examples of the API's document are things of the demo shop."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from mercat.data.demo_shop import demo_products
from mercat.tests.conftest import ROOT

DOCUMENTS = sorted([*ROOT.glob("services/*/openapi.json"), ROOT / "docs" / "openapi.json"])
PRODUCTS = demo_products("EUR")
SOLD = {
    "slug": {product["handle"] for product in PRODUCTS},
    "sku": {variant["sku"] for product in PRODUCTS for variant in product["variants"]},
    "vendor": {product["vendor"] for product in PRODUCTS},
    "product_type": {product["product_type"] for product in PRODUCTS},
    "tag": {tag for product in PRODUCTS for tag in product["tags"]},
}
# A tag that staff give orders, a collection, a category, and a slug that a product is to get.
OTHERS = [("tag", "gift"), ("slug", "warm-lines"), ("slug", "prints"), ("slug", "perfect-fifth-print")]


def examples(node: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """The name of what has an example, and the example; those within whole bodies too."""
    if isinstance(node, list):
        for each in node:
            yield from examples(each, name)
    elif isinstance(node, dict):
        own = node["name"] if isinstance(node.get("name"), str) and "in" in node else name
        for value in [*node.get("examples", ()), *([node["example"]] if "example" in node else [])]:
            yield from named(value, own)
        for key, value in node.items():
            yield from examples(value, own if key in {"schema", "anyOf", "items"} else key)


def named(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from named(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from named(inner, name)
    else:
        yield name, value


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.parent.name)
def test_products_in_examples_exist_in_the_demo_shop(path):
    found = list(examples(json.loads(path.read_text(encoding="utf-8"))))
    unsold = [(name, value) for name, value in found if name in SOLD and value not in SOLD[name]]
    assert [each for each in unsold if each not in OTHERS] == []
    assert path.parent.name not in {"catalog", "docs"} or {"slug", "sku", "vendor", "tag"} <= {
        name for name, _ in found
    }
