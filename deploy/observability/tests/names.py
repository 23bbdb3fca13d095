"""Finds what rules ask for and is not there: a metric, a label, a value of a label, an edge of a bucket."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from chassis.telemetry.metrics import DECLARED, Histogram
from deploy.observability.rules.alerts import FOREIGN
from deploy.observability.rules.objectives import ROOT
from tools import metrics_page

# Whose metrics those are that are not ours and not in docs/reference/metrics.md: the first words of their names.
EXPORTERS = {
    "pg": "postgres_exporter",
    "redis": "redis_exporter",
    "traefik": "Traefik",
    "kube": "kube-state-metrics",
    "kubelet": "the kubelet",
    "node": "node-exporter",
    "probe": "the blackbox exporter and the synthetic shopper",
    "aws": "CloudWatch, by its exporter",
    "cnpg": "CloudNativePG",
    "certmanager": "cert-manager",
    "velero": "Velero",
    "logs": "the exporters of the log pipeline (deploy/observability/logs)",
    "process": "prometheus_client",
    "up": "Prometheus",
}
# Labels that Prometheus adds when it scrapes, and those that the rules make.
SCRAPED = {"job", "service", "instance", "namespace", "pod", "environment", "le"}
MADE = {"slo", "kind", "about", "limit", "metric", "week"}
_ROW = re.compile(r"^\| `(\w+)` \| (\w+)[^|]*\|([^|]*)\|", re.MULTILINE)
_LABEL = re.compile(r"`(\w+)`: ([^<|]+)")
_SELECTOR = re.compile(r"([a-z_][a-z0-9_]*(?::[a-z0-9_]+)*)\{([^}]*)\}")
_MATCHER = re.compile(r'(\w+)(=~|!~|!=|=)"([^"]*)"')
_NAMED = re.compile(r"(?<![\w:\"])[a-z][a-z0-9]*(?:_[a-z0-9]+)+(?![\w:(])|(?<![\w:])[a-z]+:[a-z_]+:\w+|(?<!\w)up(?!\w)")
_GROUPED = re.compile(r"\b(?:by|on|group_left|without|ignoring) \(([^)]*)\)")
_NOISE = re.compile(r'\{[^}]*\}|"[^"]*"|\b(?:by|on|group_left|without|ignoring) \([^)]*\)')

Json = dict[str, Any]


def documented(page: Path = ROOT / "docs" / "reference" / "metrics.md") -> dict[str, dict[str, str]]:
    """The metrics of docs/reference/metrics.md by their names; each label with its closed set or its origin."""
    found = {}
    for name, kind, labels in _ROW.findall(page.read_text(encoding="utf-8")):
        for suffix in ("_bucket", "_sum", "_count") if kind == "histogram" else ("",):
            found[name + suffix] = dict(_LABEL.findall(labels))
    return found


@cache
def edges() -> dict[str, set[float]]:
    """The edges of the buckets of our histograms."""
    metrics_page.load()
    return {f"{each.name}_bucket": set(each._edges) for each in DECLARED if isinstance(each, Histogram)}


def rules(groups: Iterable[Json]) -> list[Json]:
    return [rule for group in groups for rule in group["rules"]]


def complaints(groups: Iterable[Json], known: dict[str, dict[str, str]]) -> list[str]:
    """All mistakes in the names that rules use."""
    found = rules(groups)
    recorded = {rule["record"] for rule in found if "record" in rule}
    return [
        f"{rule.get('alert') or rule['record']}: {complaint}"
        for rule in found
        for complaint in [
            *_names(rule["expr"], known, recorded),
            *_labels(rule["expr"], known),
            *_grouped(rule["expr"], known),
        ]
    ]


def _names(expr: str, known: dict[str, dict[str, str]], recorded: set[str]) -> Iterator[str]:
    for name in sorted(set(_NAMED.findall(_NOISE.sub(" ", expr)))):
        if ":" in name:
            if name not in recorded:
                yield f"nothing records {name}"
        elif name not in known and name.split("_")[0] not in EXPORTERS:
            yield f"docs/reference/metrics.md has no {name}"


def _labels(expr: str, known: dict[str, dict[str, str]]) -> Iterator[str]:
    ends = edges()
    for name, matchers in _SELECTOR.findall(expr):
        for label, how, value in _MATCHER.findall(matchers):
            if name in known and label not in {*known[name], *SCRAPED}:
                yield f"{name} has no label {label}"
            if name in ends and label == "le" and float(value) not in ends[name]:
                yield f"{value} is no edge of the buckets of {name}"
            closed = re.findall(r"`([^`]*)`", known.get(name, {}).get(label, ""))
            if closed and label != "check":
                matches = re.compile(value if how in {"=~", "!~"} else re.escape(value)).fullmatch
                parts = value.split("|") if how in {"=~", "!~"} else [value]
                if not any(map(matches, closed)) or any(
                    re.fullmatch(r"[\w-]+", part) and part not in closed for part in parts
                ):
                    yield f"{label} of {name} is never {value}"


def _grouped(expr: str, known: dict[str, dict[str, str]]) -> Iterator[str]:
    """Labels of by (...) and on (...) that no metric of the expression has; labels of exporters are theirs to know."""
    names = _NAMED.findall(_NOISE.sub(" ", expr))
    if any(name not in known for name in names):
        return
    has = SCRAPED | MADE | {label for name in names for label in known[name]}
    for labels in _GROUPED.findall(expr):
        for label in filter(None, (label.strip() for label in labels.split(","))):
            if label not in has:
                yield f"no metric has the label {label}"


assert set(EXPORTERS) <= set(FOREIGN)
