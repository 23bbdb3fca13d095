"""What travels: TLS 1.2 at least wherever a resource can say so, and no way out of what only answers."""

from __future__ import annotations

from collections.abc import Iterator

from deploy.aws.layers import guarded
from deploy.aws.plan import Plan, Resource

_OLD = {"SSLv3", "TLSv1", "TLSv1.1"}
_PROTOCOL = "vpc_origin_endpoint_config.0.origin_protocol_policy"
# {type: (attribute, the value it must have)} of what can be switched to plain text.
_REQUIRED = {
    "aws_cloudfront_vpc_origin": (_PROTOCOL, "https-only"),
    "aws_elasticache_replication_group": ("transit_encryption_mode", "required"),
    "aws_sesv2_configuration_set": ("delivery_options.0.tls_policy", "REQUIRE"),
}
_EGRESS = "aws_vpc_security_group_egress_rule"
# The last word of the names of security groups that need no way out.
_ONLY_ANSWER = ("-database", "-cache")


def tls(plan: Plan) -> Iterator[tuple[Resource, str]]:
    """Nothing talks plain text or a TLS below 1.2, but CloudFront to a store in development that has no domain."""
    on_trial = _on_trial(plan)
    for resource in plan.resources:
        yield from ((resource, message) for message in _weak(resource, on_trial=on_trial))


def _on_trial(plan: Plan) -> bool:
    """Whether nobody depends on the environment, and CloudFront serves by its own name, for which no TLS can be set."""
    found = plan.of("aws_cloudfront_distribution")
    own = [each.get("viewer_certificate.0.cloudfront_default_certificate") is True for each in found]
    return not guarded(plan.environment) and bool(own) and all(own)


def _weak(resource: Resource, *, on_trial: bool) -> Iterator[str]:
    attribute, value = _REQUIRED.get(resource.type, ("", ""))
    if attribute and resource.get(attribute) != value and not (on_trial and resource.get(_PROTOCOL) == "http-only"):
        yield f"set {attribute} = {value}"
    fetches = resource.each("vpc_origin_endpoint_config.0.origin_ssl_protocols.0.items")
    for origin in resource.blocks("origin") if resource.type == "aws_cloudfront_distribution" else ():
        fetches += origin.each("custom_origin_config.0.origin_ssl_protocols")
    if old := sorted(_OLD & set(fetches)):
        yield f"fetches by {', '.join(old)}: origin_ssl_protocols = [TLSv1.2]"
    if resource.type == "aws_cloudfront_distribution" and not on_trial:
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
