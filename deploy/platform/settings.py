"""What differs between environments, as values of the project's own charts: the environment's file and the handover."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from deploy.charts import helm


def settings(environment: str, handover: Mapping[str, Any]) -> dict[str, Any]:
    """deploy/environments/<environment>.yaml, and over it what Terraform knows better."""
    file = helm.ENVIRONMENTS / f"{environment}.yaml"
    return merged(yaml.safe_load(file.read_text(encoding="utf-8")), of_handover(handover))


def of_handover(handover: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the charts of services, edge and access that come of the handover; none where there is no AWS."""
    if not handover:
        return {}
    return {
        "domain": handover["domain"],
        # One image is all services.
        "image": {"repository": f"{handover['registry']}/mercat/services"},
        "databases": {"networks": [handover["vpc_cidr"]]},
        "cache": {"networks": [handover["vpc_cidr"]]},
        "secrets": {"prefix": handover["secrets_prefix"]},
        # CloudFront comes from inside the VPC, by the load balancer, and asks for its name.
        "edge": {
            "hosts": [handover["origin_domain"]],
            "protocol": handover["origin_protocol"],
            "target_group": handover["target_group_arn"],
            "trusted_proxies": [handover["vpc_cidr"]],
        },
        "settings": {"MAIL_FROM": handover["mail_from"]},
        # Without it the catalog cannot keep pictures: its root cannot be written.
        "service_settings": {"catalog": {"MEDIA_URL": f"s3://{handover['buckets']['media']}/media"}},
    }


def merged(values: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """The values with those of `over` in their place, mapping by mapping, as helm merges files."""
    return {
        **values,
        **{
            key: merged(values[key], value)
            if isinstance(value, Mapping) and isinstance(values.get(key), Mapping)
            else value
            for key, value in over.items()
        },
    }
