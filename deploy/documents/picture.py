"""Pictures drawn from plans: who may talk to whom, and what is in each layer. Mermaid, as GitHub and others show it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from deploy.aws.layers import layers
from deploy.aws.plan import Plan, Resource

_INGRESS = "aws_vpc_security_group_ingress_rule"
_EGRESS = "aws_vpc_security_group_egress_rule"
_USE = re.compile(r"local\.(\w+)\.(\w+)")
_GIVE = re.compile(r"^\s+(\w+)\s+= (?:one\()?module\.(\w+)[.\[]", re.MULTILINE)
_MODULE = re.compile(r'^module "(\w+)" \{(.*?)^\}', re.MULTILINE | re.DOTALL)
# A module that gives to more than these gets words instead of arrows, or one sees nothing else.
_FEW = 5
_SHAPES = {
    "cache": "[(Valkey, optional)]",
    "control_plane": "[Kubernetes API]",
    "database": "[(PostgreSQL)]",
    "endpoints": "[endpoints of AWS services]",
    "load_balancer": "[load balancer]",
    "media": "[(media: bucket)]",
    "nodes": "[nodes and pods]",
    "outside": "([Stripe and other APIs, by NAT])",
}


def traffic(plans: list[Plan]) -> str:
    """Who may open a connection to whom: security-group rules, and where CloudFront fetches from."""
    lines = ["flowchart LR", "  shoppers([shoppers]) -->|443| cloudfront[CloudFront + WAF]"]
    lines += [f"  cloudfront -->|{what}| {target}" for what, target in _origins(plans)]
    names = {group.values["id"]: _short(group, plans) for group in _all(plans, "aws_security_group")}
    edges: dict[tuple[str, str], set[str]] = {}
    for rule in _all(plans, _INGRESS):
        others = "cloudfront" if rule.has("prefix_list_id") else "anywhere"
        source = names.get(rule.get("referenced_security_group_id"), others)
        edges.setdefault((source, names[rule.get("security_group_id")]), set()).add(_port(rule))
    for rule in _all(plans, _EGRESS):
        if rule.get("cidr_ipv4") == "0.0.0.0/0":
            edges.setdefault((names[rule.get("security_group_id")], "outside"), set()).add(_port(rule))
    lines += [
        f"  {source} -->|{', '.join(sorted(ports, key=_number))}| {target}"
        for (source, target), ports in sorted(edges.items())
        if source != target
    ]
    used = {name for edge in edges for name in edge} | {target for _, target in _origins(plans)}
    return "\n".join([*lines, *[f"  {name}{_SHAPES[name]}" for name in sorted(used & set(_SHAPES))]])


def _origins(plans: list[Plan]) -> list[tuple[str, str]]:
    """(what is fetched, from which bucket) by the distribution; the load balancer stands in the security groups."""
    buckets = {
        bucket.get(name): str(bucket.get("bucket")).rsplit("-", 1)[-1]
        for bucket in _all(plans, "aws_s3_bucket")
        for name in ("bucket_domain_name", "bucket_regional_domain_name")
    }
    found = []
    for distribution in _all(plans, "aws_cloudfront_distribution"):
        for origin in distribution.blocks("origin"):
            target = buckets.get(origin.get("domain_name"))
            if target:
                found.append(("objects, signed", target))
    return sorted(set(found))


def _all(plans: list[Plan], kind: str) -> list[Resource]:
    return [resource for plan in plans for resource in plan.of(kind)]


def _short(group: Resource, plans: list[Plan]) -> str:
    environment = plans[0].environment
    return str(group.get("name")).split(f"{environment}-", 1)[-1].replace("-", "_")


def _port(rule: Resource) -> str:
    return "all" if rule.get("ip_protocol") == "-1" else str(rule.get("from_port"))


def _number(port: str) -> int:
    return int(port) if port.isdigit() else 0


def composition(tree: Path, plans: list[Plan]) -> str:
    """The layers in their order, the modules of each, and which module gives something to which in a later layer."""
    roots = [tree / "layers" / root.name for root in layers(tree, plans[0].environment)]
    givers = {
        root.name.split("-", 1)[1]: (root, dict(_GIVE.findall((root / "handover.tf").read_text(encoding="utf-8"))))
        for root in roots
    }
    arrows = sorted({arrow for root in roots for arrow in _arrows(root, givers)})
    given = Counter(source for source, _ in arrows)
    lines = ["flowchart TB"]
    for plan, root in zip(plans, roots, strict=True):
        counts = Counter(_part(resource) for resource in plan.resources if _part(resource))
        lines.append(f'  subgraph {root.name.replace("-", "_")}["{root.name}"]')
        for name, count in counts.items():
            most = ", for most others" if given[_node(root, name)] > _FEW else ""
            lines.append(f'    {_node(root, name)}["{name.replace("_", " ")}: {count}{most}"]')
        lines.append("  end")
    return "\n".join([*lines, *[f"  {source} --> {target}" for source, target in arrows if given[source] <= _FEW]])


def _part(resource: Resource) -> str:
    """Which module of its layer a resource belongs to: module.layer.module.THIS; none for the handover."""
    names = resource.module.split(".")
    return names[3].split("[")[0] if len(names) > 3 else ""


def _arrows(root: Path, givers: dict[str, tuple[Path, dict[str, str]]]) -> set[tuple[str, str]]:
    """(who gives, who takes) of a root's modules."""
    arrows = set()
    for name, body in _MODULE.findall((root / "main.tf").read_text(encoding="utf-8")):
        for layer, key in _USE.findall(body):
            giver, gives = givers.get(layer, (root, {}))
            if key in gives and giver != root:
                arrows.add((_node(giver, gives[key]), _node(root, name)))
    return arrows


def _node(root: Path, module: str) -> str:
    return f"{root.name.split('-', 1)[1]}_{module}"
