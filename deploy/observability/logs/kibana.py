"""Kibana's data views, saved searches and dashboards, as the saved objects that its API imports."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

Object = dict[str, Any]
VIEWS = {
    "lines": ("Mercat: lines of services, edge, data, platform", ["app", "edge", "data", "platform"]),
    "security": ("Mercat: security", ["security"]),
    "audit": ("Mercat: audit", ["audit"]),
}
_SERVICE, _EVENT, _TRACE, _STATUS = "service.name", "message.keyword", "trace.id", "http.response.status_code"
_REQUEST = ["http.request.method", "http.route", _STATUS, "event.duration"]
# Title, data view, query, columns. What a person has to fill in is left as a placeholder that finds nothing.
SEARCHES = {
    "errors": ("Errors", "lines", "log.level: error", [_SERVICE, "message", "error.type", "error.message", _TRACE]),
    "trace": ("One request", "lines", f"{_TRACE}: none", [_SERVICE, "log.logger", "message", *_REQUEST]),
    "order": (
        "One order",
        "lines",
        "labels.order_id: none",
        [_SERVICE, "message", "labels.outcome", _TRACE],
    ),
    "slow": (
        "Requests of more than a second",
        "lines",
        "event.duration > 1000000000",
        [_SERVICE, *_REQUEST, "traefik.router", _TRACE],
    ),
    "edge": (
        "Edge: answers 5xx",
        "lines",
        f"data_stream.dataset: mercat.edge and {_STATUS} >= 500",
        ["traefik.router", "traefik.service", "traefik.origin.status_code", *_REQUEST],
    ),
    "database": (
        "PostgreSQL and Valkey: warnings and errors",
        "lines",
        "data_stream.dataset: mercat.data and not log.level: (log or info or debug)",
        ["log.level", "message", "error.code", "postgresql.database", "kubernetes.pod.name"],
    ),
    "refused": ("Refused requests", "security", f"{_STATUS}: (401 or 403 or 429)", [_SERVICE, *_REQUEST, "client.ip"]),
    "events": ("Events of security", "security", "not message: request", [_SERVICE, "message", "user.id", "client.ip"]),
    "changes": (
        "Who changed what in Kubernetes",
        "audit",
        "audit.verb: (create or update or patch or delete)",
        ["user.name", "audit.verb", "audit.resource", "audit.namespace", "audit.name", _STATUS, "source.ip"],
    ),
    "secrets": (
        "Who read secrets",
        "audit",
        "audit.resource: secrets",
        ["user.name", "audit.verb", "audit.namespace", "audit.name", "source.ip"],
    ),
}
# Charts by dashboard: title, data view, query, the field that lines are told apart by. Then the searches below them.
DASHBOARDS = {
    "store": (
        "Mercat: the store",
        [
            ("Lines by level", "lines", "", "log.level"),
            ("Errors by service", "lines", "log.level: error", _SERVICE),
            ("Warnings and errors by event", "lines", "log.level: (warning or error)", _EVENT),
            ("Answers 5xx by router", "lines", f"{_STATUS} >= 500", "traefik.router"),
        ],
        ["errors", "slow", "database"],
    ),
    "security": (
        "Mercat: security",
        [
            ("Refused by status", "security", f"{_STATUS}: *", _STATUS),
            ("Refused by route", "security", f"{_STATUS}: *", "http.route"),
            ("Events", "security", "not message: request", _EVENT),
        ],
        ["events", "refused"],
    ),
    "audit": (
        "Mercat: audit",
        [
            ("Requests by verb", "audit", "", "audit.verb"),
            ("Changes by whom", "audit", "audit.verb: (create or update or patch or delete)", "user.name"),
        ],
        ["changes", "secrets"],
    ),
}


def objects() -> list[Object]:
    """All saved objects. An import with overwrite=true puts them in the place of those of before."""
    views = [
        _object(
            "index-pattern",
            f"mercat-{name}",
            {
                "name": title,
                "title": ",".join(f"{before}logs-mercat.{each}-*" for each in streams for before in ("", "restored-")),
                "timeFieldName": "@timestamp",
            },
        )
        for name, (title, streams) in VIEWS.items()
    ]
    searches = [_search(name, *given) for name, given in SEARCHES.items()]
    return [*views, *searches, *(_dashboard(name, *given) for name, given in DASHBOARDS.items())]


def _object(kind: str, name: str, attributes: Object, references: Sequence[Object] = ()) -> Object:
    return {"id": name, "type": kind, "attributes": attributes, "references": list(references)}


def _view(name: str, view: str) -> Object:
    return {"id": f"mercat-{view}", "name": name, "type": "index-pattern"}


def _query(text: str) -> Object:
    return {"query": text, "language": "kuery"}


def _search(name: str, title: str, view: str, query: str, columns: list[str]) -> Object:
    place = "kibanaSavedObjectMeta.searchSourceJSON.index"
    source = {"query": _query(query), "filter": [], "indexRefName": place}
    attributes = {
        "title": f"Mercat: {title}",
        "columns": columns,
        "sort": [["@timestamp", "desc"]],
        "kibanaSavedObjectMeta": {"searchSourceJSON": json.dumps(source)},
    }
    return _object("search", f"mercat-{name}", attributes, [_view(place, view)])


def _dashboard(name: str, title: str, charts: list[tuple[str, str, str, str]], searches: list[str]) -> Object:
    panels, references = [], []
    for at, (panel, reference) in enumerate([*map(_chart, charts), *map(_list, searches)]):
        chart = panel["type"] == "lens"
        top = at // 2 * 12 if chart else (len(charts) + 1) // 2 * 12 + (at - len(charts)) * 15
        grid = {"x": at % 2 * 24, "y": top, "w": 24, "h": 12} if chart else {"x": 0, "y": top, "w": 48, "h": 15}
        panels.append({**panel, "panelIndex": f"p{at}", "gridData": {**grid, "i": f"p{at}"}})
        references.append({**reference, "name": f"p{at}:{reference['name']}"})
    attributes = {
        "title": title,
        "panelsJSON": json.dumps(panels),
        "optionsJSON": json.dumps({"useMargins": True}),
        "timeRestore": True,
        "timeFrom": "now-24h",
        "timeTo": "now",
        "kibanaSavedObjectMeta": {"searchSourceJSON": json.dumps({"query": _query(""), "filter": []})},
    }
    return _object("dashboard", f"mercat-{name}", attributes, references)


def _list(search: str) -> tuple[Object, Object]:
    panel = {"type": "search", "panelRefName": "panel", "embeddableConfig": {}}
    return panel, {"id": f"mercat-{search}", "name": "panel", "type": "search"}


def _chart(given: tuple[str, str, str, str]) -> tuple[Object, Object]:
    """Lines over time in bars, told apart by a field: a Lens chart within its panel."""
    title, view, query, by = given
    columns = dict(_columns(by))
    layer = {"layerId": "lines", "layerType": "data", "seriesType": "bar_stacked"}
    shown = {**layer, "xAccessor": "when", "accessors": ["count"], "splitAccessor": "by"}
    reference = _view("indexpattern-datasource-layer-lines", view)
    state = {
        "datasourceStates": {"formBased": {"layers": {"lines": {"columns": columns, "columnOrder": list(columns)}}}},
        "visualization": {"legend": {"isVisible": True}, "preferredSeriesType": "bar_stacked", "layers": [shown]},
        "query": _query(query),
        "filters": [],
    }
    attributes = {"title": title, "visualizationType": "lnsXY", "state": state, "references": [reference]}
    return {"type": "lens", "title": title, "embeddableConfig": {"attributes": attributes}}, reference


def _columns(by: str) -> Iterator[tuple[str, Object]]:
    order = {"orderBy": {"type": "column", "columnId": "count"}, "orderDirection": "desc", "otherBucket": True}
    number = by.endswith(("status_code", "duration"))
    split = {"operationType": "terms", "sourceField": by, "dataType": "number" if number else "string"}
    yield "by", {**split, "label": by, "isBucketed": True, "params": {"size": 10, **order, "missingBucket": False}}
    time = {"operationType": "date_histogram", "sourceField": "@timestamp", "dataType": "date"}
    yield "when", {**time, "label": "@timestamp", "isBucketed": True, "params": {"interval": "auto"}}
    count = {"operationType": "count", "sourceField": "___records___", "dataType": "number"}
    yield "count", {**count, "label": "Lines", "isBucketed": False, "params": {}}
