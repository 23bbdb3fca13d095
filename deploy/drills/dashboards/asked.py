"""The queries of the dashboards and rules, as Prometheus is asked them beside a store that has run for some minutes."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from deploy.observability.dashboards.grafana import FOLDER
from proofs.store import ProofStore

LISTS: dict[str, dict[str, str]] = yaml.safe_load((Path(__file__).parent / "lists.yaml").read_text("utf-8"))
RATE, STEP = "30s", 5
# What stands in quotes or braces, which is no comparison.
_KEPT = re.compile(r'("[^"]*"|\{[^}]*\})')
_COMPARED = re.compile(r"(==|!=|>=|<=|>|<)(?!\s*bool)")
_LEGEND = re.compile(r"{{(\w+)}}")
Series = dict[str, Any]


@dataclass(frozen=True)
class Query:
    """`where` it stands; `over_time`: drawn as lines, so any time of the trade will do."""

    where: str
    expr: str
    legend: str = ""
    over_time: bool = True


@dataclass(frozen=True)
class Prometheus:
    """Prometheus of the store; `since`: when the trade began, Unix seconds."""

    store: ProofStore
    since: float

    @property
    def range(self) -> str:
        """The time since shortly before the trade."""
        return f"{int(time.time() - self.since) + 5}s"

    async def get(self, path: str, **form: Any) -> Any:
        """The data of an answer of its API.

        Raises:
            ValueError: it refuses the request; the message is its own.
        """
        url = f"{self.store.store.url('prometheus')}/api/v1/{path}"
        method = "POST" if form else "GET"
        async with self.store.http.request(method, url, data=form or None) as answer:
            body = await answer.json()
        if body["status"] != "success":
            raise ValueError(body["error"])
        return body["data"]

    async def ask(self, query: Query) -> list[Series]:
        """The series that have a number, at some time or now."""
        if query.over_time:
            moments = {"start": self.since, "end": time.time(), "step": STEP}
            found = (await self.get("query_range", query=query.expr, **moments))["result"]
        else:
            found = (await self.get("query", query=query.expr))["result"]
        return [each for each in found if any(value != "NaN" for _, value in each.get("values", [each.get("value")]))]


def of_dashboards(prometheus: Prometheus) -> Iterator[Query]:
    """The queries of all panels, annotations and variables."""
    for path in sorted(FOLDER.glob("*.json")):
        page = json.loads(path.read_text(encoding="utf-8"))
        for panel in page["panels"]:
            for target in panel.get("targets", []):
                expr = filled(target["expr"], prometheus.range)
                yield Query(f"{path.stem}: {panel['title']}", expr, target["legendFormat"], target["range"])
        for each in page["annotations"]["list"]:
            yield Query(f"{path.stem}: {each['name']}", filled(each["expr"], prometheus.range), each["titleFormat"])
        for variable in page["templating"]["list"][3:]:
            selector = variable["query"]["query"].removeprefix("label_values(").rpartition(",")[0]
            legend = f"{{{{{variable['name']}}}}}"
            yield Query(f"{path.stem}: ${variable['name']}", filled(selector, prometheus.range), legend)


def filled(expr: str, since: str) -> str:
    """The expression with values for Grafana's variables; what is compared with is some seconds old, not a week."""
    expr = expr.replace("$__rate_interval", RATE).replace("$__range", since)
    return _younger(re.sub(r"\$[a-z]\w*", ".*", expr))


def _younger(expr: str) -> str:
    return re.sub(r"\boffset \w+", "offset 10s", expr)


async def of_rules(prometheus: Prometheus) -> list[Query]:
    """What the loaded rules ask: of alerts both sides of each comparison, as nothing is above a limit."""
    found = []
    for group in (await prometheus.get("rules"))["groups"]:
        for rule in group["rules"]:
            where = f"rule {rule['name']}"
            if rule["health"] == "err":
                found.append(Query(f"{where}: {rule['lastError']}", rule["query"]))
            if rule["type"] == "recording":
                labels = ",".join(f'{name}="{value}"' for name, value in rule.get("labels", {}).items())
                found.append(Query(where, f"{rule['name']}{{{labels}}}"))
            found.append(Query(where, unfiltered(rule["query"])))
    return found


def unfiltered(expr: str) -> str:
    """A query that has data wherever its parts have: a comparison tells 0 or 1, any answer is as an error."""
    parts = _KEPT.split(_younger(expr))
    parts[::2] = [_COMPARED.sub(r"\1 bool", part) for part in parts[::2]]
    parts[1::2] = [part.replace('=~"5.."', '=~"..."') for part in parts[1::2]]
    joined = "".join(parts)
    return re.sub(r"\babsent(_over_time)?\(", r"count\1(", joined).replace(" unless ", " or ")


async def metrics_of(prometheus: Prometheus, expr: str) -> set[str]:
    """The names of the metrics that a query names, by Prometheus' own parser."""
    return {*_names(await prometheus.get("parse_query", query=expr))}


def _names(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if node.get("type") in {"vectorSelector", "matrixSelector"} and node.get("name"):
            yield node["name"]
        for child in node.values():
            yield from _names(child)
    elif isinstance(node, list):
        for child in node:
            yield from _names(child)


def listed(metric: str) -> bool:
    """Whether a metric is on one of the two lists."""
    return any(metric.startswith(prefix) for names in LISTS.values() for prefix in names)


async def complaints(prometheus: Prometheus, queries: list[Query]) -> list[str]:
    """Queries without data, metrics without series, legends without labels, and what is on a list in vain."""
    found, metrics = [], set[str]()
    for query in queries:
        try:
            names = await metrics_of(prometheus, query.expr)
            series = await prometheus.ask(query)
        except ValueError as refused:
            found.append(f"{query.where}: {refused}: {query.expr}")
            continue
        metrics |= names
        if any(map(listed, names)):
            continue
        labels = set(_LEGEND.findall(query.legend))
        if not series:
            found.append(f"{query.where}: no data: {query.expr}")
        elif not any(all(each["metric"].get(label) for label in labels) for each in series):
            found.append(f"{query.where}: no series has all of {sorted(labels)}: {query.expr}")
    for metric in sorted(metrics):
        there = await prometheus.ask(Query(metric, f'max({{__name__="{metric}"}})'))
        if bool(there) == listed(metric):
            found.append(f"{metric}: {'is there, and on a list' if there else 'there is no such series'}")
    return found
