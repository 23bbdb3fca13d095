"""What docs/concepts/limits.md says of each limit, and which problems an answer names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tools.evidence import tables
from tools.openapi import ROOT

PAGE = ROOT / "docs" / "concepts" / "limits.md"
_PROBLEM = re.compile(r"(?:^|; )`([^`]+)`: ")


def told() -> dict[str, str]:
    """By its name: a limit, how much it allows, and to whom."""
    cells = [row.cells for row in tables.rows(PAGE.read_text(encoding="utf-8"))]
    found = [(row["limit"].strip("`"), row["number"].strip("`"), row["per"]) for row in cells if "limit" in row]
    return {name: f"`{name}`: {number} of one {by}" for name, number, by in found}


def problems(answer: Mapping[str, Any]) -> list[str]:
    """The types of problem that an answer's description names."""
    return _PROBLEM.findall(answer["description"])
