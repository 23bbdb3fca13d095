"""The command `seed`: load the products of the demo shop that are missing."""

from __future__ import annotations

from mercat.commands import render
from mercat.data.demo_shop import load_demo_shop
from mercat.installation import Installation


def seed(installation: Installation) -> None:
    """Load missing products of the demo shop and print how many are new. Existing products are not changed."""
    out = render.console()
    with out.status("Loading the demo shop"):
        products, created = load_demo_shop(installation)
    left = products - created
    out.print(f"The demo shop is loaded: {created} products are new, {left} were there and are left as they are.")
