"""The table of what differs between the environments, as Terraform itself reads it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from deploy.tests.double.run import Terraform

# What follows from an environment's name, so that it is no setting.
_DERIVED = {
    "stage", "name", "region", "account_id", "domain", "internal_domain", "secrets_prefix", "parameters",
    "state_bucket", "administrators", "groups", "boundary_arn", "services", "tags",
    "delegated", "delegations", "connected", "volume_backup_tag", "anomaly_monitor", "role_arns", "image_readers",
    "images_account", "copied_images",
}  # fmt: skip
_GROUP = re.compile(r"^    # (.+)$")
_ROW = re.compile(r"^    (\w+)\s+= \{ development")


def settings(terraform: Terraform, tree: Path, environment: str) -> dict[str, Any]:
    """The outputs of settings/ for one environment: {"organisation": ..., "environment": ...}."""
    plan = terraform.plan(tree / "settings", f"-var=environment={environment}")
    return {name: output["value"] for name, output in plan["planned_values"]["outputs"].items()}


def table(tree: Path, columns: dict[str, dict[str, Any]]) -> str:
    """Rows as they stand in settings/environments.tf, with their groups. columns: each environment's settings."""
    lines = [f"| setting | {' | '.join(columns)} |", f"| --- |{' --- |' * len(columns)}"]
    rows = []
    for line in (tree / "settings" / "environments.tf").read_text(encoding="utf-8").splitlines():
        if group := _GROUP.match(line):
            lines.append(f"| **{group.group(1)}** |{' |' * len(columns)}")
        if row := _ROW.match(line):
            rows.append(row.group(1))
            cells = [_cell(column[row.group(1)]) for column in columns.values()]
            lines.append(f"| `{row.group(1)}` | {' | '.join(cells)} |")
    forgotten = set(columns["production"]) - set(rows) - _DERIVED
    if forgotten:
        raise ValueError(f"settings/environments.tf has rows of another form: {', '.join(sorted(forgotten))}")
    return "\n".join(lines)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return "none" if value is None else str(value)
