"""Nothing answers the whole internet: shoppers come through CloudFront, people through Session Manager."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any

from deploy.aws.plan import Plan, Resource

# The largest private range is a /8. A wider one is the internet, also when it is cut in two halves.
_WIDEST = {4: 8, 6: 32}


def open_ingress(plan: Plan) -> Iterator[tuple[Resource, str]]:
    """No ingress rule admits a range wider than a private network can be, and no load balancer is on the internet."""
    for balancer in plan.of("aws_lb"):
        if not balancer.on("internal"):
            yield balancer, "has addresses on the internet: set internal = true"
    for resource in plan.resources:
        for source in _sources(resource):
            if _open(source):
                yield resource, f"admits {source}: name a security group, prefix list or narrower range"


def _sources(resource: Resource) -> Iterator[Any]:
    if resource.type == "aws_vpc_security_group_ingress_rule":
        yield from (resource.get("cidr_ipv4"), resource.get("cidr_ipv6"))
    elif resource.type == "aws_security_group_rule" and resource.get("type") == "ingress":
        yield from [*resource.each("cidr_blocks"), *resource.each("ipv6_cidr_blocks")]
    elif resource.type in {"aws_security_group", "aws_default_security_group"}:
        for block in resource.blocks("ingress"):
            yield from [*block.each("cidr_blocks"), *block.each("ipv6_cidr_blocks")]


def _open(source: Any) -> bool:
    if not isinstance(source, str) or not source:
        return False
    network = ipaddress.ip_network(source, strict=False)
    return network.prefixlen < _WIDEST[network.version]
