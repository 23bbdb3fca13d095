"""The price of a real plan, item by item; and that nothing that costs money is silently left out."""

from __future__ import annotations

import re

import pytest
from rich.console import Console

from deploy import TERRAFORM
from deploy.aws.cost import Estimate, Item, estimate, prices
from deploy.aws.cost_table import show
from deploy.aws.layers import environments
from deploy.aws.organisation import organisation
from deploy.aws.plan import Resource, read
from deploy.refusal import Refusal
from deploy.terminal import Terminal
from deploy.tests.double.catalogue import types_used


@pytest.mark.terraform
def test_a_plan_is_priced_item_by_item(plan_of):
    table = prices()
    found = estimate(read(plan_of("cost"), "production").resources, "production")
    items = {item.what: item for item in found.items}
    price, hours = table.table["price"], table.table["hours_a_month"]

    def running(what, number, hourly):
        assert items[what].quantity == number, what
        assert items[what].usd == pytest.approx(number * hourly * hours), what

    running("PostgreSQL db.m7g.large, Multi-AZ", 2, table.table["rds_hour"]["db.m7g.large"])
    running("PostgreSQL db.m7g.large, replica", 1, table.table["rds_hour"]["db.m7g.large"])
    running("Valkey cache.t4g.small", 2, table.table["cache_hour"]["cache.t4g.small"])
    running("NAT gateways", 3, price["nat_gateway_hour"])
    running("interface endpoints, by zone", 4, price["interface_endpoint_hour"])
    running("network load balancers", 1, price["load_balancer_hour"])
    running("public IPv4 addresses", 2, price["public_ipv4_hour"])
    running("system nodes m7g.large", 3, table.table["ec2_hour"]["m7g.large"])
    assert items["PostgreSQL storage"].quantity == 300
    # Both groups stand beside the one template.
    assert items["disks of system nodes"].quantity == 160
    assert items["KMS keys"].usd == price["kms_key"]
    assert items["web ACLs"].usd == price["firewall"]
    assert items["objects in S3 (assumed)"].quantity == table.usage("production")["buckets"]["media"]
    assert items["traffic through NAT (assumed)"].quantity == table.usage("production")["nat_gb"]
    assert found.usd == pytest.approx(sum(item.quantity * item.price for item in found.items))


@pytest.mark.terraform
def test_what_has_no_price_is_named(plan_of):
    found = estimate(read(plan_of("cost"), "production").resources, "production")
    unpriced = "\n".join(found.unpriced)
    assert "aws_sagemaker_endpoint (1)" in unpriced
    assert "system nodes x2gd.metal" in unpriced
    assert "aws_lb.unknown" in unpriced
    assert "…-films" in unpriced
    assert len(found.unpriced) == 4


def test_a_password_that_aws_keeps_costs_a_secret():
    values = {"instance_class": "db.m7g.large", "manage_master_user_password": True}
    found = estimate([Resource("aws_db_instance.x", "aws_db_instance", "x", "", values)], "production")
    assert [item.quantity for item in found.items if item.what == "secrets"] == [1]


def test_every_type_of_ours_has_a_price_or_is_known_to_be_free():
    used = types_used(TERRAFORM / "modules", "aws_")["resource"] | types_used(TERRAFORM / "layers", "aws_")["resource"]
    assert sorted(used - prices().priced - prices().free) == []
    assert not prices().priced & prices().free


def test_every_row_of_a_type_names_a_price_and_an_assumption():
    table = prices().table
    rows = [row for rows in table["types"].values() for row in rows]
    assert {price for _, price, *_ in rows} <= table["price"].keys()
    assert {used for _, _, _, *more in rows for used in more} <= prices().usage("production").keys()


def test_every_environment_has_assumptions_and_they_are_the_same_ones():
    table = prices().table
    assert sorted(table["usage"]) == sorted(environments(TERRAFORM))
    keys = [set(usage) for usage in table["usage"].values()]
    assert all(other == keys[0] for other in keys)
    assert re.fullmatch(r"20\d\d-\d\d", table["as_of"])
    with pytest.raises(Refusal, match=r"usage\.preview"):
        prices().usage("preview")


def test_every_size_that_the_settings_name_has_a_price():
    table = prices().table
    text = (TERRAFORM / "settings" / "environments.tf").read_text()
    classes = {"ec2_hour": "system_node_type", "rds_hour": "database_class", "cache_hour": "cache_node_type"}
    for prices_of, row in classes.items():
        line = next(line for line in text.splitlines() if line.strip().startswith(row))
        named = re.findall(r'"([\w.]+)"', line)
        assert len(named) == 3
        assert set(named) <= table[prices_of].keys()
    started = {kind for usage in table["usage"].values() for kind in usage["workload_nodes"]}
    assert started <= table["ec2_hour"].keys()


@pytest.mark.parametrize(
    ("budget", "said"), [(100, "23 USD above the budget of 100"), (200, "77 USD are left"), (None, "no monthly_usd")]
)
def test_the_sum_is_compared_with_the_budget(budget, said, capsys):
    estimates = {"10-a": Estimate([Item("keys", 2, "pieces", 50), Item("rest", 23, "GB", 1)], ["x (1)"])}
    show(Terminal(Console(highlight=False, width=120)), "staging", estimates, budget)
    out = capsys.readouterr().out
    assert said in out
    assert "staging: about 123 USD a month" in out
    assert "not priced: x (1) in 10-a" in out
    assert out.index("keys") < out.index("rest")


def test_the_settings_are_read_as_terraform_reads_them(tmp_path):
    ours = organisation(TERRAFORM)
    assert ours.name("staging") == "mercat-staging"
    assert sorted(ours.budgets) == sorted(environments(TERRAFORM))
    with pytest.raises(Refusal, match="is missing: is --tree"):
        organisation(tmp_path)
    (tmp_path / "settings").mkdir()
    (tmp_path / "settings" / "organisation.tf").write_text("")
    (tmp_path / "settings" / "environments.tf").write_text("")
    with pytest.raises(Refusal, match="monthly_usd"):
        organisation(tmp_path)
