"""Every alert, by promtool: it fires, it does not fire below its guard, and it resolves."""

import json
import re

import pytest
import yaml

from deploy.observability.rules.compiled import FOLDER
from deploy.observability.tests import worlds


def answer(promtool, folder, *rules):
    """promtool's answer on these files of rules."""
    paths = []
    for path in rules:
        paths.append(folder / f"{path.stem}.json")
        paths[-1].write_text(json.dumps(worlds.promtools_file(path, worlds.CASES[path.stem])))
    return promtool("test", "rules", *paths)


def test_each_alert_fires_and_resolves_and_keeps_quiet_below_its_guard(promtool, tmp_path):
    done = answer(promtool, tmp_path, *(FOLDER / f"{name}.yaml" for name in worlds.CASES))
    assert done.returncode == 0, done.stdout + done.stderr


_EXPECTED = (
    ' and on () sum(increase(payments_provider_calls_total{operation=~"capture|cancel",outcome="answered"}[30m])) >= 5'
)
SEEDED = {
    "guard left out": ("payments", _EXPECTED, "", "WebhooksMissing"),
    "milliseconds for seconds": ("feed", "(inbox_lag_seconds) > 120", "(inbox_lag_seconds) > 120000", "FeedLag"),
    "never resolves": (
        "correctness",
        'max(books_faults{check="oversold"})',
        'max(max_over_time(books_faults{check="oversold"}[1d]))',
        "Oversold",
    ),
}


@pytest.mark.parametrize("seeded", SEEDED)
def test_mistake_in_an_alert_is_found(promtool, tmp_path, seeded):
    name, right, wrong, alert = SEEDED[seeded]
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    assert text.count(right) == 1
    path = tmp_path / f"{name}.yaml"
    path.write_text(text.replace(right, wrong))
    done = answer(promtool, tmp_path, path)
    assert done.returncode == 1
    assert {
        line.split('alertname=\\"')[1].split("\\")[0] for line in done.stderr.splitlines() if "alertname" in line
    } == {alert}


# An alert that counts over a time. `increase` is no whole number: it reckons beyond the samples, and one is 1.017.
_COUNTED = re.compile(r"(?:^|\bor )(?:sum|max)(?: by \([^)]*\))? ?\((?:increase|changes)\(")
FAILED = ("RefundsFailed", "ticket")
_ROUNDED = '{{ printf "%.0f" $value }}'


def alerts(name):
    groups = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"] if "alert" in rule]


@pytest.mark.parametrize("name", worlds.CASES)
def test_what_is_counted_over_a_time_is_told_as_a_whole_number(name):
    counted = [rule for rule in alerts(name) if _COUNTED.search(rule["expr"])]
    texts = [rule["annotations"]["summary"].replace(_ROUNDED, "") for rule in counted]
    assert [text for text in texts if "$value" in text] == []


def test_one_refund_that_failed_is_told_as_1(promtool, tmp_path):
    (rule,) = [rule for rule in alerts("payments") if (rule["alert"], rule["labels"]["severity"]) == FAILED]
    told = rule["annotations"] | {"summary": "1 refunds failed within the last hour."}
    expected = {"exp_labels": rule["labels"], "exp_annotations": told}
    test = {
        "interval": "55s",
        "input_series": [{"series": 'payments_refunds_total{outcome="failed"}', "values": "0x30 1x60"}],
        "alert_rule_test": [{"alertname": FAILED[0], "eval_time": "60m", "exp_alerts": [expected]}],
    }
    path = tmp_path / "refunds.json"
    path.write_text(json.dumps({"rule_files": [str(FOLDER / "payments.yaml")], "tests": [test]}))
    done = promtool("test", "rules", path)
    assert done.returncode == 0, done.stdout + done.stderr
