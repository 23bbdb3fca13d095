"""Loads the demo shop, the files of `mercat/demo`, into the catalog.

`python -m mercat.data.demo_shop` is the task that does this at the first start.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from chassis.values import exponent
from mercat.data.catalog_loader import load
from mercat.installation import Installation, locate

FILES = Path(__file__).parents[1] / "demo"
CURRENCY = "EUR"


def load_demo_shop(installation: Installation) -> tuple[int, int]:
    """Load the products that are missing, with prices in the shop's currency. Idempotent; safe to kill.

    Returns the number of its products, and how many of them are new.

    Raises:
        CommandError: the catalog refused the products.
    """
    products = demo_products(installation.user_settings.get("CURRENCY") or CURRENCY)
    priced = installation.state / "demo-products.json"
    priced.write_text(json.dumps(products), encoding="utf-8")
    created = 0
    for event in load(installation, "--demo", str(priced), "--media", str(FILES)):
        print(json.dumps(event), flush=True)
        created = event.get("created", 0)
    installation.seeded_marker.touch()
    return len(products), created


def demo_products(currency: str) -> list[dict[str, Any]]:
    """The products, with the figures of their prices in euros as prices in the currency: no exchange rate."""
    products: list[dict[str, Any]] = json.loads((FILES / "products.json").read_text(encoding="utf-8"))
    for product in products:
        product["currency"] = currency
        for variant in product["variants"]:
            for price in ("price", "compare_at_price"):
                if variant[price] is not None:
                    variant[price] = in_minor_units(variant[price], currency)
    return products


def in_minor_units(cents: int, currency: str) -> int:
    """Hundredths as minor units of the currency; where it has none, cents are taken for whole units."""
    return cents * 10 if exponent(currency) == 3 else cents


if __name__ == "__main__":
    load_demo_shop(locate())
