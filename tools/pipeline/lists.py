"""What deploy/terraform/github/lists.tf says: required checks, allowed actions, secrets and variables."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import hcl2

FILE = Path("deploy/terraform/github/lists.tf")


class Lists(NamedTuple):
    """The four lists."""

    required_checks: list[str]
    allowed_actions: list[str]
    secrets: dict[str, list[str]]
    variables: dict[str, list[str]]


def read(root: Path) -> Lists:
    """Those of the repository below `root`."""
    with (root / FILE).open(encoding="utf-8") as file:
        (values,) = hcl2.load(file)["locals"]
    plain: Any = _plain(values)
    return Lists(
        plain["required_checks"], plain["allowed_actions"], plain["required_secrets"], plain["required_variables"]
    )


def _plain(value: object) -> object:
    """Without what the parser adds: quotes around texts, marks of its own."""
    if isinstance(value, dict):
        return {_plain(key): _plain(each) for key, each in value.items() if not str(key).startswith("__")}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value.strip('"') if isinstance(value, str) else value
