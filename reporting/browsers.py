"""What browsers of shoppers who agreed tell: how pages felt, how far a checkout got, errors of scripts.

Anybody may send such figures: they say where to look, and no alert asks them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from reporting.asking import Prometheus
from reporting.funnels import Step

# What three quarters of visits should stay within: https://web.dev/articles/vitals
GOOD = {"lcp": 2.5, "inp": 0.2, "cls": 0.1, "ttfb": 0.8}
NAMES = {
    "lcp": "largest paint (LCP)",
    "inp": "slowest interaction (INP)",
    "cls": "shift of the layout (CLS)",
    "ttfb": "first byte (TTFB)",
}
# Each as the page calls it, by the name in the metric.
STEPS = {
    "cart": "Cart seen",
    "checkout": "Checkout begun",
    "placed": "Order placed",
    "pay": "Card form seen",
    "paid": "Paid",
}


@dataclass(frozen=True)
class Feel:
    """A figure of a kind of page: 75 of 100 visits were within `p75`, `poor` of all were worse than what is good."""

    page: str
    vital: str
    count: float
    poor: float
    p75: float
    p75_before: float | None


@dataclass(frozen=True)
class ScriptErrors:
    """Visits of a kind of page with such an error, of `visits` in all."""

    page: str
    kind: str
    count: float
    visits: float


@dataclass(frozen=True)
class Browsers:
    """All of it. `left`: by step, how many went elsewhere in the shop than on."""

    feels: list[Feel] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    left: dict[str, float] = field(default_factory=dict)
    errors: list[ScriptErrors] = field(default_factory=list)


async def read(prometheus: Prometheus) -> Browsers:
    """What was told in the window."""
    reached, before = await prometheus.both(
        'sum by (step) (increase(browser_checkout_steps_total{way="reached"}[$w]))', "step"
    )
    left = await prometheus.by('sum by (step) (increase(browser_checkout_steps_total{way="left"}[$w]))', "step")
    visits = await prometheus.by("sum by (page) (increase(browser_page_shift_count[$w]))", "page")
    errors = await prometheus.by("sum by (page, kind) (increase(browser_errors_total[$w]))", "page", "kind")
    return Browsers(
        [*await _feels(prometheus, "browser_page_seconds"), *await _feels(prometheus, "browser_page_shift")],
        [Step(name, reached.get((step,), 0), before.get((step,), 0)) for step, name in STEPS.items()],
        {STEPS[step]: count for (step,), count in left.items() if step in STEPS},
        [
            ScriptErrors(page, kind, count, visits.get((page,), 0))
            for (page, kind), count in errors.items()
            if count >= 1
        ],
    )


async def _feels(prometheus: Prometheus, metric: str) -> list[Feel]:
    """Of a histogram; that of the shift has no label `vital`."""
    labels = ("vital", "page")
    counts = await prometheus.by(f"sum by (vital, page) (increase({metric}_count[$w]))", *labels)
    p75, before = await prometheus.both(
        f"histogram_quantile(0.75, sum by (le, vital, page) (increase({metric}_bucket[$w])))", *labels
    )
    ends = "|".join(str(end) for end in GOOD.values())
    within = await prometheus.by(
        f'sum by (vital, page, le) (increase({metric}_bucket{{le=~"{ends}"}}[$w]))', *labels, "le"
    )
    found = []
    for (told, page), count in counts.items():
        vital = told or "cls"
        quantile = p75.get((told, page))
        if count >= 1 and quantile is not None:
            good = within.get((told, page, str(GOOD[vital])), count)
            found.append(Feel(page, vital, count, max(0.0, count - good), quantile, before.get((told, page))))
    return found
