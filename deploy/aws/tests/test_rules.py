"""Each rule over a real plan that holds what it lets pass and what it does not."""

from __future__ import annotations

import pytest

from deploy.aws import rules
from deploy.aws.plan import UNKNOWN, read

pytestmark = pytest.mark.terraform

# {fixture: {address: a word of what is said}}; what is not named here must pass.
EXPECTED = {
    "open_ingress": {
        "aws_lb.bad": "on the internet",
        "aws_security_group_rule.bad": "::/0",
        "aws_vpc_security_group_ingress_rule.bad": "0.0.0.0/0",
        "aws_vpc_security_group_ingress_rule.bad_half": "128.0.0.0/1",
        "aws_vpc_security_group_ingress_rule.bad_six": "::/0",
    },
    "buckets": {
        'aws_s3_bucket.this["acl"]': "BucketOwnerEnforced",
        'aws_s3_bucket.this["forgets"]': "old versions",
        'aws_s3_bucket.this["open"]': "public access block",
        'aws_s3_bucket.this["plain"]': "TLS",
        "aws_s3_bucket.bare": "",
    },
    "encryption": {
        f"{kind}.bad": "encrypted"
        for kind in (
            "aws_backup_vault",
            "aws_cloudwatch_log_group",
            "aws_db_instance",
            "aws_ebs_volume",
            "aws_ecr_repository",
            "aws_eks_cluster",
            "aws_elasticache_replication_group",
            "aws_kms_key",
            "aws_launch_template",
            "aws_secretsmanager_secret",
            "aws_sns_topic",
            "aws_sqs_queue",
        )
    },
    "least_privilege": {
        'aws_iam_policy.this["all_but"]': "all but",
        'aws_iam_policy.this["everything"]': 'Action "*"',
        'aws_iam_policy.this["passes"]': "iam:PassRole",
        'aws_iam_policy.this["service"]': "iam:*",
        "aws_iam_role.anyone": "Anyone",
        "aws_kms_key.person": "kms:*",
        "aws_sqs_queue_policy.anyone": 'Principal "*"',
        "aws_vpc_endpoint.ours_for_everybody": "eks-auth:*",
        "aws_vpc_endpoint.wide": "s3:*",
    },
    "images": {"aws_ecr_repository.moving": "can move", "aws_ecr_repository.unseen": "not scanned"},
    "roles": {"aws_iam_role.elsewhere": "path", "aws_iam_role.unbounded": "boundary"},
    "secrets": {
        "aws_db_instance.bad": "password",
        "aws_elasticache_user.bad": "passwords",
        "aws_iam_access_key.bad": "ephemeral",
        "aws_secretsmanager_secret_version.bad": "secret_string",
        "aws_ssm_parameter.bad": "value",
    },
    "instances": {"aws_instance.bare": "IMDSv1", "aws_launch_template.bad": "IMDSv1"},
    "runners": {
        'aws_codebuild_project.this["outside"]': "outside of the VPC",
        'aws_codebuild_project.this["privileged"]': "privileged",
        'aws_codebuild_webhook.this["any"]': "named workflows",
        'aws_codebuild_webhook.this["pulls"]': "named workflows",
        "aws_codebuild_webhook.bare": "named workflows",
        "aws_codebuild_source_credential.bad": "token",
    },
    "retention": {"aws_cloudwatch_log_group.bad": "for ever", "aws_cloudwatch_log_group.for_ever": "for ever"},
    "egress": {"aws_security_group.inline": "way out", 'aws_security_group.this["database"]': "way out"},
    "data_ingress": {
        f"aws_vpc_security_group_ingress_rule.{name}": "others than nodes" for name in ("bad", "by_address")
    },
    "oidc": {f'aws_iam_role.this["{name}"]': "one subject" for name in ("any", "branch", "star")},
    "managed_policies": {
        f'aws_iam_role_policy_attachment.this["{name}"]': "look it up" for name in ("misspelt", "path")
    },
    "tls": {
        'aws_cloudfront_distribution.this["origin"]': "TLSv1.1",
        'aws_cloudfront_distribution.this["viewer"]': "TLSv1",
        'aws_cloudfront_vpc_origin.this["old"]': "TLSv1.1",
        'aws_cloudfront_vpc_origin.this["plain"]': "https-only",
        'aws_db_parameter_group.this["bad"]': "force_ssl",
        "aws_elasticache_replication_group.bad": "required",
        "aws_sesv2_configuration_set.bad": "REQUIRE",
    },
    "tags": {
        "aws_autoscaling_group.starts_untagged": "ManagedBy",
        "aws_launch_template.starts_untagged": "volume",
        "aws_sns_topic.bad": "Environment, Owner",
    },
}


def findings_of(rule, shown, environment="staging"):
    return [finding for finding in rules.check(read(shown, environment, "10-a")) if finding.rule == rule]


@pytest.mark.parametrize("rule", sorted(EXPECTED))
def test_a_rule_finds_what_breaks_it_and_nothing_else(rule, plan_of):
    found = findings_of(rule, plan_of(f"rules/{rule}"))
    assert {finding.address for finding in found} == set(EXPECTED[rule])
    for address, word in EXPECTED[rule].items():
        assert any(word in finding.message for finding in found if finding.address == address), address


def test_a_bare_bucket_lacks_all_five(plan_of):
    found = findings_of("buckets", plan_of("rules/buckets"))
    assert len([finding for finding in found if finding.address == "aws_s3_bucket.bare"]) == 5


def test_environments_are_held_to_what_each_promises(plan_of):
    shown = plan_of("rules/environments")

    def found(environment):
        return {(finding.address, finding.message) for finding in findings_of("environments", shown, environment)}

    def addresses(environment):
        return sorted({address for address, _ in found(environment)})

    bad = ["aws_db_instance.bad", "aws_eks_cluster.bad", "aws_elasticache_replication_group.bad"]
    assert addresses("staging") == bad
    assert len([1 for address, _ in found("staging") if address == "aws_db_instance.bad"]) == 3
    assert addresses("production") == [*bad, 'aws_route.this["a"]', 'aws_route.this["c"]']
    assert addresses("development") == [
        "aws_db_instance.good",
        "aws_elasticache_replication_group.good",
        'aws_nat_gateway.this["b"]',
        "aws_vpc_endpoint.private",
    ]


def test_plain_http_passes_in_development_under_cloudfronts_own_name_only(plan_of):
    shown = plan_of("rules/tls_on_trial")
    both = ["aws_cloudfront_distribution.own_name", "aws_cloudfront_vpc_origin.plain"]
    assert [finding.address for finding in findings_of("tls", shown, "development")] == []
    assert [finding.address for finding in findings_of("tls", shown, "staging")] == both
    assert [finding.address for finding in findings_of("tls", shown, "production-2")] == both
    named = plan_of("rules/tls")
    assert {finding.address for finding in findings_of("tls", named, "development")} == set(EXPECTED["tls"])


def test_protection_is_a_rule_where_it_matters(plan_of):
    shown = plan_of("rules/environments")
    nets = ["aws_db_instance.bad", "aws_db_instance.bad"]
    unprotected = [*nets, "aws_db_instance.bad", "aws_eks_cluster.bad", "aws_lb.bad"]
    assert [finding.address for finding in findings_of("protection", shown, "production")] == unprotected
    assert [finding.address for finding in findings_of("protection", shown, "staging")] == unprotected
    assert findings_of("protection", shown, "development") == []


def test_what_is_known_only_after_apply_is_no_finding_but_is_told(plan_of):
    """The double knows everything; AWS does not. So Terraform's own JSON is given the gaps that AWS leaves."""
    shown = plan_of("rules/buckets")
    for entry in shown["resource_changes"]:
        change = entry["change"]
        for attribute in {"bucket", "policy", "id"} & change["after"].keys():
            if entry["type"] != "aws_s3_bucket" or attribute == "id":
                change["after"].pop(attribute)
                change["after_unknown"][attribute] = True
    found = findings_of("buckets", shown)
    assert {finding.address for finding in found} == {
        "aws_s3_bucket.bare",
        'aws_s3_bucket.this["forgets"]',
        'aws_s3_bucket.this["open"]',
    }
    unread = rules.unread(read(shown))
    assert 'aws_s3_bucket_policy.this["good"]' in unread
    assert not any(address.startswith("aws_s3_bucket.") for address in unread)


def test_a_secret_that_the_configuration_computes_is_found_though_not_known(plan_of):
    shown = plan_of("rules/secrets")
    for entry in shown["resource_changes"]:
        for attribute in {"secret_string", "password"} & entry["change"]["after"].keys():
            entry["change"]["after"].pop(attribute)
            entry["change"]["after_unknown"][attribute] = True
    found = {finding.address for finding in findings_of("secrets", shown)}
    assert {"aws_secretsmanager_secret_version.bad", "aws_db_instance.bad"} <= found
    assert not {"aws_secretsmanager_secret_version.good", "aws_db_instance.good"} & found
    values = [resource.get("password") for resource in read(shown).of("aws_db_instance")]
    assert values == [UNKNOWN, UNKNOWN]
