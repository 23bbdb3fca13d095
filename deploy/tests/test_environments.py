"""Each environment's whole life on the double: it comes up, asks for nothing more, breaks no rule, and goes."""

from __future__ import annotations

import contextlib
import json

import pytest

from deploy.aws import rules
from deploy.aws.cost import estimate
from deploy.aws.layers import layers
from deploy.aws.plan import Plan, read
from deploy.documents.__main__ import stale
from deploy.documents.blocks import blocks
from deploy.documents.rehearsal import ENVIRONMENTS, bring_up
from deploy.documents.settings_table import settings
from deploy.platform.render import handover
from deploy.tests import lives as looking
from deploy.tests.double.run import Terraform, offline
from deploy.tests.double.tree import offline_copy
from deploy.tests.lives import Life, allowed, bootstrapped, everything, service_of
from deploy.tests.test_platform import COMPONENTS, LIST

pytestmark = pytest.mark.terraform
SERVICES = ("identity", "catalog", "orders", "pages", "payments", "shop")
WITH_DOMAIN = {"staging", "production"}  # development is as it comes: CloudFront's own name and certificate


@pytest.fixture(scope="module")
def lives(tmp_path_factory):
    """All environments, brought up once."""
    with contextlib.ExitStack() as stack:
        up = {}
        for name in ENVIRONMENTS:
            tree = offline_copy(tmp_path_factory.mktemp(name))
            terraform = stack.enter_context(offline(tree))
            up[name] = Life(name, tree, terraform, bring_up(terraform, tree, name))
        yield up


@pytest.fixture(params=ENVIRONMENTS)
def life(lives, request) -> Life:
    return lives[request.param]


@pytest.fixture
def plans(life) -> list[Plan]:
    return life.plans


def test_no_rule_is_broken(plans):
    findings = [f"{plan.layer}: {finding}" for plan in plans for finding in rules.check(plan)]
    assert not findings


def test_every_policy_could_be_read(plans):
    """A rule that looks at nothing finds nothing."""
    assert not [address for plan in plans for address in rules.unread(plan)]


def test_everything_has_a_price_and_the_sum_is_within_the_budget(life, plans):
    estimates = [estimate(plan.resources, life.name) for plan in plans]
    assert not [what for each in estimates for what in each.unpriced]
    budget = settings(life.terraform, life.tree, life.name)["environment"]["monthly_usd"]
    assert 0 < sum(each.usd for each in estimates) <= budget


def test_what_a_service_yaml_declares_is_planned(plans):
    assert [r for r in everything(plans, "aws_ecr_repository") if r.get("name") == "mercat/services"]
    secrets = [r.get("name") for r in everything(plans, "aws_secretsmanager_secret")]
    for service in SERVICES:
        assert len([name for name in secrets if name.endswith(f"/{service}/database")]) == (service != "pages")
        assert [r for r in everything(plans, "aws_eks_pod_identity_association") if r.get("service_account") == service]


def test_each_key_of_the_handover_has_a_consumer_and_each_consumer_its_key(life):
    handed = life.handed("handover")
    read = [key for kind in LIST.values() for each in kind.values() for key in each["reads"]]
    assert set(read) == set(handed)
    assert looking.types(handover(life.name)) == looking.types(handed)
    assert len(json.dumps(handed)) < 8192, "SSM takes no longer one"
    empty = [key for key, value in handed.items() if value in (None, "", [], {})]
    assert empty == ([] if life.name in WITH_DOMAIN else ["zone_id"])


def test_each_service_account_has_its_identity(life, plans):
    """And each identity a consumer: a chart that uses another name gets no credentials."""
    made = {
        f"{each.get('namespace')}/{each.get('service_account')}"
        for each in everything(plans, "aws_eks_pod_identity_association")
    }
    handed = life.handed("handover")
    assert set(handed["service_accounts"].values()) == made
    installed = [each for each in COMPONENTS.values() if handed[each.get("needs", "domain")]]
    assert len(COMPONENTS) - len(installed) == (0 if life.name in WITH_DOMAIN else 2)
    wanted = {f"{each['namespace']}/{each['service_account']}" for each in installed if each["service_account"]}
    assert made == wanted | {f"mercat/{service}" for service in SERVICES}


def test_monitoring_has_its_secrets_bucket_budget_and_backups(life, plans):
    """Empty places for what people type, a bucket for snapshots, what it may cost, and volumes in the backups."""
    secrets = {each.get("name") for each in everything(plans, "aws_secretsmanager_secret")}
    assert {f"mercat/{life.name}/{name}/settings" for name in ("alertmanager", "grafana", "logs", "probe")} <= secrets
    handed = life.handed("handover")
    assert handed["buckets"]["snapshots"].endswith("-snapshots")
    assert handed["monthly_usd"] == settings(life.terraform, life.tree, life.name)["environment"]["monthly_usd"]
    key, value = handed["volume_backup_tag"].split("=")
    assert looking.backed_up_tags(plans) == (
        set() if life.name == "development" else {(f"aws:ResourceTag/{key}", value)}
    )
    copies = [each for each in everything(plans, "aws_kms_key") if "module.backup[0]" in each.address]
    assert len(copies) == (life.name != "development")
    assert all("ec2.eu-west-1.amazonaws.com" in each.get("policy") for each in copies), "volumes are copied by EC2"


def test_nothing_in_the_cluster_signs_in_by_web_identity(plans):
    """The endpoints' policies would refuse it: no provider of identities, and no role that trusts one."""
    assert not everything(plans, "aws_iam_openid_connect_provider")
    trusts = [each.get("assume_role_policy") for each in everything(plans, "aws_iam_role")]
    assert len(trusts) > 15
    assert not [trust for trust in trusts if "WebIdentity" in str(trust)]


def test_the_pipeline_reaches_the_cluster_and_the_runner_itself_may_do_nothing_there(life, plans):
    groups = life.handed("20-network")["security_group_ids"]
    [project] = everything(plans, "aws_codebuild_project")
    assert set(project.get("vpc_config.0.security_group_ids")) == {groups["runner"]}
    admitted, policies = looking.cluster_access(plans)
    assert admitted[f"mercat-{life.name}-deploy"] == ["mercat:deployers"]
    assert policies == {"AmazonEKSClusterAdminPolicy"}, "another would open a shell in every pod"
    assert not {name for name in admitted if "runner" in name}


def test_every_name_bears_the_environment(life, plans):
    """Two environments in one account by mistake must not meet."""
    for kind in ("aws_s3_bucket", "aws_db_instance", "aws_eks_cluster", "aws_sns_topic", "aws_lb", "aws_iam_role"):
        for resource in everything(plans, kind):
            label = resource.get("name") or resource.get("bucket") or resource.get("identifier")
            assert life.name in label, resource.address


@pytest.fixture(scope="module")
def bootstrap(lives) -> Plan:
    return bootstrapped(lives["production"])


def test_bootstrap_breaks_no_rule_but_that_a_ceiling_is_wide(bootstrap):
    """The boundary grants nothing; what it lets through, each role's own policy must allow too."""
    wide = [finding for finding in rules.check(bootstrap) if finding.address != "aws_iam_policy.boundary"]
    assert not wide
    assert not rules.unread(bootstrap)


def test_the_roles_of_the_pipeline_are_those_that_others_trust_by_name(bootstrap, lives):
    life = lives["production"]
    trusted = settings(life.terraform, life.tree, life.name)["environment"]["role_arns"]
    assert {role.get("arn") for role in bootstrap.of("aws_iam_role")} == set(trusted.values())


def test_no_role_is_given_what_the_boundary_takes_away(bootstrap, lives):
    """A right of a service that the boundary does not name would be void, and found out by a failing pod."""
    boundary = next(r for r in bootstrap.of("aws_iam_policy") if r.get("name").endswith("-boundary"))
    through = {action.split(":")[0] for statement in allowed(boundary) for action in statement.actions} | {"iam"}
    kinds = ("aws_iam_policy", "aws_iam_role_policy", "aws_iam_user_policy")
    given = {
        (action.split(":")[0], resource.address)
        for plan in [*lives["production"].plans, bootstrap]
        for resource in plan.of(*kinds)
        for statement in allowed(resource)
        for action in statement.actions
    }
    assert len(given) > 50
    assert not {(service, address) for service, address in given if service not in through}


def test_the_pipeline_may_write_to_every_service_that_the_layers_use(bootstrap, lives):
    """By service: a resource of one that the apply role does not know would end the first apply half-way."""
    ours = [policy for policy in bootstrap.of("aws_iam_policy") if "-apply-" in policy.get("name")]
    actions = {action for policy in ours for statement in allowed(policy) for action in statement.actions}
    writes = {
        action.split(":")[0] for action in actions if not action.split(":")[1].startswith(("Get", "List", "Desc"))
    }
    used = {resource.type for plan in lives["production"].plans for resource in plan.resources}
    assert len(used) > 100
    assert not {kind for kind in used if service_of(kind) not in writes}


def test_a_second_plan_changes_nothing(life):
    for layer in layers(life.tree, life.name):
        again = life.terraform(layer.folder, "plan", "-detailed-exitcode")
        assert again.status == 0, f"{layer.name}:\n{again.complaint}"


def test_the_documents_are_generated_from_this_code(lives):
    known = blocks(lives["production"].terraform, lives["production"].tree, {name: lives[name].shown for name in lives})
    assert not [str(path) for path in stale(known)], "run `make terraform-docs` and commit what it writes"


def test_a_store_without_a_domain_is_reached_by_https_and_leaves_plain_http_inside_the_vpc(life, plans):
    named, handed = life.name in WITH_DOMAIN, life.handed("handover")
    [distribution] = everything(plans, "aws_cloudfront_distribution")
    [origin] = everything(plans, "aws_cloudfront_vpc_origin")
    [listener] = everything(plans, "aws_lb_listener")
    [admitted] = [r for r in everything(plans, "aws_vpc_security_group_ingress_rule") if r.has("prefix_list_id")]
    [identity] = everything(plans, "aws_sesv2_email_identity")
    assert len(everything(plans, "aws_acm_certificate")) == named
    assert len([zone for zone in everything(plans, "aws_route53_zone") if not zone.has("vpc")]) == named
    assert handed["origin_protocol"] == ("https" if named else "http")
    assert origin.get("vpc_origin_endpoint_config.0.origin_protocol_policy") == f"{handed['origin_protocol']}-only"
    assert listener.get("port") == admitted.get("from_port") == (443 if named else 80)
    assert distribution.get("default_cache_behavior.0.viewer_protocol_policy") == "redirect-to-https"
    assert identity.get("email_identity") == (distribution.get("aliases")[0] if named else handed["mail_from"])
    assert handed["mail_from"] == (f"shop@{handed['domain']}" if named else "alerts@example.com")


def test_without_a_delegated_domain_the_edge_says_what_to_do(lives):
    life = lives["staging"]
    organisation = life.tree / "settings" / "organisation.tf"
    delegated = organisation.read_text()
    organisation.write_text(delegated.replace("staging = true", "staging = false"))
    try:
        refused = life.terraform(life.tree / "live" / "staging" / "50-edge", "plan")
    finally:
        organisation.write_text(delegated)
    assert refused.status == 1
    assert "Enter the name servers that 10-foundation printed" in " ".join(refused.text.split())


def test_an_endpoint_without_its_policy_can_be_planned(life, tmp_path):
    """Should AWS refuse one, the settings have a switch; where there are no endpoints it changes nothing."""
    tree = offline_copy(tmp_path)
    organisation = tree / "settings" / "organisation.tf"
    before = organisation.read_text()
    organisation.write_text(before.replace("endpoints_without_policy = []", 'endpoints_without_policy = ["eks-auth"]'))
    assert organisation.read_text() != before
    terraform = Terraform({**life.terraform.environment, "TF_DATA_DIR": str(tmp_path)}, life.terraform.account)
    plan = read(terraform.plan(tree / "live" / life.name / "20-network"), life.name, "20-network")
    without = [each.get("service_name") for each in plan.of("aws_vpc_endpoint") if not each.has("policy")]
    assert without == ([] if life.name != "production" else ["com.amazonaws.eu-central-1.eks-auth"])
    assert not rules.check(plan)


def test_it_is_destroyed_in_reverse_order(life):
    """Last: afterwards nothing is left to look at."""
    for layer in reversed(layers(life.tree, life.name)):
        gone = life.terraform(layer.folder, "destroy", "-auto-approve")
        assert gone.status == 0, f"{layer.name}:\n{gone.complaint}"
        assert life.terraform(layer.folder, "state", "list").text.strip() == ""
    assert not life.terraform.account.parameters
