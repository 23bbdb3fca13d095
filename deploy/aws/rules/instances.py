"""A machine's credentials are for its own processes: IMDSv2, and no hop further into a container."""

from __future__ import annotations

from collections.abc import Iterable

from deploy.aws.plan import UNKNOWN, Plan
from deploy.aws.rules.finding import Finding


def instances(plan: Plan) -> Iterable[Finding]:
    """Instances take IMDSv2 alone, from no further than themselves."""
    for resource in plan.of("aws_launch_template", "aws_instance", "aws_ec2_instance_metadata_defaults"):
        inside = "" if resource.type == "aws_ec2_instance_metadata_defaults" else "metadata_options.0."
        if resource.get(f"{inside}http_tokens") not in {"required", UNKNOWN}:
            yield Finding("instances", resource.address, 'accepts IMDSv1: set http_tokens = "required"')
        if resource.get(f"{inside}http_put_response_hop_limit") not in {1, UNKNOWN}:
            yield Finding(
                "instances", resource.address, "lets containers at its credentials: http_put_response_hop_limit = 1"
            )
