"""The demo shop as files, for the catalog to load."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from mercat.demo.products import CURRENCY, products
from mercat.demo.works import draw, works


def write(folder: Path, currency: str = CURRENCY) -> int:
    """Write `products.json` and one SVG for each product into an existing folder; how many products there are.

    products.json is a list of Product as objects; `image` names the file beside it. It is written last and in one
    step, so that where it is, the pictures are too. Safe to repeat.
    """
    for work in works:
        (folder / f"{work.handle}.svg").write_text(draw(work), encoding="utf-8")
    goods = products(currency)
    partial = folder / "products.json.part"
    partial.write_text(json.dumps([asdict(product) for product in goods], ensure_ascii=False), encoding="utf-8")
    partial.replace(folder / "products.json")
    return len(goods)
