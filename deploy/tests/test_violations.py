"""Each promise of the Terraform, broken on purpose in a copy: something must say so before anything is applied.

A seed is one edit that a hurried person could make. Who must catch it is the name of a rule over the plan
(deploy/aws/rules), or a sentence of Terraform's own.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from deploy.aws import rules
from deploy.aws.guards import dropped, stateful_losses
from deploy.aws.plan import read
from deploy.documents.rehearsal import bring_up
from deploy.double.run import Terraform, offline
from deploy.double.tree import offline_copy

pytestmark = pytest.mark.terraform


class Seed(NamedTuple):
    """In `file`, `old` becomes `new`; then the plan of `layer` breaks the rule `caught`."""

    layer: str
    file: str
    old: str
    new: str
    caught: str
    environment: str = "production"


DATABASE = "modules/database/instance.tf"
GROUPS = "modules/network/security_groups.tf"
CLOUDFRONT = "modules/distribution/distribution.tf"
FIREWALL = "prefix_list_id    = data.aws_ec2_managed_prefix_list.cloudfront.id"
SEEDS = {
    "a database in one zone": Seed("30-data", DATABASE, "= var.multi_az", "= false", "environments"),
    "a database on the internet": Seed(
        "30-data", DATABASE, "publicly_accessible    = false", "publicly_accessible    = true", "environments"
    ),
    "a database without encryption": Seed(
        "30-data", DATABASE, "storage_encrypted     = true", "storage_encrypted     = false", "encryption"
    ),
    "a database that a slip deletes": Seed(
        "30-data",
        DATABASE,
        "deletion_protection         = var.deletion_protection",
        "deletion_protection = false",
        "protection",
    ),
    "a week of backups": Seed(
        "30-data",
        "settings/environments.tf",
        "staging = 14, production = 35",
        "staging = 14, production = 7",
        "environments",
    ),
    "a password in the state": Seed(
        "30-data",
        DATABASE,
        "password_wo         = var.reads_master_secret ? jsondecode(ephemeral.aws_secretsmanager_secret_version.master[0].secret_string).password : null",
        'password            = "correct horse battery staple"',
        "secrets",
    ),
    "a public bucket": Seed(
        "30-data",
        "modules/bucket/main.tf",
        "block_public_policy     = true",
        "block_public_policy     = false",
        "buckets",
    ),
    "a bucket that takes plain HTTP": Seed(
        "30-data",
        "modules/bucket/policy.tf",
        '"aws:SecureTransport" = "false"',
        '"aws:SecureTransport" = "true"',
        "buckets",
    ),
    "a cache in the clear": Seed(
        "30-data",
        "modules/cache/main.tf",
        "transit_encryption_enabled = true",
        "transit_encryption_enabled = false",
        "encryption",
    ),
    "the load balancer open to all": Seed(
        "20-network", "modules/network/security_groups.tf", FIREWALL, 'cidr_ipv4 = "0.0.0.0/0"', "open_ingress"
    ),
    "one NAT gateway for three zones": Seed(
        "20-network",
        "settings/environments.tf",
        "nat_gateways        = { development = 1, staging = 1, production = 3 }",
        "nat_gateways        = { development = 1, staging = 1, production = 1 }",
        "environments",
    ),
    "development as dear as production": Seed(
        "20-network",
        "settings/environments.tf",
        "nat_gateways        = { development = 1,",
        "nat_gateways        = { development = 3,",
        "environments",
        "development",
    ),
    "two NAT gateways": Seed(
        "20-network",
        "settings/environments.tf",
        "nat_gateways        = { development = 1,",
        "nat_gateways        = { development = 2,",
        "Invalid value for variable",
        "development",
    ),
    "a log without a key of ours": Seed(
        "20-network", "modules/network/flow_logs.tf", "kms_key_id        = var.logs_key_arn", "", "encryption"
    ),
    "an API server on the internet": Seed(
        "40-cluster",
        "modules/cluster/main.tf",
        "endpoint_public_access  = length(var.public_access_cidrs) > 0",
        "endpoint_public_access  = true",
        "environments",
    ),
    "the API server open to all": Seed(
        "40-cluster",
        "settings/environments.tf",
        "staging = [], production = [] }\n    system_node_type",
        'staging = [], production = ["0.0.0.0/0"] }\n    system_node_type',
        "never 0.0.0.0/0",
    ),
    "nodes that give their role to any pod": Seed(
        "40-cluster", "modules/cluster/system_nodes.tf", '= "required"', '= "optional"', "instances"
    ),
    "a role without its boundary": Seed(
        "40-cluster", "modules/cluster/node_role.tf", "permissions_boundary = var.permissions_boundary_arn", "", "roles"
    ),
    "a role that may do everything": Seed(
        "40-cluster", "modules/cluster/node_role.tf", 'Action    = "kms:Decrypt"', 'Action    = "*"', "least_privilege"
    ),
    "an alarm that anyone may read": Seed(
        "10-foundation", "modules/alerts/topic.tf", "kms_master_key_id = var.key_arn", "", "encryption"
    ),
    "a bill that nobody can split": Seed(
        "10-foundation", "settings/services.tf", "CostCenter  = local.organisation.cost_center", "", "tags"
    ),
    "images whose tags move": Seed(
        "10-foundation", "modules/registry/main.tf", '= "IMMUTABLE"', '= "MUTABLE"', "images"
    ),
    "a log that is kept for ever": Seed(
        "20-network", "modules/network/flow_logs.tf", "retention_in_days = var.flow_log_days", "", "retention"
    ),
    "a database that may call out": Seed(
        "20-network", GROUPS, 'from = "nodes", to = "database"', 'from = "database", to = "nodes"', "egress"
    ),
    "a cache that may call out": Seed(
        "20-network", GROUPS, 'from = "nodes", to = "cache"', 'from = "cache", to = "endpoints"', "egress"
    ),
    "shoppers with an old TLS": Seed("50-edge", CLOUDFRONT, '"TLSv1.2_2021"', '"TLSv1_2016"', "tls"),
    "an origin with an old TLS": Seed("50-edge", CLOUDFRONT, '["TLSv1.2"]', '["TLSv1.1", "TLSv1.2"]', "tls"),
    "a cache that takes plain text too": Seed("30-data", "modules/cache/main.tf", '"required"', '"preferred"', "tls"),
    "a database without TLS": Seed(
        "30-data",
        "modules/database/parameters.tf",
        '"rds.force_ssl"                     = { value = "1"',
        '"rds.force_ssl"                     = { value = "0"',
        "tls",
    ),
    "mail in plain text": Seed("10-foundation", "modules/mail/identity.tf", '"REQUIRE"', '"OPTIONAL"', "tls"),
    "a policy of AWS's that does not exist": Seed(
        "40-cluster",
        "modules/cluster/node_role.tf",
        "AmazonEKSWorkerNodePolicy",
        "AmazonEKSNodePolicy",
        "managed_policies",
    ),
    "a policy of AWS's at another path": Seed(
        "30-data",
        "modules/database/monitoring.tf",
        "policy/service-role/AmazonRDS",
        "policy/AmazonRDS",
        "managed_policies",
    ),
    "a database that leaves no snapshot": Seed(
        "30-data", DATABASE, "= !var.final_snapshot", "= true", "[loss skip_final_snapshot]"
    ),
    "a database that takes its backups along": Seed(
        "30-data", DATABASE, "= !var.keep_automated_backups", "= true", "protection"
    ),
    "buckets that a destroy may empty": Seed(
        "30-data",
        "settings/environments.tf",
        "empty_on_destroy       = { development = true, staging = false, production = false",
        "empty_on_destroy       = { development = true, staging = false, production = true",
        "[loss force_destroy]",
    ),
    "backups without their lock": Seed(
        "30-data",
        "settings/environments.tf",
        "lock_backups      = { development = false, staging = false, production = true",
        "lock_backups      = { development = false, staging = false, production = false",
        "[loss destroy]",
    ),
    "a key of the handover that others read": Seed(
        "30-data",
        "layers/30-data/handover.tf",
        "    web_bucket          = module.web.id\n",
        "",
        "[loss drops web_bucket]",
    ),
    "a PostgreSQL that the migrations do not run on": Seed(
        "30-data", "settings/environments.tf", 'production = "18"', 'production = "17"', "whose uuidv7()"
    ),
    "an argument that no provider knows": Seed(
        "10-foundation",
        "modules/registry/main.tf",
        "image_tag_mutability =",
        "image_tag_mutable =",
        "Unsupported argument",
    ),
}


@pytest.fixture(scope="module")
def up(tmp_path_factory):
    """Both environments that the seeds are planted in, up: production whole, development as far as it is needed."""
    tree = offline_copy(tmp_path_factory.mktemp("violations"))
    with offline(tree) as production, offline(tree) as development:
        bring_up(production, tree, "production")
        bring_up(development, tree, "development", last="10-foundation")
        yield tree, {"production": production, "development": development}


def plan(terraform: Terraform, layer: Path) -> str:
    """What is said of a layer: by Terraform when it refuses, else by the rules."""
    try:
        shown = terraform.plan(layer)
    except AssertionError as refused:
        return " ".join(str(refused).split())
    planned = read(shown, layer.parent.name, layer.name)
    lost = [f"[loss {', '.join(dropped(change)) or change.kind}]" for change in stateful_losses(planned)]
    return " ".join([f"[{finding.rule}]" for finding in rules.check(planned)] + lost)


@pytest.mark.parametrize("what", SEEDS)
def test_it_is_caught(up, what):
    tree, terraforms = up
    seed = SEEDS[what]
    layer = tree / "live" / seed.environment / seed.layer
    path = tree / seed.file
    sound = path.read_text()
    assert sound.count(seed.old) >= 1, "there is nothing to break: the code has changed, the seed must follow"
    path.write_text(sound.replace(seed.old, seed.new, 1))
    try:
        said = plan(terraforms[seed.environment], layer)
    finally:
        path.write_text(sound)
    assert seed.caught in said


def test_without_a_seed_nothing_is_said(up):
    tree, terraforms = up
    assert plan(terraforms["production"], tree / "live" / "production" / "30-data") == ""
