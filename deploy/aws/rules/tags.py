"""Whose it is, and who pays: the five tags on everything that takes tags."""

from __future__ import annotations

from collections.abc import Iterator

from deploy.aws.plan import UNKNOWN, Plan, Resource

TAGS = ("Project", "Environment", "Owner", "CostCenter", "ManagedBy")


def tags(plan: Plan) -> Iterator[tuple[Resource, str]]:
    """Every resource carries them, and so does what a launch template or an autoscaling group starts."""
    for resource in plan.resources:
        for carrier, carried in _carried(resource):
            missing = [tag for tag in TAGS if not carried.get(tag)]
            if missing:
                yield resource, f"{carrier} lacks {', '.join(missing)}: default_tags or var.tags give them"


def _carried(resource: Resource) -> Iterator[tuple[str, dict[str, str]]]:
    """(what carries tags, its tags); nothing for what takes none, or whose tags are not known yet."""
    if "tags_all" in resource.values and resource.get("tags_all") is not UNKNOWN:
        yield "it", resource.get("tags_all") or {}
    if resource.type == "aws_launch_template":
        for block in resource.blocks("tag_specifications"):
            if block.get("tags") is not UNKNOWN:
                yield f"what it starts ({block.get('resource_type')})", block.get("tags") or {}
    if resource.type == "aws_autoscaling_group":
        blocks = [block for block in resource.blocks("tag") if block.on("propagate_at_launch")]
        yield "what it starts", {block.get("key"): block.get("value") for block in blocks}
