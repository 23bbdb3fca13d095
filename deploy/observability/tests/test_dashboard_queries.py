"""Every query parses, and every metric and label that it names is one of ours, of a rule, or of an exporter's list."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from chassis.testing.skipping import skip_without
from deploy.observability.dashboards.grafana import FOLDER, ROOT, compiled

PROMTOOL = ROOT / ".venv" / "monitoring" / "promtool"
# Of each series that is scraped, and the environment, which Prometheus adds where it sends series on.
SCRAPED = {"job", "instance", "service", "namespace", "pod", "node", "environment"}
SELECTOR = re.compile(r"([a-zA-Z_:][\w:]*)\{([^}]*)\}")
LABEL = re.compile(r'(\w+)\s*(?:=~|!~|!=|=)\s*"[^"]*"')
GROUPED = re.compile(r"\b(?:by|on|ignoring|without|group_left|group_right)\s*\(([^)]*)\)")


def queries() -> Iterator[tuple[str, str, str]]:
    """Where each query stands, its text with values in place of Grafana's variables, and the legend."""
    for name, text in compiled().items():
        page = json.loads(text)
        for panel in page["panels"]:
            for target in panel.get("targets", []):
                yield f"{name}: {panel['title']}", filled(target["expr"]), target["legendFormat"]
        for annotation in page["annotations"]["list"]:
            yield f"{name}: {annotation['name']}", filled(annotation["expr"]), annotation["titleFormat"]
        for variable in page["templating"]["list"]:
            if variable["type"] == "query":
                selector = re.fullmatch(r"label_values\((.*), (\w+)\)", variable["query"]["query"])
                assert selector, variable
                if selector[2] != "environment":
                    yield f"{name}: variable {variable['name']}", filled(selector[1]), f"{{{{{selector[2]}}}}}"


def filled(expr: str) -> str:
    """The query as Grafana sends it, with each variable's "All"."""
    expr = expr.replace("$__rate_interval", "1m").replace("$__range", "6h")
    return re.sub(r"\$[a-z]\w*", ".*", expr)


def known() -> dict[str, set[str]]:
    """The labels of each metric that there is."""
    found: dict[str, set[str]] = {}
    for line in (ROOT / "docs" / "reference" / "metrics.md").read_text(encoding="utf-8").splitlines():
        row = re.match(r"\| `(\w+)` \| (\w+)[^|]* \| ([^|]*) \|", line)
        if row is None:
            continue
        labels = {label for part in row[3].split("<br>") for label in re.findall(r"^`(\w+)`", part.strip())}
        for suffix in ("_bucket", "_sum", "_count") if row[2] == "histogram" else ("",):
            found[row[1] + suffix] = labels | ({"le"} if suffix == "_bucket" else set())
    for exporter in yaml.safe_load((FOLDER / "exporters.yaml").read_text(encoding="utf-8")).values():
        found |= {name: set(labels) for name, labels in exporter["metrics"].items()}
    for path in (ROOT / "deploy" / "observability" / "rules").glob("*.yaml"):
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]:
            for rule in (rule for rule in group["rules"] if "record" in rule):
                found.setdefault(rule["record"], {"slo"}).update(rule.get("labels", {}))
                found[rule["record"]].update(*(grouped(rule["expr"])))
    return found


def grouped(expr: str) -> list[set[str]]:
    """The labels of each by, on, group_left and so on."""
    return [{label.strip() for label in found.split(",") if label.strip()} for found in GROUPED.findall(expr)]


def faults(expr: str, legend: str, metrics: dict[str, set[str]]) -> list[str]:
    """What a query and its legend name that there is not."""
    found, labels = [], set(SCRAPED)
    for name, matchers in SELECTOR.findall(expr):
        if name not in metrics:
            found.append(f"no metric {name}")
            continue
        labels |= metrics[name]
        found += [
            f"{name} has no label {label}" for label in LABEL.findall(matchers) if label not in metrics[name] | SCRAPED
        ]
        if not name.startswith("up") and 'environment=~".*"' not in matchers:
            found.append(f"{name} is not of the environment")
    by = set().union(*grouped(expr)) if grouped(expr) else labels
    found += [f"grouped by {label}, which no metric there has" for label in by - labels]
    bare = re.sub(r'"[^"]*"|\[[^\]]*\]', " ", GROUPED.sub(" ", SELECTOR.sub(" ", expr)))
    found += [f"{word} is no selector with braces" for word in re.findall(r"\b[a-z]\w*_\w*\b(?!\s*\()", bare)]
    return found + [
        f"the legend's {label} is not there" for label in re.findall(r"{{(\w+)}}", legend) if label not in by
    ]


def test_every_metric_and_label_is_there():
    metrics = known()
    found = {where: faults(expr, legend, metrics) for where, expr, legend in queries()}
    assert {where: what for where, what in found.items() if what} == {}


@pytest.mark.parametrize(
    ("expr", "legend"),
    [
        ('sum by (currency) (rate(orders_payed_total{environment=~".*"}[1m]))', "{{currency}}"),
        ('sum by (curency) (rate(orders_paid_total{environment=~".*"}[1m]))', "{{curency}}"),
        ('sum(rate(orders_paid_total{environment=~".*",country="GB"}[1m]))', "all"),
        ('sum by (currency) (rate(orders_paid_total{environment=~".*"}[1m]))', "{{kind}}"),
        ("sum(rate(orders_paid_total[1m]))", "all"),
        ("sum(rate(orders_paid_total{}[1m]))", "all"),
    ],
)
def test_a_wrong_metric_label_legend_or_selector_is_found(expr: str, legend: str):
    right = 'sum by (currency) (rate(orders_paid_total{environment=~".*"}[1m]))'
    assert faults(right, "{{currency}}", known()) == []
    assert faults(expr, legend, known())


def test_every_query_parses(tmp_path: Path):
    if not PROMTOOL.exists():
        skip_without("promtool", "tools/install_monitoring_tools.sh could not bring it")
    rules: list[dict[str, Any]] = [
        {"record": f"query:{number}", "expr": expr, "labels": {"at": re.sub(r"\W", "_", where)}}
        for number, (where, expr, _) in enumerate(queries())
    ]
    assert check(tmp_path, rules) == ""
    assert "parse" in check(tmp_path, [{"record": "wrong", "expr": "sum by (a (b)"}])


def check(folder: Path, rules: list[dict[str, Any]]) -> str:
    """What promtool finds wrong with these rules."""
    path = folder / "queries.yaml"
    path.write_text(json.dumps({"groups": [{"name": "queries", "rules": rules}]}), encoding="utf-8")
    argv = [str(PROMTOOL), "check", "rules", "--lint=none", str(path)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)
    return "" if done.returncode == 0 else done.stdout + done.stderr
