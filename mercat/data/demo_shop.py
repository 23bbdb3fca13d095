"""Loads the demo shop into the catalog.

`python -m mercat.data.demo_shop` is the task that does this at the first start.
"""

from __future__ import annotations

import json

from mercat.data.catalog_loader import load
from mercat.installation import Installation, locate


def load_demo_shop(installation: Installation) -> tuple[int, int]:
    """Draw the demo shop and load its missing products, with prices in the shop's currency. Idempotent; safe to kill.

    Returns the number of its products, and how many of them are new.

    Raises:
        CommandError: the catalog refused the products.
    """
    from mercat.demo import write
    from mercat.demo.products import CURRENCY

    folder = installation.state / "demo"
    folder.mkdir(mode=0o700, exist_ok=True)
    products = write(folder, installation.user_settings.get("CURRENCY") or CURRENCY)
    created = 0
    for event in load(installation, "--demo", str(folder / "products.json"), "--media", str(folder)):
        print(json.dumps(event), flush=True)
        created = event.get("created", 0)
    installation.seeded_marker.touch()
    return products, created


if __name__ == "__main__":
    load_demo_shop(locate())
