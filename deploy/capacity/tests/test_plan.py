"""Plans of known loads: pods by the autoscaler's target, what bounds them, classes and money."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from deploy.aws.cost import prices
from deploy.capacity import advice, cli, costs, document, money, plan, settings, stores
from deploy.charts import autoscaling, connections, helm
from deploy.charts.policies import of_kind
from deploy.charts.tests.releases import release
from deploy.refusal import Refusal

KNOWN = costs.read()
PRODUCTION = settings.environment("production")


def planned(rate, environment=PRODUCTION, known=KNOWN):
    return plan.of(known, environment, plan.load_of(rate))


def of(found, name):
    return next(each for each in found.pods if each.name == name)


def test_pods_are_as_many_as_keep_each_at_the_autoscalers_target():
    for rate in (1, 17, 170):
        for each in planned(rate).pods:
            target = 0.6 if each.name == "traefik" else 0.7
            assert each.millicores / each.needed <= each.cpu * target + 0.001
            fewer = each.millicores - KNOWN.idle[each.name]
            assert each.needed == 1 or fewer / (each.needed - 1) > each.cpu * target - 0.001


@pytest.mark.usefixtures("needs_helm")
@pytest.mark.parametrize("rate", [17, 120])
def test_the_rendered_autoscaler_settles_at_the_planned_pods(rate):
    for each in planned(rate).pods:
        path = helm.ROOT / "services" / each.name / "service.yaml"
        if not path.exists():
            continue
        objects = release(path, helm.ENVIRONMENTS / "production.yaml")
        (scaler,) = of_kind(objects, "HorizontalPodAutoscaler")
        assert (scaler["spec"]["minReplicas"], scaler["spec"]["maxReplicas"]) == (each.least, each.most)
        used = {"cpu": 100 * each.millicores / each.count / each.cpu}
        assert autoscaling.Autoscaler(scaler["spec"]).replicas(0, each.count, 0, used) == each.count


def test_an_autoscaler_that_stops_too_early_is_said_with_the_file_that_stops_it():
    payments = of(planned(170), "payments")
    few = replace(PRODUCTION, services=tuple(replace(each, most=3) for each in PRODUCTION.services))
    found = planned(170, few)
    assert of(found, "payments").count == 3 < payments.needed
    said = next(line for line in advice.sentences(found) if line.startswith("payments needs"))
    assert f"payments needs {payments.needed} pods and its autoscaler stops at 3" in said
    assert "services/payments/service.yaml" in said
    bearable = of(found, "payments").orders_at_most
    assert of(planned(bearable * 0.99, few), "payments").needed == 3
    assert of(planned(bearable * 1.01, few), "payments").needed == 4


def test_development_needs_the_nodes_that_its_price_assumes():
    found = planned(0.2, settings.environment("development"))
    assert found.nodes == found.had_nodes


def test_a_service_that_is_not_measured_is_said():
    new = replace(PRODUCTION.services[0], name="wishes")
    found = planned(1, replace(PRODUCTION, services=(*PRODUCTION.services, new)))
    # pages and shop were added after the last measurement.
    assert found.unmeasured == ["pages", "shop", "wishes"]
    assert any(line.startswith("wishes is not measured") for line in advice.sentences(found))


def test_connections_are_those_of_the_pools_of_the_planned_pods():
    found = planned(17)
    services = [each for each in found.pods if each.name != "traefik"]
    assert found.database.connections == sum(each.count for each in services) * (2 * 5 + 1)
    assert found.database.in_rollout == connections.budget("production").in_rollout


@pytest.mark.parametrize(
    ("known", "because"),
    [
        (replace(KNOWN, order={**KNOWN.order, "postgres": 400}), "CPU"),
        (replace(KNOWN, database={**KNOWN.database, "kb_an_order": 400}), "memory"),
        (KNOWN, "connections"),
    ],
    ids=["CPU", "memory", "connections"],
)
def test_the_class_of_the_database_is_the_cheapest_that_has_all_and_says_what_decides(known, because):
    found = planned(17, known=known).database
    hourly = prices().table["rds_hour"]
    assert because in found.because
    assert found.kind is not None
    cores = 2 * connections.larges(found.kind.split(".")[2])
    assert found.cores <= cores / 2
    assert found.memory_gib <= connections.gib(found.kind)
    assert found.in_rollout <= connections.of_class(found.kind)
    cheaper = [kind for kind in hourly if hourly[kind] < hourly[found.kind] and ".t" not in kind]
    for kind in cheaper:
        enough = 2 * connections.larges(kind.split(".")[2]) / 2 >= found.cores
        enough = enough and connections.gib(kind) >= found.memory_gib
        assert not (enough and connections.of_class(kind) >= found.in_rollout), kind


def test_where_no_class_is_enough_that_is_said():
    found = planned(10_000)
    assert found.database.kind is None
    assert any(line.startswith("No class of prices.toml is enough") for line in advice.sentences(found))


def test_the_cache_has_room_for_what_stays_of_shoppers():
    known = replace(KNOWN, cache={**KNOWN.cache, "kb_a_shopper": 2})
    small, large = planned(1, known=known).cache, planned(200, known=known).cache
    assert large.memory_mb - small.memory_mb == pytest.approx(199 * 3600 * 2 / 1000)
    assert (small.kind, large.kind) == ("cache.t4g.micro", "cache.t4g.medium")
    assert stores.cache(known, plan.load_of(10_000), {"cache.t4g.micro": 1.0}).kind is None


def test_money_is_the_sum_of_what_is_bought():
    bought = money.Bought({"m7g.large": 2}, "db.m7g.large", 100, "cache.t4g.small", 0)
    table = prices().table
    found = money.bill(bought, PRODUCTION)
    disks = 2 * prices().usage("production")["workload_disk_gb"] * table["price"]["volume_gb"]
    assert found.nodes == pytest.approx(2 * table["ec2_hour"]["m7g.large"] * 730 + disks)
    assert found.database == pytest.approx(2 * (table["rds_hour"]["db.m7g.large"] * 730 + 100 * 0.137))
    assert found.cache == pytest.approx(3 * table["cache_hour"]["cache.t4g.small"] * 730)
    assert found.usd == pytest.approx(found.nodes + found.database + found.cache)
    assert money.a_thousand_orders(1000, 1) == pytest.approx(1000 / (60 * 200 * 30) * 1000)


def test_what_does_not_depend_on_the_rate_is_the_rest_of_the_page():
    for name in ("development", "staging", "production"):
        left = money.everything_else(settings.environment(name))
        assert left is not None
        assert 0 < left < 3000


def test_the_page_has_the_plans_of_today():
    assert document.PAGE.read_text(encoding="utf-8") == document.page(), "stale: make capacity ARGS=--write"


def run(capsys, *words):
    """Exit status, and what was printed."""
    try:
        cli.main(words)
        status = 0
    except SystemExit as ended:
        status = int(ended.code or 0)
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def test_the_command_prints_pods_nodes_classes_money_and_what_to_change(capsys):
    status, out, _ = run(capsys, "--rate", "170")
    assert status == 0
    for said in ("production at 170 orders a second", "payments", "nodes of workloads", "db.", "USD for 1,000 orders"):
        assert said in out
    assert "- traefik needs" in out
    status, out, _ = run(capsys, "--rate", "17", "--env", "staging", "--json")
    found = json.loads(out)
    assert found["environment"] == "staging"
    assert math.isclose(
        found["usd_a_month"]["sum"], sum(found["usd_a_month"][part] for part in ("nodes", "database", "cache", "edge"))
    )


@pytest.mark.parametrize("rate", ["", "abc", "0", "-1", "nan", "inf", "1e9"])
def test_a_rate_that_is_none_is_refused_with_a_sentence(capsys, rate):
    status, _, err = run(capsys, "--rate", rate)
    assert status == 2
    assert "RATE=17" in err


def test_an_environment_that_is_none_is_refused_with_those_that_are(capsys):
    for name in ("nowhere", "cluster", ""):
        status, _, err = run(capsys, "--rate", "1", "--env", name)
        assert status == 2
        assert "development, staging, production" in err
    with pytest.raises(Refusal, match="no_such_setting of production"):
        settings.row("no_such_setting", "production")
