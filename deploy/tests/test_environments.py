"""Each environment's whole life on the double: it comes up, asks for nothing more, breaks no rule, and goes."""

from __future__ import annotations

import pytest

from deploy.aws import rules
from deploy.aws.plan import Plan, read
from deploy.double.environments import ENVIRONMENTS, bring_up, layers
from deploy.double.run import offline
from deploy.double.tree import offline_copy

pytestmark = pytest.mark.terraform


@pytest.fixture(scope="module", params=ENVIRONMENTS)
def environment(request, tmp_path_factory):
    """(name, tree, terraform, its plans as Terraform showed them), brought up once."""
    tree = offline_copy(tmp_path_factory.mktemp(request.param))
    with offline(tree) as terraform:
        yield request.param, tree, terraform, bring_up(terraform, tree, request.param)


@pytest.fixture(scope="module")
def plans(environment) -> list[Plan]:
    name, _, _, shown = environment
    return [read(plan, name, layer) for layer, plan in shown.items()]


def everything(plans, kind):
    return [resource for plan in plans for resource in plan.of(kind)]


def test_no_rule_is_broken(plans):
    findings = [f"{plan.layer}: {finding}" for plan in plans for finding in rules.check(plan)]
    assert not findings


def test_every_policy_could_be_read(plans):
    """A rule that looks at nothing finds nothing."""
    assert not [address for plan in plans for address in rules.unread(plan)]


def test_what_a_service_yaml_asks_for_is_there(plans):
    for service in ("identity", "catalog", "orders", "payments"):
        assert [r for r in everything(plans, "aws_ecr_repository") if r.get("name") == f"mercat/{service}"]
        secrets = [r.get("name") for r in everything(plans, "aws_secretsmanager_secret")]
        assert [name for name in secrets if name.endswith(f"/{service}/database")]
        associations = everything(plans, "aws_eks_pod_identity_association")
        assert [r for r in associations if r.get("service_account") == service]


def test_every_name_bears_the_environment(environment, plans):
    """Two environments in one account by mistake must not meet."""
    name = environment[0]
    for kind in ("aws_s3_bucket", "aws_db_instance", "aws_eks_cluster", "aws_sns_topic", "aws_lb", "aws_iam_role"):
        for resource in everything(plans, kind):
            label = resource.get("name") or resource.get("bucket") or resource.get("identifier")
            assert name in label, resource.address


def test_a_second_plan_changes_nothing(environment):
    name, tree, terraform, _ = environment
    for layer in layers(tree, name):
        assert terraform(layer, "init", "-reconfigure").status == 0
        again = terraform(layer, "plan", "-detailed-exitcode")
        assert again.status == 0, f"{layer.name}:\n{again.complaint}"


def test_it_is_destroyed_in_reverse_order(environment):
    """Last: afterwards nothing is left to look at."""
    name, tree, terraform, _ = environment
    for layer in reversed(layers(tree, name)):
        assert terraform(layer, "init", "-reconfigure").status == 0
        gone = terraform(layer, "destroy", "-auto-approve")
        assert gone.status == 0, f"{layer.name}:\n{gone.complaint}"
        assert terraform(layer, "state", "list").text.strip() == ""
    assert not terraform.account.parameters
