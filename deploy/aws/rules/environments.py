"""What an environment promises: production and staging stay up and stay closed, development stays cheap."""

from __future__ import annotations

from collections.abc import Iterator

from deploy.aws.layers import guarded, kind
from deploy.aws.plan import UNKNOWN, Plan, Resource

_LEAST_BACKUP_DAYS = 14


def environments(plan: Plan) -> Iterator[tuple[Resource, str]]:
    """Production and staging survive the loss of a zone and a mistaken destroy; development is cheap."""
    staying_up = [*_databases(plan), *_caches(plan), *_clusters(plan)]
    found = staying_up if guarded(plan.environment) else list(_cheap(plan))
    if kind(plan.environment) == "production":
        found += _gateways(plan)
    for resource, message in found:
        yield resource, f"in {plan.environment}: {message}"


def _databases(plan: Plan) -> Iterator[tuple[Resource, str]]:
    for database in plan.of("aws_db_instance"):
        if database.get("publicly_accessible") not in {False, None, UNKNOWN}:
            yield database, "is reachable from the internet: set publicly_accessible = false"
        if database.has("replicate_source_db"):
            continue
        if not database.on("multi_az"):
            yield database, "a zone's failure would stop it: set multi_az"
        days = database.get("backup_retention_period")
        if days is not UNKNOWN and (days or 0) < _LEAST_BACKUP_DAYS:
            yield database, f"keeps backups for {days or 0} days: at least {_LEAST_BACKUP_DAYS}"


def _caches(plan: Plan) -> Iterator[tuple[Resource, str]]:
    for cache in plan.of("aws_elasticache_replication_group"):
        if not (cache.on("multi_az_enabled") and cache.on("automatic_failover_enabled")):
            yield cache, "a zone's failure would stop it: set multi_az_enabled and automatic_failover_enabled"


def _clusters(plan: Plan) -> Iterator[tuple[Resource, str]]:
    for cluster in plan.of("aws_eks_cluster"):
        # Left out, it is on.
        if cluster.get("vpc_config.0.endpoint_public_access") not in {False, UNKNOWN}:
            yield cluster, "its API is reachable from the internet: set endpoint_public_access = false"


def _gateways(plan: Plan) -> Iterator[tuple[Resource, str]]:
    """Each private route table leaves by a NAT gateway of its own, so that no zone hangs on another."""
    everywhere = [route for route in plan.of("aws_route") if route.get("destination_cidr_block") == "0.0.0.0/0"]
    routes = [route for route in everywhere if route.has("nat_gateway_id")]
    gateways = plan.of("aws_nat_gateway")
    taken: set[str] = set()
    for route in routes:
        gateway = route.get("nat_gateway_id")
        if gateway is UNKNOWN:
            continue
        if gateway in taken:
            yield route, "shares its NAT gateway with another route table: one a zone"
        taken.add(gateway)
    if len(gateways) < len(routes):
        yield routes[0], f"{len(routes)} route tables leave by {len(gateways)} NAT gateways: one a zone"


def _cheap(plan: Plan) -> Iterator[tuple[Resource, str]]:
    for gateway in plan.of("aws_nat_gateway")[1:]:
        yield gateway, "one NAT gateway is enough: set nat_gateways to 1"
    for database in plan.of("aws_db_instance", "aws_rds_cluster"):
        if database.get("multi_az") is True:
            yield database, "a standby doubles its price: set multi_az = false"
    for cache in plan.of("aws_elasticache_replication_group"):
        if cache.get("multi_az_enabled") is True:
            yield cache, "replicas multiply its price: set cache_replicas to 0"
    for endpoint in plan.of("aws_vpc_endpoint"):
        if endpoint.get("vpc_endpoint_type") == "Interface":
            yield endpoint, "costs by the hour and zone: leave interface_endpoints empty"
