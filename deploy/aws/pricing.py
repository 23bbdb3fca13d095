"""What a resource costs by its own size: how many of what, never how much each (prices.toml says that)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from deploy.aws.plan import Resource

Usage = dict[str, Any]
# What has a price by the hour and runs all the time.
ALL_MONTH = "all month"
# The zones of an environment, where a plan does not know yet in how many something stands.
_ZONES = 3


class Amount(NamedTuple):
    """A quantity and the name of its price; none where something costs money and nothing here knows how much.

    table: "price", or the table of instance types.
    """

    what: str
    price: str | None = None
    quantity: float = 0
    unit: str = ""
    table: str = "price"


Pricer = Callable[[list[Resource], Usage], Iterator[Amount]]


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


def _databases(resources: list[Resource], _usage: Usage) -> Iterator[Amount]:
    sizes = [size for database in resources if isinstance(size := database.get("allocated_storage"), int | float)]
    for database in resources:
        replica, zones = database.has("replicate_source_db"), 2 if database.get("multi_az") is True else 1
        role = "replica" if replica else "Multi-AZ" if zones == 2 else "single zone"
        kind = str(database.get("instance_class"))
        yield Amount(f"PostgreSQL {kind}, {role}", kind, zones, ALL_MONTH, "rds_hour")
        stored = database.get("allocated_storage")
        if replica and not isinstance(stored, int | float):
            # A replica names no size: it has its source's.
            stored = max(sizes, default=None)
        if isinstance(stored, int | float):
            yield Amount("PostgreSQL storage", "database_gb", stored * zones, "GB")
        if database.get("manage_master_user_password") is True:
            yield Amount("secrets", "secret", 1, "pieces")
        if database.get("database_insights_mode") == "advanced":
            yield Amount(f"{database.address}: Database Insights, advanced mode")


def _caches(resources: list[Resource], _usage: Usage) -> Iterator[Amount]:
    for cache in resources:
        kind, number = str(cache.get("node_type")), cache.get("num_cache_clusters")
        if isinstance(number, int | float):
            yield Amount(f"Valkey {kind}", kind, number, ALL_MONTH, "cache_hour")
        else:
            yield Amount(f"{cache.address}: a cache without num_cache_clusters")


def _endpoints(resources: list[Resource], usage: Usage) -> Iterator[Amount]:
    private = [endpoint for endpoint in resources if endpoint.get("vpc_endpoint_type") == "Interface"]
    zones = sum(len(endpoint.each("subnet_ids")) or _ZONES for endpoint in private)
    if private:
        yield Amount("interface endpoints, by zone", "interface_endpoint_hour", zones, ALL_MONTH)
        yield Amount("traffic to endpoints (assumed)", "endpoint_gb", usage["endpoint_gb"], "GB")


def _load_balancers(resources: list[Resource], usage: Usage) -> Iterator[Amount]:
    for balancer in resources:
        if balancer.get("load_balancer_type") != "network":
            yield Amount(f"{balancer.address}: a load balancer that is no network load balancer")
            continue
        yield Amount("network load balancers", "load_balancer_hour", 1, ALL_MONTH)
        yield Amount(
            "load balancer capacity (assumed)", "load_balancer_unit_hour", usage["load_balancer_units"], ALL_MONTH
        )
        if balancer.get("internal") is not True:
            addresses = len(balancer.each("subnets")) or len(balancer.each("subnet_mapping")) or _ZONES
            yield Amount("public IPv4 addresses", "public_ipv4_hour", addresses, ALL_MONTH)


def _firewall_rules(resources: list[Resource], _usage: Usage) -> Iterator[Amount]:
    yield Amount("rules of web ACLs", "firewall_rule", sum(len(each.each("rule")) for each in resources), "pieces")


def _buckets(resources: list[Resource], usage: Usage) -> Iterator[Amount]:
    for bucket in resources:
        purpose = str(bucket.get("bucket")).rpartition("-")[2]
        if purpose in usage["buckets"]:
            yield Amount("objects in S3 (assumed)", "object_gb", usage["buckets"][purpose], "GB")
        else:
            yield Amount(f"{bucket.address}: prices.toml assumes no size for a bucket …-{purpose}")


def _queries(resources: list[Resource], usage: Usage) -> Iterator[Amount]:
    if any(not zone.has("vpc") for zone in resources):
        yield Amount("DNS queries (assumed)", "dns_million_queries", usage["dns_million_queries"], "million")


def _scanning(resources: list[Resource], usage: Usage) -> Iterator[Amount]:
    if any(configuration.get("scan_type") == "ENHANCED" for configuration in resources):
        yield Amount("images scanned (assumed)", "scanned_image", usage["scanned_images"], "pieces")
        # A rescan costs about a ninth of the first scan.
        yield Amount("images scanned again (assumed)", "scanned_image", usage["scans_again"] / 9, "scans")


# What a type is priced together with, beside its own kind.
TOGETHER = {"aws_eks_node_group": {"aws_launch_template"}}
# What is not counted by rows of prices.toml alone.
PRICERS: dict[str, Pricer] = {
    "aws_db_instance": _databases,
    "aws_ecr_registry_scanning_configuration": _scanning,
    "aws_eks_cluster": _workloads,
    "aws_eks_node_group": _node_groups,
    "aws_elasticache_replication_group": _caches,
    "aws_lb": _load_balancers,
    "aws_route53_zone": _queries,
    "aws_s3_bucket": _buckets,
    "aws_vpc_endpoint": _endpoints,
    "aws_wafv2_web_acl": _firewall_rules,
}
