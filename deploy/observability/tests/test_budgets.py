"""What is left of the budgets of errors, by promtool."""

import yaml

from deploy.observability.rules import burn
from deploy.observability.tests.test_objectives import ALL, run, world


def test_budget_left_is_one_without_errors_and_nothing_when_all_is_used(promtool, tmp_path):
    rules = tmp_path / "one.yaml"
    rules.write_text(yaml.safe_dump({"groups": burn.groups([each for each in ALL if each.slo == "checkout"])}))

    def left(value):
        labels = '{slo="checkout",kind="errors",service="orders",about="shoppers who place an order"}'
        expr = "round(slo:budget_left:30d, 0.01)"
        return [{"expr": expr, "eval_time": "119m", "exp_samples": [{"labels": labels, "value": value}]}]

    tests = [
        ("none fails", world(2, (120, 60, 0, 0), about="/api/v1/orders"), left(1)),
        ("as much as may", world(2, (120, 60, 0.00052, 0), about="/api/v1/orders"), left(0)),
    ]
    run(promtool, tmp_path, rules, 2, *tests)


def test_budget_left_of_a_young_store_is_that_of_its_own_time(promtool, tmp_path):
    rules = tmp_path / "one.yaml"
    rules.write_text(yaml.safe_dump({"groups": burn.groups([each for each in ALL if each.slo == "checkout"])}))
    # It is measured from the 38th minute on, and nothing fails in the first two hours.
    series = 'http_server_request_duration_seconds_count{service="orders",http_request_method="POST",'
    series += 'http_route="/api/v1/orders",http_response_status_code="%s"}'
    inputs = [
        {"series": series % 200, "values": "_x18 0+120x240"},
        {"series": series % 500, "values": "_x18 0x60 0+0.12x180"},
    ]
    labels = '{slo="checkout",kind="errors",service="orders",about="shoppers who place an order"}'

    def left(minute, value):
        expr = "round(slo:budget_left:30d, 0.1)"
        return {"expr": expr, "eval_time": f"{minute}m", "exp_samples": [{"labels": labels, "value": value}]}

    # One of a thousand is twice what 99.95 % allows. After six hours the value of 30 days stands, made anew each hour.
    checks = [left(46, 1), left(58, 1), left(156, 1), left(276, 0), left(400, -0.3), left(500, -0.4)]
    run(promtool, tmp_path, rules, 2, ("young", inputs, checks))
