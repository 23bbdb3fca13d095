"""The plans in docs/aws/capacity.md: three rates in production, and how far the model is from the bench."""

from __future__ import annotations

from deploy.capacity import advice, costs, plan, settings
from deploy.capacity.money import a_thousand_orders
from deploy.charts import helm

PAGE = helm.ROOT / "docs" / "aws" / "capacity.md"
_BEGIN, _END = "<!-- plans -->\n", "<!-- end of the plans -->\n"
# Orders a second: 100, 1,000 and 10,000 a minute.
RATES = (1.7, 17.0, 170.0)


def plans() -> str:
    """Both tables, as Markdown."""
    known = costs.read()
    found = [plan.of(known, settings.environment("production"), plan.load_of(rate)) for rate in RATES]
    return "\n".join([*_costs(known), "", *_agreement(known), "", *_needs(found), ""])


def _costs(known: costs.Costs) -> list[str]:
    lines = ["| CPU, ms | at rest, a second | a read | a sign-in | an order |", "| --- | ---: | ---: | ---: | ---: |"]
    columns = (known.idle, known.read, known.sign_in, known.order)
    lines += [f"| {name} | {' | '.join(f'{column[name]:.1f}' for column in columns)} |" for name in known.idle]
    return [
        *lines,
        f"| **all** | {' | '.join(f'{sum(column.values()):.1f}' for column in columns)} |",
        "",
        f"Measured: {known.how}",
    ]


def _agreement(known: costs.Costs) -> list[str]:
    heads = [f"{point.load.orders:.1f} orders/s" for point in known.points]
    lines = [f"| estimate / measured | {' | '.join(heads)} |", f"| --- |{' ---: |' * len(heads)}"]
    found = [costs.ratios(known, point) for point in known.points]
    for name in (name for name in [*known.idle, "all"] if any(name in ratios for ratios in found)):
        cells = [f"{ratios[name]:.2f}" if name in ratios else "" for ratios in found]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def _needs(found: list[plan.Plan]) -> list[str]:
    rows: dict[str, list[str]] = {"orders a minute": [f"{each.load.orders * 60:,.0f}" for each in found]}
    for at, each in enumerate(found[0].pods):
        what = f"pods of {each.name} (at most {each.most})"
        rows[what] = [str(max(one.pods[at].needed, each.least)) for one in found]
    rows |= {
        "nodes of workloads": [advice.named(each.nodes) for each in found],
        "database": [f"{each.database.kind} ({each.database.because})" for each in found],
        "its CPU, cores": [f"{each.database.cores:.2f}" for each in found],
        "connections, at the autoscalers' most in a rollout": [
            f"{each.database.connections:,}, {each.database.in_rollout:,}" for each in found
        ],
        "transactions a second": [f"{each.database.transactions:,.0f}" for each in found],
        "Valkey": [f"{each.environment.caches} {each.cache.kind}" for each in found],
        "USD a month: nodes, database, Valkey, edge": [
            f"{each.bill.nodes:,.0f}, {each.bill.database:,.0f}, {each.bill.cache:,.0f}, {each.bill.edge:,.0f}"
            for each in found
        ],
        "USD for 1,000 orders": [f"{a_thousand_orders(each.bill.usd, each.load.orders):,.2f}" for each in found],
    }
    heads = [f"RATE={each.load.orders:g}" for each in found]
    lines = [f"| production | {' | '.join(heads)} |", f"| --- |{' ---: |' * len(heads)}"]
    return [*lines, *(f"| {what} | {' | '.join(cells)} |" for what, cells in rows.items())]


def page() -> str:
    """The page as it is to be."""
    text = PAGE.read_text(encoding="utf-8")
    return text[: text.index(_BEGIN) + len(_BEGIN)] + "\n" + plans() + "\n" + text[text.index(_END) :]


def write() -> None:
    """Write it anew."""
    PAGE.write_text(page(), encoding="utf-8")
