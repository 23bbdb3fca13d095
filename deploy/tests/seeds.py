"""Faults for test_violations.py: what is broken where, and what catches it."""

from __future__ import annotations

from typing import NamedTuple


class Seed(NamedTuple):
    """In `file`, `old` becomes `new`; then the plan of `layer` breaks the rule `caught`."""

    layer: str
    file: str
    old: str
    new: str
    caught: str
    environment: str = "production"


MASTER = "aws_secretsmanager_secret_version.master[0].secret_string"
DATABASE = "modules/database/instance.tf"
TABLE = "settings/environments.tf"
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
        "30-data", TABLE, "staging = 14, production = 35", "staging = 14, production = 7", "environments"
    ),
    "a password in the state": Seed(
        "30-data",
        DATABASE,
        f"password_wo         = var.reads_master_secret ? jsondecode(ephemeral.{MASTER}).password : null",
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
    "the load balancer open to all": Seed("20-network", GROUPS, FIREWALL, 'cidr_ipv4 = "0.0.0.0/0"', "open_ingress"),
    "one NAT gateway for three zones": Seed(
        "20-network",
        TABLE,
        "nat_gateways        = { development = 1, staging = 1, production = 3 }",
        "nat_gateways        = { development = 1, staging = 1, production = 1 }",
        "environments",
    ),
    "development as dear as production": Seed(
        "20-network",
        TABLE,
        "nat_gateways        = { development = 1,",
        "nat_gateways        = { development = 3,",
        "environments",
        "development",
    ),
    "two NAT gateways": Seed(
        "20-network",
        TABLE,
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
        TABLE,
        "staging = [], production = [] }\n    system_node_type",
        'staging = [], production = ["0.0.0.0/0"] }\n    system_node_type',
        "never 0.0.0.0/0",
    ),
    "nodes that give their role to any pod": Seed(
        "40-cluster", "modules/cluster/system_nodes.tf", '= "required"', '= "optional"', "instances"
    ),
    "a role without its boundary": Seed(
        "40-cluster", "modules/cluster/node_role.tf", "permissions_boundary = var.environment.boundary_arn", "", "roles"
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
    "plain HTTP to production's origin": Seed(
        "50-edge", CLOUDFRONT, '= "${local.origin_protocol}-only"', '= "http-only"', "[tls]"
    ),
    "an origin with an old TLS": Seed("50-edge", CLOUDFRONT, '["TLSv1.2"]', '["TLSv1.1", "TLSv1.2"]', "tls"),
    "an origin that others' distributions reach": Seed(
        "50-edge",
        "modules/load-balancer/main.tf",
        "internal           = true",
        "internal           = false",
        "open_ingress",
    ),
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
        TABLE,
        "empty_on_destroy       = { development = true, staging = false, production = false",
        "empty_on_destroy       = { development = true, staging = false, production = true",
        "[loss force_destroy]",
    ),
    "backups without their lock": Seed(
        "30-data",
        TABLE,
        "lock_backups      = { development = false, staging = false, production = true",
        "lock_backups      = { development = false, staging = false, production = false",
        "[loss destroy]",
    ),
    "a key of the handover that others read": Seed(
        "30-data",
        "layers/30-data/handover.tf",
        "    media_bucket_domain    = module.media.regional_domain_name\n",
        "",
        "[loss drops media_bucket_domain]",
    ),
    "a PostgreSQL that the migrations do not run on": Seed(
        "30-data", TABLE, 'production = "18"', 'production = "17"', "whose uuidv7()"
    ),
    "a runner that every pull request starts": Seed(
        "40-cluster", "modules/runner/main.tf", '"WORKFLOW_JOB_QUEUED"', '"PULL_REQUEST_CREATED"', "[runners]"
    ),
    "a runner with rights over its machine": Seed(
        "40-cluster", "modules/runner/main.tf", "privileged_mode = false", "privileged_mode = true", "[runners]"
    ),
    "a runner that reaches the database": Seed(
        "20-network",
        GROUPS,
        'from = "runner", to = "control_plane"',
        'from = "runner", to = "database"',
        "[data_ingress]",
    ),
    "a role of somebody else's that the pipeline signs in to": Seed(
        "20-network",
        "layers/20-network/main.tf",
        "[local.environment.role_arns.deploy]",
        '["arn:aws:iam::444444444444:role/mercat/foreign"]',
        "each by its whole ARN",
    ),
    "snapshots of logs among the backups": Seed(
        "40-cluster",
        "layers/40-cluster/main.tf",
        "local.data.snapshots_bucket_arn",
        "local.data.backups_bucket_arn",
        "not that of the backups",
    ),
    "an exporter of metrics that may do all of CloudWatch": Seed(
        "40-cluster",
        "modules/controllers/observability.tf",
        '"cloudwatch:GetMetricData"',
        '"cloudwatch:*"',
        "must name its actions",
    ),
    "an argument that no provider knows": Seed(
        "10-foundation",
        "modules/registry/main.tf",
        "image_tag_mutability =",
        "image_tag_mutable =",
        "Unsupported argument",
    ),
}
