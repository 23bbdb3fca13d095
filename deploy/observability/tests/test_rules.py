"""The files of rules: as compiled, valid, complete, and asking for what there is."""

import copy
import json
import re

import pytest
import yaml

from deploy.observability.rules import alerts, compiled
from deploy.observability.rules.objectives import ROOT
from deploy.observability.tests import names, worlds

GROUPS = compiled.groups()
ALL = [group for each in GROUPS.values() for group in each]
ALERTS = [rule for rule in names.rules(ALL) if "alert" in rule]
NAMES = {rule["alert"] for rule in ALERTS}
# Named in the runbooks already; no rule of theirs is loaded before their features and metrics are there.
WAITING = {
    "AuditChainBroken": "the chain is verified by a command, and no metric tells of it",
    "RequestsShed": "no request is shed by its class yet",
    "RestoreDrillFailed": "the drill is `make drill-restore`, by hand: no job in a cluster runs it yet",
}
RUNBOOKS = ROOT / "docs" / "runbooks"
_DURATION = re.compile(r"\[(\d+)([smhd])")
_CHECKS = re.compile(r"books_faults\{check=~?\"([a-z_|]+)\"")


def test_files_in_git_are_those_that_are_compiled():
    found = {path.name: path.read_text(encoding="utf-8") for path in compiled.FOLDER.glob("*.yaml")}
    assert found == compiled.files(), "run `python -m deploy.observability.rules`"


def test_promtool_accepts_every_file(promtool):
    done = promtool("check", "rules", "--lint=all", "--lint-fatal", *sorted(compiled.FOLDER.glob("*.yaml")))
    assert done.returncode == 0, done.stdout + done.stderr


def test_rules_ask_for_metrics_labels_and_values_that_there_are():
    assert names.complaints(ALL, names.documented()) == []


SEEDED = {
    "metric renamed": ("inbox_lag_seconds", "inbox_delay_seconds", "has no inbox_delay_seconds"),
    "label wrong": (
        'identity_refreshes_total{verdict="reuse"}',
        'identity_refreshes_total{outcome="reuse"}',
        "has no label outcome",
    ),
    "value wrong": ('verdict="reuse"', 'verdict="reused"', "is never reused"),
    "one value of several wrong": (
        '"unknown|misconfigured|busy"',
        '"unknown|misconfigured|late"',
        "is never unknown|misconfigured|late",
    ),
    "grouped by what is not there": (
        "max by (service, producer) (inbox_halted)",
        "max by (service, follower) (inbox_halted)",
        "label follower",
    ),
    "milliseconds for seconds": ('le="0.3"', 'le="300.0"', "300.0 is no edge"),
    "between two edges": ('le="5.0"', 'le="7.0"', "7.0 is no edge"),
    "nothing records it": (
        "shop:orders_usual:rate1h * 600",
        "shop:orders_normal:rate1h * 600",
        "nothing records shop:orders_normal:rate1h",
    ),
}


@pytest.mark.parametrize("seeded", SEEDED)
def test_mistake_in_a_rule_is_found(seeded):
    right, wrong, complaint = SEEDED[seeded]
    text = json.dumps(ALL)
    escaped = json.dumps(right)[1:-1]
    assert escaped in text
    found = names.complaints(json.loads(text.replace(escaped, json.dumps(wrong)[1:-1])), names.documented())
    assert any(complaint in each for each in found), found


def test_every_alert_says_what_happened_whom_it_hurts_and_where_to_look():
    for rule in ALERTS:
        assert rule["labels"]["severity"] in alerts.SEVERITIES
        said = rule["annotations"]
        assert set(said) == {"summary", "impact", "dashboard", "runbook_url"}, rule["alert"]
        assert all(len(said[name]) > 10 for name in said)
        assert said["dashboard"].startswith("/d/mercat-")
        assert said["runbook_url"] == f"docs/runbooks/{rule['alert']}.md"


def test_each_alert_has_at_most_one_rule_of_a_severity_and_budgets_one_for_each_pair_of_windows():
    keys = [(rule["alert"], rule["labels"]["severity"], rule["labels"].get("windows")) for rule in ALERTS]
    assert len(keys) == len(set(keys))


def test_every_check_of_the_books_has_an_alert():
    checks = {"order_missing"} | {path.stem for path in (ROOT / "services").glob("*/books/**/*.sql")}
    told = {name for rule in ALERTS for names in _CHECKS.findall(rule["expr"]) for name in names.split("|")}
    assert told == checks


def without_runbook(alert_names, folder):
    """The alerts that have no page with their name as its heading, and the pages that belong to no alert."""
    pages = {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("[A-Z]*.md") if path.stem != "README"}
    missing = {name for name in alert_names if not pages.get(name, "").startswith(f"# {name}\n")}
    return missing | (pages.keys() - alert_names)


def test_every_alert_has_its_runbook_and_every_runbook_its_alert():
    assert NAMES.isdisjoint(WAITING)
    assert without_runbook(NAMES | WAITING.keys(), RUNBOOKS) == set()


def test_alert_without_runbook_and_runbook_without_alert_are_found(tmp_path):
    (tmp_path / "One.md").write_text("# One\n")
    (tmp_path / "Two.md").write_text("# Another\n")
    assert without_runbook({"One"}, tmp_path) == {"Two"}
    assert without_runbook({"One", "Two", "Three"}, tmp_path) == {"Two", "Three"}


def test_every_alert_of_every_severity_is_tested():
    made = {
        (name, severity)
        for cases in worlds.CASES.values()
        for name, each in cases.items()
        for severity in worlds.severities(each)
    }
    # These have tests of their own: test_objectives.py, test_missing.py, and the always-firing one below.
    elsewhere = {"ErrorBudgetBurn", "LatencyBudgetBurn", "MetricsMissing", "Watchdog"}
    wanted = {(rule["alert"], rule["labels"]["severity"]) for rule in ALERTS}
    assert {pair for pair in wanted if pair[0] not in elsewhere} == made


def test_groups_are_the_spec_of_a_prometheus_rule():
    found = [group["name"] for group in ALL]
    assert len(found) == len(set(found))
    for group in ALL:
        assert set(group) <= {"name", "interval", "rules"}
        for rule in group["rules"]:
            assert set(rule) <= {"alert", "record", "expr", "for", "keep_firing_for", "labels", "annotations"}
            assert all(isinstance(value, str) for value in rule.get("labels", {}).values())
    assert yaml.safe_load(compiled.files()["feed.yaml"]) == {"groups": copy.deepcopy(GROUPS["feed"])}


def test_new_service_has_its_objectives_and_is_missed_when_it_is_silent(tmp_path):
    folder = tmp_path / "services" / "returns"
    folder.mkdir(parents=True)
    text = (ROOT / "services" / "identity" / "service.yaml").read_text()
    (folder / "service.yaml").write_text(
        text.replace("name: identity", "name: returns").replace("p99: 800ms", "p99: 400ms")
    )
    found = compiled.groups(tmp_path)
    slos = {rule["labels"]["slo"] for rule in names.rules(found["slo"]) if rule.get("record") == "slo:budget"}
    assert {"returns", "returns-400ms"} <= slos
    assert 'absent(up{job="services",service="returns"})' in found["missing"][0]["rules"][0]["expr"]
