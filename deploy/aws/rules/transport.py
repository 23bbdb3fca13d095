"""What travels: TLS 1.2 at least wherever a resource can say so, and no way out of what only answers."""

from __future__ import annotations

from collections.abc import Iterator

from deploy.aws.plan import Plan, Resource

_OLD = {"SSLv3", "TLSv1", "TLSv1.1"}
# {type: (attribute, the value it must have)} of what can be switched to plain text.
_REQUIRED = {
    "aws_cloudfront_vpc_origin": ("vpc_origin_endpoint_config.0.origin_protocol_policy", "https-only"),
    "aws_elasticache_replication_group": ("transit_encryption_mode", "required"),
    "aws_sesv2_configuration_set": ("delivery_options.0.tls_policy", "REQUIRE"),
}
_EGRESS = "aws_vpc_security_group_egress_rule"
# The last word of the names of security groups that need no way out.
_ONLY_ANSWER = ("-database", "-cache")


def tls(plan: Plan) -> Iterator[tuple[Resource, str]]:
    """Nothing talks plain text or a TLS below 1.2."""
    for resource in plan.resources:
        yield from ((resource, message) for message in _weak(resource))


def _weak(resource: Resource) -> Iterator[str]:
    attribute, value = _REQUIRED.get(resource.type, ("", ""))
    if attribute and resource.get(attribute) != value:
        yield f"set {attribute} = {value}"
    fetches = resource.each("vpc_origin_endpoint_config.0.origin_ssl_protocols.0.items")
    for origin in resource.blocks("origin") if resource.type == "aws_cloudfront_distribution" else ():
        fetches += origin.each("custom_origin_config.0.origin_ssl_protocols")
    if old := sorted(_OLD & set(fetches)):
        yield f"fetches by {', '.join(old)}: origin_ssl_protocols = [TLSv1.2]"
    if resource.type == "aws_cloudfront_distribution":
        lowest = str(resource.get("viewer_certificate.0.minimum_protocol_version"))
        if not lowest.startswith(("TLSv1.2_", "TLSv1.3_")):
            yield f"shoppers may use {lowest}: set minimum_protocol_version = TLSv1.2_2021 or newer"
    if resource.type == "aws_db_parameter_group" and str(resource.get("family")).startswith("postgres"):
        set_to = {block.get("name"): str(block.get("value")) for block in resource.blocks("parameter")}
        if set_to.get("rds.force_ssl") != "1":
            yield "admits connections without TLS: rds.force_ssl = 1"


def egress(plan: Plan) -> Iterator[tuple[Resource, str]]:
    """Databases and caches answer and never call."""
    for group in plan.of("aws_security_group"):
        if not str(group.get("name")).endswith(_ONLY_ANSWER):
            continue
        rules = [rule for rule in plan.of(_EGRESS) if rule.belongs_to("security_group_id", group, "id")]
        if rules or group.has("egress"):
            yield group, "has a way out: PostgreSQL and Valkey only answer"


def data_ingress(plan: Plan) -> Iterator[tuple[Resource, str]]:
    """Databases and caches answer nodes alone."""
    groups = plan.of("aws_security_group")
    nodes = [group for group in groups if str(group.get("name")).endswith("-nodes")]
    for group in groups:
        if not str(group.get("name")).endswith(_ONLY_ANSWER):
            continue
        for rule in plan.of("aws_vpc_security_group_ingress_rule"):
            if rule.belongs_to("security_group_id", group, "id") and not any(
                rule.belongs_to("referenced_security_group_id", each, "id") for each in nodes
            ):
                yield rule, "lets others than nodes at PostgreSQL or Valkey"
