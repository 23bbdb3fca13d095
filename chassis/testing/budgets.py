"""What work may cost at most: services/budgets.yaml."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

FILE = Path(__file__).parents[2] / "services" / "budgets.yaml"
# What the tests of one service can count in PostgreSQL.
COUNTED = ("statements", "commits", "events", "jobs")


@cache
def budgets() -> dict[str, dict[str, int]]:
    """All of them, by the work that each is of."""
    found: dict[str, dict[str, int]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return found


def budget(work: str) -> dict[str, int]:
    """The most of each count in PostgreSQL."""
    return {name: budgets()[work][name] for name in COUNTED}
