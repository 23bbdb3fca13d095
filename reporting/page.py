"""The report as a page of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from reporting.browsers import GOOD, NAMES, Browsers
from reporting.figures import Figures, Route
from reporting.finding import Finding, seconds
from reporting.findings import Term, findings, measure
from reporting.funnels import Step, shares

_ROWS = 10
_FINDINGS = 10


def page(figures: Figures, terms: Sequence[Term], without_terms: str = "") -> str:
    """The page. `without_terms`: why there are no terms, where they could not be had."""
    parts = [
        _head(figures),
        _first(findings(figures, None if without_terms else terms)),
        _funnel(figures),
        _errors(figures),
        _routes(figures.routes),
        _browsers(figures.browsers),
        _budgets(figures),
        _cost(figures),
        _searches(figures, terms, without_terms),
    ]
    return "\n\n".join(parts) + "\n"


def _head(figures: Figures) -> str:
    end = figures.window.end
    begin = end - figures.window.seconds
    lines = [
        f"# The store from {_moment(begin)} to {_moment(end)} (UTC)",
        "Counted by route, step and reason; nothing here is about one person. Counts are estimates.",
        "“Before” is the same time a week earlier.",
    ]
    if figures.since > begin + max(3600, figures.window.seconds / 100):
        lines.append(f"**It was measured since {_moment(figures.since)} only: the counts are of that time.**")
    return "\n\n".join(lines)


def _moment(seconds_: float) -> str:
    return datetime.fromtimestamp(seconds_, UTC).strftime("%Y-%m-%d %H:%M")


def _first(found: list[Finding]) -> str:
    lines = [f"{number}. {each.what} {each.why}" for number, each in enumerate(found[:_FINDINGS], 1)]
    if not lines:
        lines = ["Nothing stands out: no route, step, search or objective is worse than it should be or was."]
    elif len(found) > _FINDINGS:
        lines.append(f"\nand {len(found) - _FINDINGS} more, less harmful ones.")
    return "## What to look at first\n\n" + "\n".join(lines)


def _funnel(figures: Figures) -> str:
    text = f"## From a look to a sale\n\n{_steps(figures.steps)}"
    told = figures.browsers
    if any(step.count >= 1 for step in told.steps):
        left = ", ".join(f"{name} {count:,.0f}" for name, count in told.left.items() if count >= 1) or "none"
        text += (
            "\n\nThe checkout, as browsers of those who agreed to be measured tell, once for a purchase:\n\n"
            f"{_steps(told.steps)}\n\nLeft for another page of the shop: {left}."
        )
    return text


def _steps(steps: Sequence[Step]) -> str:
    came = {step.name: pair for step, *pair in shares(steps)}
    rows = []
    for step in steps:
        now, before = came.get(step.name, (None, None))
        rows.append((step.name, f"{step.count:,.0f}", _percent(now), f"{step.before:,.0f}", _percent(before)))
    return _table(("Step", "Count", "of the step above", "Before", "of the step above"), rows)


def _errors(figures: Figures) -> str:
    by_status = sorted(figures.failures, key=lambda each: (not each.status.startswith("5"), -each.count, each.name))
    by_type = sorted(figures.refusals, key=lambda each: (-each.count, each.name, each.kind))
    answers = _table(
        ("Route", "Service", "Status", "Times", "of its requests"),
        [
            (f"`{each.name}`", each.service, each.status, f"{each.count:,.0f}", f"{each.count / each.requests:.2%}")
            for each in by_status[:_ROWS]
        ],
    )
    reasons = _table(
        ("Route", "Service", "Problem", "Times", "of its requests", "Before"),
        [
            (
                f"`{each.name}`",
                each.service,
                f"`{each.kind}`",
                f"{each.count:,.0f}",
                f"{each.count / each.requests:.2%}",
                f"{each.count_before:,.0f}",
            )
            for each in by_type[:_ROWS]
        ],
    )
    head = "## Errors met most\n\nFailures (5xx) first, then what was refused (4xx)."
    return f"{head}\n\n{answers}\n\nBy the type of the problem that was told:\n\n{reasons}"


def _routes(routes: Iterable[Route]) -> str:
    measured = [route for route in routes if route.p99 is not None]
    ranked = sorted(measured, key=lambda route: (-(route.p99 or 0) / route.objective, route.name))
    rows = [
        (
            f"`{route.name}`",
            route.service,
            seconds(route.p99 or 0),
            seconds(route.objective),
            "-" if route.p99_before is None else seconds(route.p99_before),
            f"{route.slow:,.0f} of {route.count:,.0f}",
        )
        for route in ranked[:_ROWS]
    ]
    table = _table(("Route", "Service", "99 of 100 within", "promised", "before", "slower than promised"), rows)
    return f"## Slowest routes\n\nBy how near they are to what is promised.\n\n{table}"


def _browsers(told: Browsers) -> str:
    head = (
        "## How pages felt\n\nAs browsers of those who agreed to be measured tell, 75 of 100 visits; the worst first."
    )
    ranked = sorted(told.feels, key=lambda each: (-each.p75 / GOOD[each.vital], each.page, each.vital))
    feels = _table(
        ("Page", "Figure", "75 of 100 within", "good", "before", "worse than good"),
        [
            (
                each.page,
                NAMES[each.vital],
                measure(each.vital, each.p75),
                measure(each.vital, GOOD[each.vital]),
                "-" if each.p75_before is None else measure(each.vital, each.p75_before),
                f"{each.poor:,.0f} of {each.count:,.0f}",
            )
            for each in ranked[:_ROWS]
        ],
    )
    broken = sorted(told.errors, key=lambda each: (-each.count, each.page, each.kind))
    errors = ", ".join(f"{each.page} {each.kind} {each.count:,.0f}" for each in broken[:_ROWS]) or "none"
    return f"{head}\n\n{feels}\n\nErrors of scripts, by page and kind: {errors}."


def _budgets(figures: Figures) -> str:
    rows = [(f"`{slo}`", f"{left:.1%}") for slo, left in sorted(figures.budgets.items(), key=lambda each: each[1])]
    return "## Budgets of errors, of 30 days\n\n" + _table(("Objective", "left"), rows)


def _cost(figures: Figures) -> str:
    cost, orders, lines = figures.cost, figures.orders, []
    if orders >= 1 and cost.cpu_seconds is not None:
        lines.append(f"- The services used {1000 * cost.cpu_seconds / orders:,.0f} s of CPU for 1,000 orders.")
    if cost.nodes_usd is None:
        lines.append("- What the nodes cost is not measured here: OpenCost does so, in a cluster.")
    else:
        each = f", ${1000 * cost.nodes_usd / orders:,.2f} for 1,000 orders" if orders >= 1 else ""
        lines.append(f"- The nodes cost ${cost.nodes_usd:,.2f}{each}.")
    if cost.month_usd is None:
        lines.append("- What AWS charges is not measured here: its billing figures are scraped in a cluster on AWS.")
    else:
        of = f" of a budget of ${cost.budget_usd:,.0f}" if cost.budget_usd is not None else ""
        lines.append(f"- AWS has charged ${cost.month_usd:,.2f} this month so far{of}.")
    return "## What it cost\n\n" + "\n".join(lines)


def _searches(figures: Figures, terms: Sequence[Term], without_terms: str) -> str:
    of = figures.searches
    share = f" ({of.empty / of.count:.0%})" if of.count >= 1 else ""
    told = f"{of.empty:,.0f} of {of.count:,.0f} searches found nothing{share}."
    table = _table(("Searched for", "Times"), [(f"`{each.term}`", f"{each.searches:,}") for each in terms[:_ROWS]])
    if without_terms:
        table = f"What they were for could not be had: {without_terms}"
    note = "By days (UTC). Rare words, and such that may be about a person, are not kept or not shown."
    return f"## Searches without result\n\n{told} {note}\n\n{table}"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.0%}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [" | ".join(row) for row in (head, ["---"] * len(head), *rows)]
    return "\n".join(f"| {line} |" for line in lines) if len(lines) > 2 else "None."
