"""Rules whose durations are divided: nothing else changes, and Prometheus accepts them."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from chassis.testing.skipping import skip_without
from mercat.observe import shorter
from mercat.tests.conftest import ROOT

RULES = sorted((ROOT / "deploy" / "observability" / "rules").glob("*.yaml"))
DURATION = re.compile(r"(\d+(ms|[smhdwy]))+\b")


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ("rate(a[5m])", "rate(a[10000ms])"),
        ("rate(a[1m])", "rate(a[5000ms])"),
        ("max_over_time((a > 1)[1h:1m])", "max_over_time((a > 1)[120000ms:2000ms])"),
        ("rate(a[1h30m] offset 1w) > 1800", "rate(a[180000ms] offset 20160000ms) > 1800"),
        ("a offset -1h", "a offset -120000ms"),
        ('slo:errors:rate5m{slo=~"a[5m]?"} > 14.4 * 0.001', 'slo:errors:rate5m{slo=~"a[5m]?"} > 14.4 * 0.001'),
        ("offset_5m > 5", "offset_5m > 5"),
    ],
)
def test_ranges_and_offsets_are_divided_and_thresholds_stay(given, made):
    assert shorter.expression(given, 30) == made


def test_times_of_rules_and_groups_are_divided():
    texts = {"labels": {"for": "15m"}, "annotations": {"summary": "in [5m]"}}
    rule = {"alert": "A", "expr": "a > 1", "for": "15m", **texts}
    group = {"name": "5m", "interval": "1m", "rules": [rule, {"record": "a:rate5m", "expr": "rate(a[5m])"}]}
    made = shorter.rules({"groups": [group]}, 30)["groups"][0]
    assert made["rules"] == [{**rule, "for": "30000ms"}, {"record": "a:rate5m", "expr": "rate(a[10000ms])"}]
    assert (made["name"], made["interval"]) == ("5m", "2000ms")
    assert shorter.duration("0s", 30) == "0s"


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_every_rule_keeps_all_but_its_durations(path: Path):
    content = yaml.safe_load(path.read_text("utf-8"))
    made = shorter.rules(content, 60)

    def blank(value: object) -> str:
        return DURATION.sub("_", json.dumps(value))

    assert blank(made) == blank(content)


def test_prometheus_accepts_the_rules(tmp_path):
    promtool = ROOT / ".venv" / "monitoring" / "promtool"
    if not promtool.exists():
        skip_without("promtool", "run sh tools/install_monitoring_tools.sh")
    paths = []
    for path in RULES:
        paths.append(tmp_path / path.name)
        paths[-1].write_text(json.dumps(shorter.rules(yaml.safe_load(path.read_text("utf-8")), 60)))
    assert paths
    checked = subprocess.run([promtool, "check", "rules", *paths], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
