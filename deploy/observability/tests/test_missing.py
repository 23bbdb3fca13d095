"""What is not measured is an alert, by promtool; and what is usual at an hour."""

import json
import re

import yaml

from deploy.observability.rules import alerts, compiled
from deploy.observability.tests.worlds import check

MISSING = compiled.groups()["missing"][0]["rules"][0]["expr"]
_ABSENT = re.compile(r"absent\(([^()]+)\)")
# Each series in turn is away for 20 minutes, and back for 20.
ROUND, AWAY = 40, 20


def run(promtool, tmp_path, rules, every, *tests):
    path = tmp_path / "test.json"
    path.write_text(json.dumps({"rule_files": [str(rules)], "evaluation_interval": every, "tests": tests}))
    done = promtool("test", "rules", path)
    assert done.returncode == 0, (done.stdout + done.stderr)[:5000]


def series(selector, number, rounds):
    """1 each minute, but in its own round."""
    before, after = number * ROUND, (rounds - number) * ROUND
    return {"series": selector, "values": f"{f'1x{before - 1} ' if before else ''}stale _x{AWAY - 1} 1x{after - AWAY}"}


def firing(minute, value, labels=""):
    expr = f'count(ALERTS{{alertname="MetricsMissing",alertstate="firing"{labels}}}) or vector(0)'
    return check(expr, minute, value)


def test_each_job_service_and_metric_that_is_away_is_one_ticket_until_it_is_back(promtool, tmp_path):
    selectors = sorted(set(_ABSENT.findall(MISSING)))
    assert len(selectors) > 40
    inputs, checks = [{"series": 'up{job="cloudwatch",namespace="monitoring"}', "values": "1x5000"}], [firing(0, 0)]
    for number, selector in enumerate(selectors):
        inputs.append(series(selector, number, len(selectors)))
        named = re.findall(r'\w+="\w[\w-]*"', selector) or [f'metric="{selector}"']
        checks.append(firing(number * ROUND + AWAY - 2, 1, "," + ",".join(named)))
        checks.append(firing(number * ROUND + AWAY - 2, 1))
        checks.append(firing(number * ROUND + ROUND - 2, 0))
    world = {"name": "one after the other", "interval": "1m", "input_series": inputs, "promql_expr_test": checks}
    run(promtool, tmp_path, compiled.FOLDER / "missing.yaml", "2m", world)


def test_laptop_misses_no_cluster_and_readings_that_nobody_makes_are_missed(promtool, tmp_path):
    here = [
        each
        for each in _ABSENT.findall(MISSING)
        if not any(f'"{job}"' in each for job in (*alerts.CLUSTER_JOBS, *alerts.PUBLIC_JOBS))
    ]
    steady = [{"series": selector, "values": "1x100"} for selector in sorted(set(here))]
    held = {"series": 'readings_lease_held{service="orders",instance="orders-1"}', "values": "1x10 0x40 1x50"}
    failed = {"series": 'readings_failed_total{service="payments",reading="books"}', "values": "0x40 0+2x20 40x40"}
    orders = firing(30, 1, ',service="orders",metric="readings"')
    payments = firing(60, 1, ',service="payments",reading="books"')
    world = {
        "name": "laptop",
        "interval": "1m",
        "input_series": [*steady, held, failed],
        "promql_expr_test": [firing(9, 0), orders, firing(30, 1), payments, firing(99, 0)],
    }
    run(promtool, tmp_path, compiled.FOLDER / "missing.yaml", "1m", world)


def test_usual_is_the_mean_of_the_same_hour_of_as_many_weeks_as_there_are(promtool, tmp_path):
    rules = [rule for rule in compiled.groups()["usual"][0]["rules"] if "_usual:" in rule["record"]]
    path = tmp_path / "usual.yaml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "usual", "rules": rules}]}))
    week = 7 * 48  # half hours
    values = f"1x{week - 1} 2x{week - 1} 6x{week - 1} 100x20"
    inputs = [
        {"series": name, "values": values}
        for name in (
            "shop:orders:rate1h",
            "shop:decline_ratio:rate1h",
            'limit:refusals:rate1h{service="orders",limit="checkout"}',
        )
    ]
    inputs.append({"series": "shop:sign_in_failures:rate1h", "values": f"_x{2 * week} 6x{week - 1} 100x20"})
    now, young = 3 * week * 30 + 60, week * 30 + 60
    mean = [
        check("sum(shop:orders_usual:rate1h)", now, 3),
        check("sum(shop:decline_ratio_usual:rate1h)", now, 3),
        check('sum(limit:refusals_usual:rate1h{limit="checkout"})', now, 3),
        check("sum(shop:sign_in_failures_usual:rate1h)", now, 6),
        check("sum(shop:orders_usual:rate1h)", young, 1),
        # Before there is a week of history: none of orders, and none that were refused.
        {"expr": "shop:orders_usual:rate1h", "eval_time": "90h", "exp_samples": []},
        check('sum(limit:refusals_usual:rate1h{limit="checkout"})', 90 * 60, 0),
    ]
    run(
        promtool,
        tmp_path,
        path,
        "30m",
        {"name": "weeks", "interval": "30m", "input_series": inputs, "promql_expr_test": mean},
    )


def test_refusals_are_counted_by_limit_without_those_that_refuse_nobody(promtool, tmp_path):
    inputs = [
        {
            "series": 'rate_limit_decisions_total{service="orders",limit="checkout",outcome="refused"}',
            "values": "0+60x60",
        },
        {
            "series": 'rate_limit_decisions_total{service="orders",limit="checkout",outcome="refused_locally"}',
            "values": "0+60x60",
        },
        {
            "series": 'rate_limit_decisions_total{service="orders",limit="checkout",outcome="allowed"}',
            "values": "0+600x60",
        },
        {
            "series": 'rate_limit_decisions_total{service="payments",limit="stripe.create",outcome="refused"}',
            "values": "0+60x60",
        },
        {
            "series": 'rate_limit_decisions_total{service="identity",limit="audit-denials",outcome="refused"}',
            "values": "0+60x60",
        },
        {"series": 'reads_refused_total{service="catalog"}', "values": "0+30x60"},
    ]
    samples = [
        {"labels": '{service="catalog",limit="reads"}', "value": 0.5},
        {"labels": '{service="orders",limit="checkout"}', "value": 2},
    ]
    checks = [{"expr": "round(limit:refusals:rate15m, 0.1)", "eval_time": "50m", "exp_samples": samples}]
    world = {"name": "refusals", "interval": "1m", "input_series": inputs, "promql_expr_test": checks}
    run(promtool, tmp_path, compiled.FOLDER / "usual.yaml", "1m", world)


def test_watchdog_always_fires_and_a_disk_that_fills_is_told_before_it_is_full(promtool, tmp_path):
    # 60 % used, and 0.2 % more each minute: full after 200 minutes.
    available = " ".join(str(40 - 0.2 * minute) for minute in range(90))
    inputs = [
        {"series": 'node_filesystem_avail_bytes{node="one",mountpoint="/",fstype="ext4"}', "values": available},
        {"series": 'node_filesystem_size_bytes{node="one",mountpoint="/",fstype="ext4"}', "values": "100x90"},
    ]
    full = 'count(ALERTS{alertname="DiskFull",severity="page",alertstate="firing"}) or vector(0)'
    watchdog = 'count(ALERTS{alertname="Watchdog",alertstate="firing"}) or vector(0)'
    checks = [check(watchdog, 0, 1), check(watchdog, 80, 1), check(full, 30, 0), check(full, 80, 1)]
    said = {
        "summary": "Alerts are evaluated and sent. This one always fires; where it stops arriving, none arrives.",
        "impact": "Nobody, as long as it is there.",
        "dashboard": "/d/mercat-slo",
        "runbook_url": "docs/runbooks/Watchdog.md",
    }
    alert = {
        "eval_time": "5m",
        "alertname": "Watchdog",
        "exp_alerts": [{"exp_labels": {"severity": "ticket"}, "exp_annotations": said}],
    }
    world = {
        "name": "disk",
        "interval": "1m",
        "input_series": inputs,
        "promql_expr_test": checks,
        "alert_rule_test": [alert],
    }
    run(promtool, tmp_path, compiled.FOLDER / "platform.yaml", "1m", world)


def test_texts_name_the_service_the_value_and_the_runbook(promtool, tmp_path):
    lag = {"series": 'inbox_lag_seconds{service="orders",producer="payments",instance="orders-1"}', "values": "75x20"}
    expected = {
        "exp_labels": {"severity": "ticket", "service": "orders", "producer": "payments"},
        "exp_annotations": {
            "summary": "orders is 1m 15s behind the events of payments.",
            "impact": "Paid orders are confirmed late, and sign-outs take effect late.",
            "dashboard": "/d/mercat-feed",
            "runbook_url": "docs/runbooks/FeedLag.md",
        },
    }
    test = {"eval_time": "15m", "alertname": "FeedLag", "exp_alerts": [expected]}
    run(
        promtool,
        tmp_path,
        compiled.FOLDER / "feed.yaml",
        "1m",
        {"interval": "1m", "input_series": [lag], "alert_rule_test": [test]},
    )
