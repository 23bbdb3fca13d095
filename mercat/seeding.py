"""The demo shop into the catalog: on the first start as a task of the plan, later by the command `seed`.

`python -m mercat.seeding` is that task, for the store of this project.
"""

from __future__ import annotations

import json
from pathlib import Path

from mercat import show
from mercat.loading import load
from mercat.store import Store, locate


def marker(store: Store) -> Path:
    """A file that says this store has had its demo shop, or was to have none; gone with the data."""
    return store.state / "seeded"


def seed(store: Store) -> tuple[int, int]:
    """Draw the demo shop and load what is missing of it, at prices in the shop's currency; how many products it has,
    and how many of them are new. Safe to repeat, and to have been killed in.

    Raises:
        Refusal: the catalog would not take it.
    """
    from mercat.demo import write
    from mercat.demo.products import CURRENCY

    folder = store.state / "demo"
    folder.mkdir(mode=0o700, exist_ok=True)
    products = write(folder, store.person.get("CURRENCY") or CURRENCY)
    created = 0
    for event in load(store, "--demo", str(folder / "products.json"), "--media", str(folder)):
        print(json.dumps(event), flush=True)
        created = event.get("created", 0)
    marker(store).touch()
    return products, created


def seed_now(store: Store) -> None:
    """The command `seed`."""
    out = show.console()
    with out.status("Loading the demo shop"):
        products, created = seed(store)
    left = products - created
    out.print(f"The demo shop is loaded: {created} products are new, {left} were there and are left as they are.")


if __name__ == "__main__":
    seed(locate())
