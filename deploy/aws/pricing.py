"""What each type of resource costs: how many of what, never how much each (prices.toml says that)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from deploy.aws.plan import Resource

Usage = dict[str, Any]
# What has a price by the hour and runs all the time.
ALL_MONTH = "all month"
# The zones of an environment, where a plan does not know yet in how many something stands.
_ZONES = 3


@dataclass(frozen=True)
class Amount:
    """A quantity and the name of its price. table: "price", or the table of instance types."""

    what: str
    price: str
    quantity: float
    unit: str
    table: str = "price"


@dataclass(frozen=True)
class Unpriced:
    """Costs money, and nothing here knows how much."""

    what: str


Pricer = Callable[[list[Resource], Usage], Iterator[Amount | Unpriced]]


def _each(what: str, price: str, unit: str = "pieces") -> Pricer:
    """So much for each resource."""

    def pricer(resources: list[Resource], _usage: Usage) -> Iterator[Amount]:
        yield Amount(what, price, len(resources), unit)

    return pricer


def _used(*lines: tuple[str, str, str, str]) -> Pricer:
    """So much for an assumed use: lines of (what, key of usage, price, unit)."""

    def pricer(_resources: list[Resource], usage: Usage) -> Iterator[Amount]:
        for what, key, price, unit in lines:
            yield Amount(what, price, usage[key], unit)

    return pricer


def _both(*pricers: Pricer) -> Pricer:
    def pricer(resources: list[Resource], usage: Usage) -> Iterator[Amount | Unpriced]:
        for inner in pricers:
            yield from inner(resources, usage)

    return pricer


def _workloads(_resources: list[Resource], usage: Usage) -> Iterator[Amount]:
    nodes = usage["workload_nodes"]
    for kind, number in nodes.items():
        yield Amount(f"workload nodes {kind} (assumed)", kind, number, ALL_MONTH, "ec2_hour")
    disks = sum(nodes.values()) * usage["workload_disk_gb"]
    yield Amount("disks of workload nodes (assumed)", "volume_gb", disks, "GB")
    yield Amount("persistent volumes (assumed)", "volume_gb", usage["volumes_gb"], "GB")


def _node_groups(resources: list[Resource], _usage: Usage) -> Iterator[Amount]:
    templates = [resource for resource in resources if resource.type == "aws_launch_template"]
    for group in (resource for resource in resources if resource.type == "aws_eks_node_group"):
        kind, number = group.get("instance_types.0"), float(group.get("scaling_config.0.desired_size") or 0)
        yield Amount(f"system nodes {kind}", str(kind), number, ALL_MONTH, "ec2_hour")
        beside = [template for template in templates if template.module == group.module]
        disks = [
            disk
            for template in beside
            for block in template.blocks("block_device_mappings")
            for disk in block.blocks("ebs")
        ]
        yield Amount(
            "disks of system nodes", "volume_gb", number * sum(disk.get("volume_size") or 0 for disk in disks), "GB"
        )


def _databases(resources: list[Resource], _usage: Usage) -> Iterator[Amount | Unpriced]:
    for database in resources:
        zones = 2 if database.get("multi_az") is True else 1
        role = "replica" if database.has("replicate_source_db") else "Multi-AZ" if zones == 2 else "single zone"
        kind = str(database.get("instance_class"))
        yield Amount(f"PostgreSQL {kind}, {role}", kind, zones, ALL_MONTH, "rds_hour")
        stored = database.get("allocated_storage")
        if isinstance(stored, int | float):
            yield Amount("PostgreSQL storage", "database_gb", stored * zones, "GB")
        if database.get("manage_master_user_password") is True:
            yield Amount("secrets", "secret", 1, "pieces")
        if database.get("database_insights_mode") == "advanced":
            yield Unpriced(f"{database.address}: Database Insights, advanced mode")


def _replica_storage(resources: list[Resource], _usage: Usage) -> Iterator[Amount]:
    """A replica names no size: it has its source's."""
    known = [size for database in resources if isinstance(size := database.get("allocated_storage"), int | float)]
    replicas = [database for database in resources if database.has("replicate_source_db")]
    unsized = [replica for replica in replicas if not isinstance(replica.get("allocated_storage"), int | float)]
    if known and unsized:
        yield Amount("PostgreSQL storage", "database_gb", max(known) * len(unsized), "GB")


def _caches(resources: list[Resource], _usage: Usage) -> Iterator[Amount]:
    for cache in resources:
        kind = str(cache.get("node_type"))
        number = cache.get("num_cache_clusters")
        if not isinstance(number, int | float):
            shards, replicas = cache.get("num_node_groups"), cache.get("replicas_per_node_group")
            number = float(shards or 1) * (float(replicas or 0) + 1)
        yield Amount(f"Valkey {kind}", kind, number, ALL_MONTH, "cache_hour")


def _endpoints(resources: list[Resource], usage: Usage) -> Iterator[Amount]:
    private = [endpoint for endpoint in resources if endpoint.get("vpc_endpoint_type") == "Interface"]
    zones = sum(len(endpoint.each("subnet_ids")) or _ZONES for endpoint in private)
    if private:
        yield Amount("interface endpoints, by zone", "interface_endpoint_hour", zones, ALL_MONTH)
        yield Amount("traffic to endpoints (assumed)", "endpoint_gb", usage["endpoint_gb"], "GB")


def _load_balancers(resources: list[Resource], usage: Usage) -> Iterator[Amount | Unpriced]:
    for balancer in resources:
        if balancer.get("load_balancer_type") != "network":
            yield Unpriced(f"{balancer.address}: a load balancer that is no network load balancer")
            continue
        yield Amount("network load balancers", "load_balancer_hour", 1, ALL_MONTH)
        yield Amount(
            "load balancer capacity (assumed)", "load_balancer_unit_hour", usage["load_balancer_units"], ALL_MONTH
        )
        if balancer.get("internal") is not True:
            addresses = len(balancer.each("subnets")) or len(balancer.each("subnet_mapping")) or _ZONES
            yield Amount("public IPv4 addresses", "public_ipv4_hour", addresses, ALL_MONTH)


def _firewalls(resources: list[Resource], usage: Usage) -> Iterator[Amount]:
    yield Amount("web ACLs", "firewall", len(resources), "pieces")
    rules = sum(len(firewall.each("rule")) for firewall in resources)
    yield Amount("rules of web ACLs", "firewall_rule", rules, "pieces")
    yield Amount(
        "requests through WAF (assumed)", "firewall_million_requests", usage["firewall_million_requests"], "million"
    )


def _buckets(resources: list[Resource], usage: Usage) -> Iterator[Amount | Unpriced]:
    for bucket in resources:
        purpose = str(bucket.get("bucket")).rpartition("-")[2]
        if purpose in usage["buckets"]:
            yield Amount("objects in S3 (assumed)", "object_gb", usage["buckets"][purpose], "GB")
        else:
            yield Unpriced(f"{bucket.address}: prices.toml assumes no size for a bucket …-{purpose}")


def _zones(resources: list[Resource], usage: Usage) -> Iterator[Amount]:
    yield Amount("hosted zones", "hosted_zone", len(resources), "pieces")
    if any(not zone.has("vpc") for zone in resources):
        yield Amount("DNS queries (assumed)", "dns_million_queries", usage["dns_million_queries"], "million")


def _scanning(resources: list[Resource], usage: Usage) -> Iterator[Amount]:
    if any(configuration.get("scan_type") == "ENHANCED" for configuration in resources):
        yield Amount("images scanned (assumed)", "scanned_image", usage["scanned_images"], "pieces")
        # A rescan costs about a ninth of the first scan.
        yield Amount("images scanned again (assumed)", "scanned_image", usage["scans_again"] / 9, "scans")


# What a type is priced together with, beside its own kind.
TOGETHER = {"aws_eks_node_group": {"aws_launch_template"}}
_LOGS = "logs taken in (assumed)"
PRICERS: dict[str, Pricer] = {
    "aws_backup_plan": _used(
        ("backups (assumed)", "backup_gb", "backup_gb", "GB"),
        ("backups in the second region (assumed)", "backup_copy_gb", "backup_gb", "GB"),
        ("traffic to the second region (assumed)", "backup_copy_gb", "copy_gb", "GB"),
    ),
    "aws_backup_restore_testing_plan": _used(("restore tests (assumed)", "restore_tests", "restore_test", "tests")),
    "aws_cloudfront_distribution": _used(
        ("traffic of CloudFront (assumed)", "edge_gb", "edge_gb", "GB"),
        ("requests to CloudFront (assumed)", "edge_10k_requests", "edge_10k_requests", "10,000"),
        ("runs of CloudFront functions (assumed)", "edge_function_million", "edge_function_million", "million"),
    ),
    "aws_cloudtrail": _used(("data events (assumed)", "trail_100k_events", "trail_100k_events", "100,000")),
    "aws_cloudwatch_composite_alarm": _each("alarms", "alarm"),
    "aws_cloudwatch_metric_alarm": _each("alarms", "alarm"),
    "aws_codebuild_project": _used(("runner of the pipeline (assumed)", "runner_minutes", "runner_minute", "minutes")),
    "aws_config_config_rule": _used(
        ("evaluations of Config's rules (assumed)", "config_evaluations", "config_evaluation", "evaluations")
    ),
    "aws_config_configuration_recorder": _used(
        ("changes recorded by Config (assumed)", "config_items", "config_item", "items")
    ),
    "aws_db_instance": _both(
        _databases,
        _replica_storage,
        _used(
            ("database backups beyond its size (assumed)", "database_backup_gb", "database_backup_gb", "GB"),
            (_LOGS, "database_log_gb", "log_gb", "GB"),
        ),
    ),
    "aws_db_instance_automated_backups_replication": _used(
        ("database backups in the second region (assumed)", "database_copy_gb", "database_backup_gb", "GB"),
        ("traffic to the second region (assumed)", "database_copy_gb", "copy_gb", "GB"),
    ),
    "aws_ecr_registry_scanning_configuration": _scanning,
    "aws_ecr_repository": _used(("images (assumed)", "images_gb", "image_gb", "GB")),
    "aws_eip": _each("public IPv4 addresses", "public_ipv4_hour", ALL_MONTH),
    "aws_eks_cluster": _both(
        _each("EKS control plane", "eks_cluster_hour", ALL_MONTH),
        _workloads,
        _used(
            (_LOGS, "control_plane_log_gb", "log_gb", "GB"),
            ("logs kept (assumed)", "stored_log_gb", "stored_log_gb", "GB"),
            ("traffic between zones (assumed)", "cross_zone_gb", "cross_zone_gb", "GB"),
        ),
    ),
    "aws_eks_node_group": _node_groups,
    "aws_elasticache_replication_group": _caches,
    "aws_flow_log": _used((_LOGS, "flow_log_gb", "log_gb", "GB")),
    "aws_guardduty_detector": _used(("GuardDuty (rough)", "guardduty_usd", "usd", "USD")),
    "aws_kms_key": _each("KMS keys", "kms_key"),
    "aws_kms_replica_key": _each("KMS keys", "kms_key"),
    "aws_lb": _load_balancers,
    "aws_nat_gateway": _both(
        _each("NAT gateways", "nat_gateway_hour", ALL_MONTH),
        _used(
            ("traffic through NAT (assumed)", "nat_gb", "nat_gb", "GB"),
            ("traffic to the internet (assumed)", "internet_gb", "internet_gb", "GB"),
        ),
    ),
    "aws_route53_query_log": _used((_LOGS, "query_log_gb", "log_gb", "GB")),
    "aws_route53_zone": _zones,
    "aws_s3_bucket": _buckets,
    "aws_secretsmanager_secret": _each("secrets", "secret"),
    "aws_sesv2_configuration_set": _used(("mails (assumed)", "thousand_mails", "thousand_mails", "1,000")),
    "aws_vpc_endpoint": _endpoints,
    "aws_wafv2_web_acl": _firewalls,
    "aws_wafv2_web_acl_logging_configuration": _used((_LOGS, "firewall_log_gb", "log_gb", "GB")),
}
