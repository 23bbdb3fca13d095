"""The panels of the portal's page: the fixed set of queries in panels.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec
import yaml

Unit = Literal["money", "per_second", "seconds", "ratio", "bytes", "count"]
# Ranges that can be chosen, by name: their length, the step between points, and `$window`, in seconds.
RANGES = {"15m": (900, 15, 60), "1h": (3600, 30, 120), "6h": (21_600, 180, 360), "24h": (86_400, 600, 1200)}
_SHOPPERS = 'http_route!~"/(internal|health|metrics|webhooks).*"'


class Panel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A chart: queries by the name of the line that each of their label sets gets, with labels in braces."""

    id: str
    title: str
    unit: Unit
    lines: dict[str, str]

    def expressions(self, window: int) -> dict[str, str]:
        """The PromQL of each line, with rates over `window` seconds."""
        made = {name: expr.replace("$window", f"{window}s") for name, expr in self.lines.items()}
        return {name: expr.replace("$shoppers", _SHOPPERS) for name, expr in made.items()}


class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The charts below one heading."""

    title: str
    panels: list[Panel]


GROUPS = msgspec.convert(yaml.safe_load(Path(__file__).with_name("panels.yaml").read_text("utf-8")), list[Group])
