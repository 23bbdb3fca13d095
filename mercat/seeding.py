"""The demo shop into the catalog: on the first start as a task of the plan, later by `mercat seed`.

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


def seed(store: Store) -> int:
    """Draw the demo shop and load it; how many products it has. Safe to repeat, and to have been killed in.

    Raises:
        Refusal: the catalog would not take it.
    """
    from mercat.demo import write

    folder = store.state / "demo"
    folder.mkdir(mode=0o700, exist_ok=True)
    products = write(folder)
    for event in load(store, "--demo", str(folder / "products.json"), "--media", str(folder)):
        print(json.dumps(event), flush=True)
    marker(store).touch()
    return products


def seed_now(store: Store) -> None:
    """`mercat seed`."""
    out = show.console()
    with out.status("Loading the demo shop"):
        products = seed(store)
    out.print(f"The demo shop is loaded: {products} products.")


if __name__ == "__main__":
    seed(locate())
