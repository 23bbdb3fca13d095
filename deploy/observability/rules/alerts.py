"""Compiles the alerts of `sources/*.yaml`, and the alerts that something is not measured.

An alert has a summary (what happened), an impact (whom it hurts), the dashboard to look at, and for each of its
severities, page and ticket, an expression and for how long it must hold. `keep`: how long it fires on where the
expression has nothing, as for a minute after the process that reads a shared gauge was killed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from chassis.config import ServiceSpec

Json = dict[str, Any]
SOURCES = Path(__file__).parent / "sources"
SEVERITIES = ("page", "ticket")
# Scraped on a laptop as in a cluster; in a cluster alone; where the shop has a public name, which is on AWS.
JOBS = ("traefik", "books", "postgres", "valkey", "alertmanager")
CLUSTER_JOBS = ("node", "kube-state-metrics", "kubelet")
PUBLIC_JOBS = ("blackbox", "probe")
# Metrics of other programs than ours, by their first words.
FOREIGN = ("pg redis traefik kube kubelet node container probe aws cnpg certmanager velero logs up process").split()
_NAME = re.compile(r"\b([a-z][a-z0-9]*(?:_[a-z0-9]+)+)\b(?=[\[{)\s]|$)")
_WORDS = re.compile(r'"[^"]*"|\b(?:by|on|ignoring|group_left|group_right|without) \([^)]*\)|\{[^}]*\}')


def groups(path: Path) -> list[Json]:
    """The groups of a source: its recording rules, what is usual, and its alerts."""
    source = yaml.safe_load(path.read_text(encoding="utf-8"))
    rules = [{**rule, "expr": _line(rule["expr"])} for rule in source.get("record", [])]
    rules += [_usual(**usual) for usual in source.get("usual", [])]
    rules += [rule for alert in source.get("alerts", []) for rule in _severities(alert)]
    return [{"name": path.stem, "rules": rules}]


def _usual(of: str, *, by: str = "", otherwise: str = "") -> Json:
    """Records the mean of the same hour in the last three weeks, of as many as there are: `shop:orders_usual:rate1h` of
    `shop:orders:rate1h`. The hour is centred: around the instant a week ago, it ends half an hour after that.
    """
    level, name, rate = of.split(":")
    weeks = " or ".join(
        f'label_replace({of} offset {hours - 1}h30m, "week", "{week}", "", "")'
        for week, hours in enumerate((168, 336, 504), start=1)
    )
    grouped = f"avg by ({by}) ({weeks})" if by else f"avg({weeks})"
    return {"record": f"{level}:{name}_usual:{rate}", "expr": f"{grouped} or {otherwise}" if otherwise else grouped}


def _severities(alert: Json) -> Iterator[Json]:
    """The rules of an alert: $above in its expression is what the severity says."""
    for severity in SEVERITIES:
        if severity in alert:
            when = alert[severity]
            expr = when.get("expr") or alert["expr"].replace("$above", str(when.get("above")))
            yield {
                "alert": alert["alert"],
                "expr": _line(expr),
                **({"for": when["for"]} if "for" in when else {}),
                **({"keep_firing_for": alert["keep"]} if "keep" in alert else {}),
                "labels": {"severity": severity},
                "annotations": {name: _line(alert[name]) for name in ("summary", "impact", "dashboard")},
            }


def _line(text: str) -> str:
    return " ".join(text.split())


def with_runbooks(found: Iterable[Json]) -> list[Json]:
    """The groups, with the runbook of each alert among its annotations."""
    return [{**group, "rules": [_with_runbook(rule) for rule in group["rules"]]} for group in found]


def _with_runbook(rule: Json) -> Json:
    if "alert" not in rule:
        return rule
    return {**rule, "annotations": {**rule["annotations"], "runbook_url": f"docs/runbooks/{rule['alert']}.md"}}


def metrics_missing(services: Sequence[ServiceSpec], names: Iterable[str]) -> list[Json]:
    """One alert where a job, a service or a metric that an alert asks for has no series: its query would be silent."""
    jobs = [_absent(f'up{{job="{job}"}}', job=job) for job in JOBS]
    jobs += [
        _absent(f'up{{job="services",service="{spec.name}"}}', job="services", service=spec.name) for spec in services
    ]
    # Only in a cluster do series have a namespace.
    for where, some in (('namespace!=""', CLUSTER_JOBS), ('job="cloudwatch"', PUBLIC_JOBS)):
        there = " or ".join(_absent(f'up{{job="{job}"}}', job=job) for job in some)
        jobs.append(f"(({there}) and on () count(up{{{where}}}))")
    # What one process of a service reads for all of them vanishes with its lease, and after readings that failed.
    jobs.append('label_replace(max by (service) (readings_lease_held) == 0, "metric", "readings", "", "")')
    jobs.append("sum by (service, reading) (increase(readings_failed_total[15m])) > 5")
    alert = {
        "alert": "MetricsMissing",
        "summary": "There are no series of {{ $labels.job }} {{ $labels.service }} "
        "{{ $labels.metric }}{{ $labels.reading }}.",
        "impact": "Alerts that ask for them stay silent, whatever happens. Whoever relies on them is not warned.",
        "dashboard": "/d/mercat-slo",
        "ticket": {"expr": " or ".join([*jobs, *(_absent(name, metric=name) for name in sorted(names))]), "for": "15m"},
    }
    return [{"name": "missing", "rules": [*_severities(alert)]}]


def _absent(selector: str, **labels: str) -> str:
    """1 with these labels where the selector finds nothing."""
    found = f"absent({selector})"
    for name, value in labels.items():
        if f'{name}="' not in selector:
            found = f'label_replace({found}, "{name}", "{value}", "", "")'
    return found


def own_metrics(found: Iterable[Json]) -> set[str]:
    """The metrics of ours that the rules of these groups ask for."""
    names: set[str] = set()
    for group in found:
        for rule in group["rules"]:
            names.update(_NAME.findall(_WORDS.sub(" ", rule["expr"])))
    names = {re.sub("_(bucket|sum)$", "_count", name) for name in names}
    return {name for name in names if name.split("_")[0] not in FOREIGN and not name.endswith("_over_time")}
