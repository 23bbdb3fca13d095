"""What a plan does, for the person who has to say yes: first what is lost, then how much of what."""

from __future__ import annotations

from collections import Counter

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from deploy.aws.plan import Change, Plan

_SIGNS = {
    "destroy": ("-", "red"),
    "replace": ("∓", "red"),
    "update": ("~", "yellow"),
    "create": ("+", "green"),
    "forget": ("·", "dim"),
}


def counts(plan: Plan) -> Counter[str]:
    """How many resources are created, updated, replaced, destroyed, forgotten."""
    return Counter(change.kind for change in plan.changes if change.kind != "nothing")


def sentence(plan: Plan) -> str:
    """The counts in a line, or that there are none."""
    found = counts(plan)
    if not found:
        return "nothing to change"
    return ", ".join(f"{found[kind]} to {kind}" for kind in _SIGNS if found[kind])


def losses(plan: Plan) -> list[Change]:
    """What the plan destroys or replaces."""
    return [change for change in plan.changes if change.kind in {"destroy", "replace"}]


def tables(plan: Plan) -> list[Table]:
    """The table of losses, if there are any, and the table of types."""
    lost = losses(plan)
    found = [_losses(lost)] if lost else []
    kinds = Counter((change.type, change.kind) for change in plan.changes if change.kind != "nothing")
    if kinds:
        found.append(_types(kinds))
    return found


def _losses(lost: list[Change]) -> Table:
    table = Table("", "destroyed or replaced", box=SIMPLE_HEAD, pad_edge=False)
    for change in lost:
        sign, style = _SIGNS[change.kind]
        table.add_row(f"[{style}]{sign}[/]", f"{escape(change.address)} [dim]({change.kind})[/]")
    return table


def _types(kinds: Counter[tuple[str, str]]) -> Table:
    used = [kind for kind in _SIGNS if any(kind == seen for _, seen in kinds)]
    table = Table("type", box=SIMPLE_HEAD, pad_edge=False)
    for kind in used:
        table.add_column(kind, justify="right", style=_SIGNS[kind][1])
    for name in sorted({name for name, _ in kinds}):
        table.add_row(name, *(str(kinds[name, kind] or "") for kind in used))
    return table
