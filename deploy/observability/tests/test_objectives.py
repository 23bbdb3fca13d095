"""The objectives: what counts as a failure, and how fast a budget may burn, by promtool."""

import json
import re
from itertools import accumulate

import yaml

from deploy.observability.rules import burn
from deploy.observability.rules.compiled import FOLDER
from deploy.observability.rules.objectives import objectives, specs

ALL = objectives(specs())
_SERVED = "http_server_request_duration_seconds"
# One request of each class of routes, and of each service.
ROUTES = [
    ("catalog", "GET", "/api/v1/products/{slug}"),
    ("orders", "PUT", "/api/v1/cart/lines/{variant_id}"),
    ("orders", "POST", "/api/v1/orders"),
    ("identity", "POST", "/api/v1/sessions"),
    ("identity", "POST", "/api/v1/sessions/refresh"),
    ("payments", "POST", "/webhooks/stripe"),
    ("shop", "GET", "/api/v1/shop"),
    ("pages", "GET", "/products/{slug}"),
]
LEAST, MOST = "0.05", "10.0"
EDGES = ("0.05", "0.1", "0.15", "0.3", "0.4", "0.8", "1.5", "5.0", "10.0")


def counted(steps):
    """The values of a counter; steps: (what is added each time, how many times)."""
    added = [amount for amount, times in steps for _ in range(times)]
    return " ".join(f"{value:.6f}".rstrip("0").rstrip(".") for value in accumulate(added))


def world(every, *phases, about=""):
    """All series of a store whose names hold `about`.

    A phase: minutes, requests a minute of each class, the shares that fail and are slow.
    """
    named = {}
    for service, method, route in ROUTES:
        labels = f'job="services",service="{service}",http_route="{route}",http_request_method="{method}"'
        named[f'{_SERVED}_count{{{labels},http_response_status_code="503"}}'] = lambda rate, failed, slow: rate * failed
        named[f'{_SERVED}_count{{{labels},http_response_status_code="200"}}'] = lambda rate, failed, slow: (
            rate * (1 - failed)
        )
        for refusal in ("402", "404", "429", "499"):
            named[f'{_SERVED}_count{{{labels},http_response_status_code="{refusal}"}}'] = lambda rate, failed, slow: (
                0.01 * rate
            )
            for edge in EDGES:
                bucket = f'{_SERVED}_bucket{{{labels},http_response_status_code="{refusal}",le="{edge}"}}'
                named[bucket] = lambda rate, failed, slow: 0.01 * rate
        for edge in EDGES:
            took = (lambda rate, failed, slow: rate * (1 - failed)) if edge == MOST else None
            quick = lambda rate, failed, slow: rate * (1 - failed) * (1 - slow)  # noqa: E731
            named[f'{_SERVED}_bucket{{{labels},http_response_status_code="200",le="{edge}"}}'] = took or quick
    for spec in specs():
        router = f'traefik_router_requests_total{{job="traefik",router="web-{spec.name}-read@file",service="x"'
        named[f'{router},code="503"}}'] = lambda rate, failed, slow: rate * failed
        named[f'{router},code="404"}}'] = lambda rate, failed, slow: rate * (1 - failed)
    named['traefik_entrypoint_requests_total{entrypoint="websecure",code="502"}'] = lambda rate, failed, slow: (
        rate * failed
    )
    named['traefik_entrypoint_requests_total{entrypoint="websecure",code="503"}'] = lambda rate, failed, slow: (
        0.01 * rate
    )
    named['traefik_entrypoint_requests_total{entrypoint="websecure",code="200"}'] = lambda rate, failed, slow: (
        rate * (1 - failed)
    )
    named['payments_settled_at_once_total{outcome="done"}'] = lambda rate, failed, slow: rate * (1 - slow)
    named['payments_settled_at_once_total{outcome="failed"}'] = lambda rate, failed, slow: rate * slow
    named['inbox_event_age_seconds_count{service="orders"}'] = lambda rate, failed, slow: rate
    named['inbox_event_age_seconds_bucket{service="orders",le="5.0"}'] = lambda rate, failed, slow: rate * (1 - slow)
    return [
        {"series": name, "values": counted([(each(*shares) * every, minutes // every) for minutes, *shares in phases])}
        for name, each in named.items()
        if about in name or name.startswith("inbox_")
    ]


def firing(alert, severity, windows, minute, slos):
    expr = (
        f'count by (slo) (ALERTS{{alertname="{alert}",severity="{severity}",windows="{windows}",alertstate="firing"}})'
    )
    samples = [{"labels": f'{{slo="{slo}"}}', "value": 1} for slo in sorted(slos)]
    return {"expr": expr, "eval_time": f"{minute}m", "exp_samples": samples}


def of_kind(found, *kinds):
    return {each.slo for each in found if each.kind in kinds}


def run(promtool, tmp_path, rules, every, *tests):
    done = answer(promtool, tmp_path, rules, every, *tests)
    assert done.returncode == 0, (done.stdout + done.stderr)[:5000]


def answer(promtool, tmp_path, rules, every, *tests):
    """promtool's answer; `every`: minutes between samples and evaluations."""
    path = tmp_path / "test.json"
    test = [
        {"name": name, "interval": f"{every}m", "input_series": series, "promql_expr_test": checks}
        for name, series, checks in tests
    ]
    # promtool evaluates groups in no order, if it is not told.
    order = ["slo", "slo-days", "slo-alerts"]
    path.write_text(
        json.dumps(
            {"rule_files": [str(rules)], "evaluation_interval": f"{every}m", "group_eval_order": order, "tests": test}
        )
    )
    return promtool("test", "rules", path)


def quiet(minute):
    return [
        {
            "expr": 'count(ALERTS{alertstate="firing"}) or vector(0)',
            "eval_time": f"{minute}m",
            "exp_samples": [{"labels": "{}", "value": 0}],
        },
        {
            "expr": "max(slo:error_ratio:rate1h) or vector(0)",
            "eval_time": f"{minute}m",
            "exp_samples": [{"labels": "{}", "value": 0}],
        },
    ]


def test_outage_burns_every_budget_and_refusals_and_slow_refusals_burn_none(promtool, tmp_path):
    rules = tmp_path / "hours.yaml"
    found = yaml.safe_load((FOLDER / "slo.yaml").read_text())["groups"]
    rules.write_text(yaml.safe_dump({"groups": [group for group in found if group["name"] != "slo-days"]}))
    errors, latency = of_kind(ALL, "errors"), of_kind(ALL, "latency")
    pages = [
        firing("ErrorBudgetBurn", "page", "1h/5m", 20, errors),
        firing("LatencyBudgetBurn", "page", "1h/5m", 20, latency),
    ]
    over = [firing("ErrorBudgetBurn", "page", "1h/5m", 32, ()), firing("LatencyBudgetBurn", "page", "1h/5m", 32, ())]
    run(
        promtool,
        tmp_path,
        rules,
        1,
        ("all is well", world(1, (30, 600, 0, 0)), quiet(29)),
        ("all fails", world(1, (24, 600, 0.3, 0.95), (10, 600, 0, 0)), pages + over),
        ("99 requests in an hour, nearly all fail", world(1, (60, 95 / 60, 0.99, 0)), quiet(59)[:1]),
    )


def test_guard_of_traffic_that_is_left_out_is_found(promtool, tmp_path, monkeypatch):
    monkeypatch.setattr(burn, "LEAST_REQUESTS", 0)
    rules = tmp_path / "one.yaml"
    rules.write_text(yaml.safe_dump({"groups": burn.groups([each for each in ALL if each.slo == "checkout"])}))
    few = world(2, (60, 95 / 60, 0.99, 0), about="/api/v1/orders")
    done = answer(promtool, tmp_path, rules, 2, ("99 requests in an hour", few, quiet(59)[:1]))
    assert done.returncode == 1


def test_each_pair_of_windows_has_its_own_burn_rate(promtool, tmp_path):
    some = [each for each in ALL if each.slo in {"checkout", "checkout-5000ms", "event-lag"}]
    rules = tmp_path / "some.yaml"
    rules.write_text(yaml.safe_dump({"groups": burn.groups(some)}))
    error, slow, lag = {"checkout"}, {"checkout-5000ms"}, {"event-lag"}
    # Minutes of errors, minutes without; the shares that fail and are slow, between the thresholds of two pairs.
    for minutes, rest, failed, late, severity, now, before in (
        (100, 45, 0.004, 0.08, "page", "6h/30m", "1h/5m"),
        (180, 140, 0.002, 0.04, "ticket", "24h/2h", "6h/30m"),
        (240, 380, 0.0008, 0.015, "ticket", "3d/6h", "24h/2h"),
    ):
        end, over = minutes - 5, minutes + rest - 5
        lagging = lag if severity == "ticket" else set()
        earlier = "ticket" if before == "24h/2h" else "page"
        checks = [
            firing("ErrorBudgetBurn", severity, now, end, error),
            firing("LatencyBudgetBurn", severity, now, end, slow | lagging),
            firing("ErrorBudgetBurn", earlier, before, end, ()),
            firing("LatencyBudgetBurn", earlier, before, end, lag if earlier == "ticket" else ()),
            firing("ErrorBudgetBurn", severity, now, over, ()),
            firing("LatencyBudgetBurn", severity, now, over, ()),
        ]
        run(
            promtool,
            tmp_path,
            rules,
            2,
            (now, world(2, (minutes, 60, failed, late), (rest, 60, 0, 0), about="/api/v1/orders"), checks),
        )


def test_routers_of_traefik_on_a_laptop_and_in_a_cluster_are_told_apart_by_service():
    # As Traefik 3.7.15 named them, of the laptop's configuration and of the rendered objects of a cluster.
    for router, service in (
        ("web-catalog-read@file", "catalog"),
        ("websecure-identity-public-streamed@file", "identity"),
        ("httproute-mercat-payments-gw-edge-shop-ep-websecure-0-906aee6ed0dd22b8dfe8@kubernetesgateway", "payments"),
        ("mercat-catalog-origin-shop-mercat-example-api-v1-admin-products@kubernetes", "catalog"),
        ("mercat-payments-origin-shop-mercat-example-api-v1-admin-payments@kubernetes", "payments"),
        ("httproute-mercat-shop-gw-edge-shop-ep-websecure-0-906aee6ed0dd22b8dfe8@kubernetesgateway", "shop"),
        ("mercat-catalog-shop-example-com-api-v1-products@kubernetes", "catalog"),
        ("web-portal@file", None),
        ("mercat_refused_1@kubernetescrd", None),
    ):
        found = {
            each.slo
            for each in ALL
            for asked in re.findall(r'router=~"([^"]*)"', each.requests)
            if re.fullmatch(asked, router)
        }
        assert found == ({service} if service else set())


def test_windows_are_the_sum_of_their_parts():
    minutes = {"m": 1, "h": 60, "d": 1440}

    def long(text):
        return int(text[:-1]) * minutes[text[-1]]

    for window, (part, step, number) in burn.WINDOWS.items():
        assert long(step) * number == long(window)
        # No request is left out: what a step sees reaches back to the step before.
        assert long(part) >= long(step)
        assert part in {"5m", *burn.WINDOWS}
    for _, window, _, _ in burn.BURNS:
        assert burn.SECONDS[window] == long(window) * 60
