"""The generated blocks of docs/aws: each stands between its mark and `<!-- end -->`."""

from __future__ import annotations

import re
from pathlib import Path

from deploy.aws.cost import estimate, prices
from deploy.aws.plan import Plan, read
from deploy.documents import picture
from deploy.documents.rehearsal import ENVIRONMENTS, Plans
from deploy.documents.settings_table import settings, table
from deploy.tests.double.run import Terraform

Blocks = dict[str, str]
_BLOCK = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
# Lines that cost less than this in every environment are one line.
_SMALL = 5.0


def blocks(terraform: Terraform, tree: Path, shown: dict[str, Plans]) -> Blocks:
    """{name: Markdown}. shown: every environment's plans as Terraform shows them, by layer."""
    plans = {name: [read(plan, name, layer) for layer, plan in layers.items()] for name, layers in shown.items()}
    columns = {name: settings(terraform, tree, name)["environment"] for name in ENVIRONMENTS}
    return {
        "traffic": _mermaid(picture.traffic(plans["production"])),
        "layers": _mermaid(picture.composition(tree, plans["production"])),
        "environments": table(tree, columns),
        "costs": costs(plans, {name: column["monthly_usd"] for name, column in columns.items()}),
    }


def _mermaid(drawing: str) -> str:
    return f"```mermaid\n{drawing}\n```"


def costs(plans: dict[str, list[Plan]], budgets: dict[str, int]) -> str:
    """What each environment costs a month, by layer and item, with its budget below."""
    known = prices()
    rows: dict[tuple[str, str], dict[str, float]] = {}
    for name, layers in plans.items():
        for plan in layers:
            for item in estimate(plan.resources, name).items:
                cells = rows.setdefault((plan.layer, item.what), {})
                cells[name] = cells.get(name, 0.0) + item.usd
    lines = [f"| layer | item | {' | '.join(plans)} |", f"| --- | --- |{' ---: |' * len(plans)}"]
    large = {row: cells for row, cells in rows.items() if max(cells.values()) >= _SMALL}
    lines += [_row(layer, what, [cells.get(name, 0.0) for name in plans]) for (layer, what), cells in _ordered(large)]
    rest = [cells for row, cells in rows.items() if row not in large]
    lines.append(
        _row("", "what is below a few dollars", [sum(cells.get(name, 0.0) for cells in rest) for name in plans])
    )
    sums = [sum(cells.get(name, 0.0) for cells in rows.values()) for name in plans]
    lines.append(_row("**all**", "**about, USD a month**", sums))
    lines.append(_row("", "budget (`monthly_usd`)", [budgets[name] for name in plans]))
    return "\n".join([*lines, "", f"Prices: {known.about}."])


def _ordered(rows: dict[tuple[str, str], dict[str, float]]) -> list[tuple[tuple[str, str], dict[str, float]]]:
    return sorted(rows.items(), key=lambda row: (row[0][0], -max(row[1].values()), row[0][1]))


def _row(layer: str, what: str, usd: list[float]) -> str:
    return f"| {layer} | {what} | {' | '.join(f'{value:,.0f}' if value else '' for value in usd)} |"


def filled(text: str, known: Blocks) -> str:
    """The page with every block made anew.

    Raises:
        KeyError: for a block that nobody generates.
    """

    def anew(mark: re.Match[str]) -> str:
        return f"{mark[1]}\n{known[mark[2]]}\n\n{mark[3]}"

    return _BLOCK.sub(anew, text)
