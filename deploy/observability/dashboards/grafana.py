"""Compiles the pages into the JSON of Grafana's dashboards (schema version 41). README.md has the keys of a page.

Each selector of a page is written with braces, `name{}`: the label `environment` is put into all of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[2]
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
TYPES = {"graph": "timeseries", "stat": "stat", "bars": "bargauge", "table": "table"}
COLUMNS = 24
_VERSIONS = "count by (service, version) (mercat_build_info{}"
DEPLOYED = f"{_VERSIONS}) unless {_VERSIONS} offset 5m)"
# As in the annotations of the alerts; where the repository can be read, README.md says how to name its address.
RUNBOOKS = "docs/runbooks"
FIRING = 'ALERTS{alertstate="firing",alertname!="Watchdog"}'
Json = dict[str, Any]


def compiled(root: Path = ROOT) -> dict[str, str]:
    """The text of each dashboard by the name of its file; a page "service" is made for each root/services/*."""
    found = {}
    specs = [yaml.safe_load(path.read_text("utf-8")) for path in sorted((root / "services").glob("*/service.yaml"))]
    for path in sorted((FOLDER / "pages").glob("*.yaml")):
        text = path.read_text("utf-8")
        for spec in specs if path.stem == "service" else [{}]:
            name = "-".join([path.stem, *([spec["name"]] if spec else [])])
            found[f"{name}.json"] = _text(dashboard(f"mercat-{name}", yaml.safe_load(_filled(text, spec)), spec))
    return found


def _filled(text: str, spec: Json) -> str:
    """The page with what service.yaml says in place of <name>, <about>, <p99> (seconds) and <errors> (ratio)."""
    if not spec:
        return text
    slo = spec["slo"]
    seconds = int(slo["p99"].removesuffix("ms")) / 1000
    values = {"name": spec["name"], "about": spec["about"], "p99": seconds}
    values["errors"] = f"{1 - slo['availability'] / 100:.6f}".rstrip("0")
    for name, value in values.items():
        text = text.replace(f"<{name}>", str(value))
    return text


def dashboard(uid: str, page: Json, spec: Json) -> Json:
    """A dashboard; `spec`: the service.yaml of the service that it is of, else empty."""
    see = [_link(f"{name.capitalize()} dashboard", f"/d/mercat-{name}") for name in page.get("see", [])]
    all_of_them = {**_link("All dashboards", ""), "type": "dashboards", "asDropdown": True, "tags": ["mercat"]}
    return {
        "uid": uid,
        "title": f"Mercat: {page['title']}",
        "description": page["about"],
        "tags": ["mercat"],
        "schemaVersion": 41,
        "editable": False,
        "graphTooltip": 1,
        "refresh": "1m",
        "time": {"from": page.get("since", "now-6h"), "to": "now"},
        "links": [all_of_them, *see],
        "templating": {"list": [*_variables(page.get("variables", {}))]},
        "annotations": {"list": [*_annotations()]},
        "panels": [*_panels([entry for entry in page["panels"] if _wanted(entry, spec)])],
    }


def _wanted(entry: Json, spec: Json) -> bool:
    """Whether a service has what a panel shows: `when` names keys of service.yaml, or a word of its `reaches`."""
    when = entry.get("when")
    return when is None or any(map(spec.get, when.split())) or when in spec.get("reaches", [])


def _link(title: str, url: str) -> Json:
    more = {"icon": "external link", "tags": [], "asDropdown": False, "tooltip": "", "targetBlank": False}
    return {"title": title, "type": "link", "url": url, "includeVars": True, "keepTime": True, **more}


def _variables(selectors: Mapping[str, str]) -> Iterator[Json]:
    """The data source, the environment, and the labels of the page, each with the selector that has its values."""
    yield {"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus"}
    yield {"name": "runbooks", "type": "constant", "hide": 2, "query": RUNBOOKS}
    for name, selector in {"environment": "up", **selectors}.items():
        values = selector if name == "environment" else expression(selector)
        yield {
            "name": name,
            "type": "query",
            "datasource": SOURCE,
            "query": {"query": f"label_values({values}, {name})", "refId": name},
            "multi": True,
            "includeAll": True,
            # It also fits series without the label: Prometheus adds `environment` to what it sends elsewhere alone.
            "allValue": ".*",
            "current": {"text": "All", "value": "$__all"},
            "refresh": 2,
            "sort": 1,
        }


def _annotations() -> Iterator[Json]:
    """Versions that began to run, and alerts that fire."""
    for name, color, expr, title, text in (
        ("Deploys", "blue", DEPLOYED, "{{service}}", "{{version}}"),
        ("Alerts", "red", FIRING, "{{alertname}}", "{{service}} {{slo}} {{severity}}"),
    ):
        shown = {"expr": expression(expr), "titleFormat": title, "textFormat": text, "step": "60s"}
        yield {"name": name, "datasource": SOURCE, "enable": True, "iconColor": color, **shown}


def expression(text: str) -> str:
    """The query with the environment in each selector."""
    return " ".join(text.split()).replace("{", '{environment=~"$environment",').replace(",}", "}")


def _panels(entries: list[Json]) -> Iterator[Json]:
    """Rows and panels with their places: from left to right, then below."""
    x = y = tallest = 0
    for number, entry in enumerate(entries, 1):
        width, height = _size(entry)
        if x + width > COLUMNS:
            x, y, tallest = 0, y + tallest, 0
        place = {"id": number, "gridPos": {"x": x, "y": y, "w": width, "h": height}}
        x, tallest = x + width, max(tallest, height)
        if "row" in entry:
            yield {"type": "row", "title": entry["row"], "collapsed": False, **place, "panels": []}
        else:
            yield {"type": TYPES[entry.get("show", "graph")], **place, **_panel(entry)}


def _size(entry: Json) -> tuple[int, int]:
    """Width in columns and height in rows of Grafana's grid."""
    if "row" in entry:
        return COLUMNS, 1
    return entry.get("width", 8), 4 if entry.get("show") == "stat" else 8


def _panel(entry: Json) -> Json:
    show = entry.get("show", "graph")
    defaults: Json = {"unit": entry["unit"], "thresholds": _thresholds(entry)}
    if show == "graph":
        lines = "dashed" if len(defaults["thresholds"]["steps"]) > 1 else "off"
        defaults |= {"min": entry.get("min", 0), "custom": {"fillOpacity": 5, "thresholdsStyle": {"mode": lines}}}
    else:
        defaults |= {"color": {"mode": "thresholds"}, "noValue": "none"}
    alerts = entry.get("alerts", [])
    return {
        "title": entry["title"],
        "description": entry["says"],
        "datasource": SOURCE,
        "links": [_link(f"Runbook: {name}", f"${{runbooks}}/{name}.md") for name in alerts],
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": OPTIONS[show],
        "targets": [*_targets(entry["queries"], show)],
    }


def _thresholds(entry: Json) -> Json:
    """Green, and orange from `warn` and red from `bad` up; with `warn_below` and `bad_below` the other way round."""
    if "bad_below" in entry:
        steps = [("red", None), ("orange", entry["bad_below"]), ("green", entry["warn_below"])]
    else:
        steps = [("green", None), ("orange", entry.get("warn")), ("red", entry.get("bad"))]
    found = [{"color": color, "value": value} for at, (color, value) in enumerate(steps) if not at or value is not None]
    return {"mode": "absolute", "steps": found}


def _targets(queries: Mapping[str, str], show: str) -> Iterator[Json]:
    for number, (legend, query) in enumerate(queries.items()):
        when = {"instant": True, "range": False} if show != "graph" else {"range": True}
        format_ = {"format": "table"} if show == "table" else {}
        yield {"refId": chr(ord("A") + number), "expr": expression(query), "legendFormat": legend, **when, **format_}


_LAST = {"values": False, "calcs": ["lastNotNull"], "fields": ""}
OPTIONS: dict[str, Json] = {
    "graph": {
        "legend": {"showLegend": True, "displayMode": "list", "placement": "bottom", "calcs": []},
        "tooltip": {"mode": "multi", "sort": "desc"},
    },
    "stat": {"reduceOptions": _LAST, "colorMode": "value", "graphMode": "none", "textMode": "auto"},
    "bars": {"reduceOptions": _LAST, "orientation": "horizontal", "displayMode": "basic"},
    "table": {"showHeader": True, "cellHeight": "sm"},
}


def _text(made: Json) -> str:
    """JSON with a line for each key, and one for each member of its lists."""
    lists = {"panels": made["panels"], "links": made["links"]}
    nested = {name: made[name]["list"] for name in ("templating", "annotations")}
    lines = [f"{_json(key)}: {_json(value)}" for key, value in made.items() if key not in {*lists, *nested}]
    for name, members in lists.items():
        lines.append(f"{_json(name)}: [\n" + ",\n".join(map(_json, members)) + "\n]")
    for name, members in nested.items():
        lines.append(f'{_json(name)}: {{"list": [\n' + ",\n".join(map(_json, members)) + "\n]}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
