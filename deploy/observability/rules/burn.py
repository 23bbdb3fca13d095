"""Recording rules of the objectives, and the alerts on how fast their budgets burn (Google's SRE workbook, chapter 5).

All windows but the shortest are summed up from shorter ones, so that days cost little. What was before the first sample
counts as no request: a store that is young has few.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from deploy.observability.rules.objectives import Objective

Json = dict[str, Any]
# Window: the window it is summed up from, the step, the number of steps.
WINDOWS = {
    "30m": ("5m", "1m", 30),
    "1h": ("5m", "1m", 60),
    "2h": ("5m", "5m", 24),
    "6h": ("5m", "5m", 72),
    "24h": ("30m", "30m", 48),
    "3d": ("30m", "30m", 144),
    "30d": ("1h", "1h", 720),
}
SECONDS = {"1h": 3600, "6h": 21_600, "24h": 86_400, "3d": 259_200}
_DAYS = ("24h", "3d", "30d")
# Severity, long window, short window, how many times faster than the objective allows.
BURNS = (
    ("page", "1h", "5m", 14.4),
    ("page", "6h", "30m", 6.0),
    ("ticket", "24h", "2h", 3.0),
    ("ticket", "3d", "6h", 1.0),
)
# Fewer requests in the long window say nothing: one failure would be an outage.
LEAST_REQUESTS = 100


def groups(objectives: Sequence[Objective]) -> list[Json]:
    """The groups of rules about objectives."""
    return [
        {"name": "slo", "rules": [*_basics(objectives), *_windows([each for each in WINDOWS if each not in _DAYS])]},
        # Prometheus forgets a sample after five minutes.
        {"name": "slo-days", "interval": "2m", "rules": [*_windows(_DAYS), _budget_left()]},
        {"name": "slo-alerts", "rules": [*_alerts()]},
    ]


def _basics(objectives: Sequence[Objective]) -> Iterator[Json]:
    for each in objectives:
        labels = {"slo": each.slo}
        about = {
            **labels,
            "kind": each.kind,
            "about": each.about,
            **({"service": each.service} if each.service else {}),
        }
        yield {"record": "slo:budget", "expr": f"vector({each.budget})", "labels": about}
        yield {"record": "slo:requests:rate5m", "expr": each.requests, "labels": labels}
        yield {"record": "slo:errors:rate5m", "expr": each.errors, "labels": labels}
    yield _ratio("5m")


def _windows(names: Sequence[str]) -> Iterator[Json]:
    for window in names:
        part, step, number = WINDOWS[window]
        for what in ("requests", "errors"):
            total = f"sum_over_time(slo:{what}:rate{part}[{window}:{step}])"
            yield {"record": f"slo:{what}:rate{window}", "expr": f"{total} / {number}"}
        yield _ratio(window)


def _ratio(window: str) -> Json:
    ratio = f"slo:errors:rate{window} / (slo:requests:rate{window} > 0)"
    return {"record": f"slo:error_ratio:rate{window}", "expr": ratio}


def _budget_left() -> Json:
    """1 where nothing failed in 30 days, 0 where all was used that the objective allows, below it less.

    Of 30 days there is a value each hour, which is too seldom for a young store: in its first six hours all that was
    is in the last six.
    """
    young = "slo:error_ratio:rate6h unless on (slo) slo:requests:rate30d offset 6h"
    ratio = f"(({young}) or slo:error_ratio:rate30d)"
    return {
        "record": "slo:budget_left:30d",
        "expr": f"1 - {ratio} / on (slo) group_left (kind, about, service) slo:budget",
    }


def _alerts() -> Iterator[Json]:
    for name, kinds in (("ErrorBudgetBurn", "errors"), ("LatencyBudgetBurn", "latency")):
        for severity, long, short, factor in BURNS:
            wanted = f"{kinds}|lag" if (kinds, severity) == ("latency", "ticket") else kinds
            yield _alert(name, severity, (long, short, factor), wanted)


def _alert(name: str, severity: str, burn: tuple[str, str, float], kinds: str) -> Json:
    long, short, factor = burn
    budget = f'on (slo) group_left (kind, about, service) {factor:g} * slo:budget{{kind=~"{kinds}"}}'
    enough = f"slo:requests:rate{long} * {SECONDS[long]} >= {LEAST_REQUESTS}"
    what = "fail" if name == "ErrorBudgetBurn" else "are too slow"
    return {
        "alert": name,
        "expr": f"(slo:error_ratio:rate{long} > {budget}) and on (slo) (slo:error_ratio:rate{short} > {budget}) "
        f"and on (slo) ({enough})",
        "labels": {"severity": severity, "windows": f"{long}/{short}"},
        "annotations": {
            "summary": f"Of {{{{ $labels.slo }}}} {{{{ $value | humanizePercentage }}}} {what} in {long}: "
            f"{factor:g} times what its objective allows, or more.",
            "impact": "It hurts {{ $labels.about }}. At this pace the errors of 30 days are used up in "
            f"{30 / factor:.3g} days.",
            "dashboard": "/d/mercat-slo",
        },
    }
