"""An environment's estimate as a person reads it: by layer and item, the sum, and what was left out."""

from __future__ import annotations

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from deploy.aws.cost import Estimate, prices
from deploy.terminal import Terminal


def show(terminal: Terminal, environment: str, estimates: dict[str, Estimate], budget: int | None) -> None:
    """The whole estimate. estimates: by layer; budget: dollars a month, as the settings have it."""
    terminal.show(_table(environment, estimates))
    for layer, estimate in estimates.items():
        for what in estimate.unpriced:
            terminal.say(f"not priced: {what} in {layer}: add it to deploy/aws/prices.toml", "yellow")
    total = sum(estimate.usd for estimate in estimates.values())
    terminal.say(
        f"{environment}: about {total:,.0f} USD a month ({prices().about}; see deploy/aws/prices.toml)", "bold"
    )
    against(terminal, environment, total, budget)


def against(terminal: Terminal, environment: str, total: float, budget: int | None) -> None:
    """The sum beside the budget, with a warning when it is above."""
    if budget is None:
        terminal.say(f"settings/environments.tf has no monthly_usd for {environment}.", "yellow")
    elif total > budget:
        terminal.say(f"That is {total - budget:,.0f} USD above the budget of {budget:,} USD (monthly_usd).", "bold red")
    else:
        terminal.say(f"Within the budget of {budget:,} USD (monthly_usd): {budget - total:,.0f} USD are left.")


def _table(environment: str, estimates: dict[str, Estimate]) -> Table:
    table = Table(f"{environment}, by layer", "item", box=SIMPLE_HEAD, pad_edge=False)
    for heading in ("quantity", "unit", "USD each", "USD a month"):
        table.add_column(heading, justify="left" if heading == "unit" else "right")
    for layer, estimate in estimates.items():
        table.add_row(f"[bold]{layer}[/]", "", "", "", "", f"[bold]{estimate.usd:,.2f}[/]")
        for item in sorted(estimate.items, key=lambda item: -item.usd):
            row = (f"{item.quantity:,.1f}", item.unit, f"{item.price:,.3f}", f"{item.usd:,.2f}")
            table.add_row("", escape(item.what), *row)
    return table
