"""A gauge that one process reads for all is gone for a while after that process was killed: no alert on it is told as
over meanwhile, by promtool.
"""

import json
import re

import pytest

from chassis.service import readings
from deploy.observability.rules import compiled
from deploy.observability.rules.objectives import ROOT
from deploy.observability.tests import names, worlds

_SHARED = re.compile(r"^\| `(\w+)` \|.*\| (one process|the books) \|$", re.MULTILINE)
SHARED = {name for name, _ in _SHARED.findall((ROOT / "docs" / "reference" / "metrics.md").read_text(encoding="utf-8"))}
# When the process was last alive, or the books were last checked, is 0 when it is new: nothing is over by that.
SHARED -= {"books_checked_timestamp_seconds", "books_failed_total"}
ALERTS = [rule for rule in names.rules(g for each in compiled.groups().values() for g in each) if "alert" in rule]
_ASKED = [(rule, set(re.findall(r"\w+", rule["expr"]))) for rule in ALERTS]
ON_SHARED = [rule for rule, words in _ASKED if words & SHARED and "absent" not in words]
# Seconds between two samples; how long gauges are away, at most: until another has the lease, has read, and is scraped.
STEP, AWAY = 15, readings.LEASE_SECONDS + readings.STANDBY_SECONDS + 2 * 15
GONE, BAD, END = 30 * 60, 34 * 60, 40 * 60


def values(case, world, *, away):
    """15 seconds apart: bad for 34 minutes, with a hole at 30 where the process was killed; then normal."""
    kind = next(name for name in ("gauge", "counter", "age") if name in case)
    normal, bad, total = case.get("normal", case.get("all", 0)), worlds._said(case, world), 0.0
    for second in range(0, END, STEP):
        now = bad if second < BAD else normal
        now = second / 60 * 7 if now == "climbing" else now
        total += now * STEP / 60 if kind == "counter" else 0
        if away and GONE <= second < GONE + AWAY:
            yield "stale"
        else:
            yield str({"gauge": now, "counter": total, "age": second - now}[kind])


def series(case, world):
    name = next(case[kind] for kind in ("gauge", "counter", "age") if kind in case)
    return {"series": name, "values": " ".join(values(case, world, away=name.partition("{")[0] in SHARED))}


def firing(rule, seconds):
    labels = f'alertname="{rule["alert"]}",severity="{rule["labels"]["severity"]}",alertstate="firing"'
    return f"max(count_over_time(ALERTS{{{labels}}}[{seconds}s]))"


def world(severity):
    """All alerts on shared gauges fire without a break, over the hole, until they are over."""
    asked = [rule for rule in ON_SHARED if rule["labels"]["severity"] == severity]
    cases = {name: each for group in worlds.CASES.values() for name, each in group.items()}
    inputs = {s["series"]: s for rule in asked for s in (series(each, severity) for each in cases[rule["alert"]])}
    checks = []
    for rule in asked:
        checks.append(worlds.check(firing(rule, 240), 33, 240 / STEP))
        checks.append(worlds.check(f"{firing(rule, 60)} or vector(0)", END // 60 - 1, 0))
    return {"name": severity, "interval": f"{STEP}s", "input_series": [*inputs.values()], "promql_expr_test": checks}


def answer(promtool, folder, texts):
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    tests = {"rule_files": list(texts), "evaluation_interval": f"{STEP}s", "tests": [world("page"), world("ticket")]}
    (folder / "test.json").write_text(json.dumps(tests))
    return promtool("test", "rules", folder / "test.json")


_NAMES = {"correctness.yaml", "feed.yaml", "payments.yaml", "shop.yaml"}
FILES = {name: text for name, text in compiled.files().items() if name in _NAMES}


def test_every_alert_on_a_shared_gauge_fires_on_while_another_process_takes_over():
    kept = {rule["alert"] for rule in ALERTS if "keep_firing_for" in rule}
    assert kept == {rule["alert"] for rule in ON_SHARED}
    assert all(int(rule["keep_firing_for"].removesuffix("m")) * 60 > AWAY for rule in ON_SHARED)


def test_no_alert_is_over_while_its_gauge_is_away(promtool, tmp_path):
    done = answer(promtool, tmp_path, FILES)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("alert", ["FeedHalted", "Oversold"])
def test_an_alert_that_does_not_fire_on_is_found(promtool, tmp_path, alert):
    rules = re.compile(rf"(- alert: {alert}\n    expr: .*\n(?:    for: \w+\n)?)    keep_firing_for: 2m\n")
    texts = {name: rules.sub(r"\1", text) for name, text in FILES.items()}
    done = answer(promtool, tmp_path, texts)
    assert done.returncode == 1
    assert set(re.findall(r'alertname=\\?"(\w+)\\?"', done.stderr)) == {alert}
