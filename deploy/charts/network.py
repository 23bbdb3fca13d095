"""Who may talk to whom, computed from rendered NetworkPolicies as Kubernetes does: both sides must allow it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deploy.charts.policies import Object, of_kind

Pod = tuple[str, Mapping[str, str]]
"""The namespace and the labels of a pod."""
Port = tuple[str, int]
"""A protocol and a port of it."""


def pods(objects: list[Object], namespace: str = "mercat") -> dict[str, Pod]:
    """The pods of a release by the name of their workload."""
    found = of_kind(objects, "Deployment") + of_kind(objects, "Job")
    return {each["metadata"]["name"]: (namespace, each["spec"]["template"]["metadata"]["labels"]) for each in found}


def allowed(
    policies: list[Object], source: Pod, target: Pod, port: int, namespace: str = "mercat", protocol: str = "TCP"
) -> bool:
    """Whether a connection from one pod to a port of another is let through; `namespace`: that of policies without."""
    ways = (("Egress", "egress", "to", source, target), ("Ingress", "ingress", "from", target, source))
    return all(
        _lets(policies, kind, rules, side, own, other, (protocol, port), namespace)
        for kind, rules, side, own, other in ways
    )


def reaches(policies: list[Object], source: Pod, network: str, port: int, namespace: str = "mercat") -> bool:
    """Whether a connection to an ipBlock of exactly this network is let through."""
    rules = [rule for each in _of(policies, "Egress", source, namespace) for rule in each["spec"].get("egress", [])]
    return any(
        any(peer.get("ipBlock", {}).get("cidr") == network for peer in rule.get("to", [])) and _at(rule, ("TCP", port))
        for rule in rules
    )


def _of(policies: list[Object], kind: str, pod: Pod, namespace: str) -> list[Object]:
    return [
        each
        for each in policies
        if kind in each["spec"]["policyTypes"]
        and pod[0] == each["metadata"].get("namespace", namespace)
        and _selects(each["spec"]["podSelector"], pod[1])
    ]


def _lets(
    policies: list[Object], kind: str, rules: str, side: str, own: Pod, other: Pod, port: Port, namespace: str
) -> bool:
    """A pod that no policy of this direction selects is open; a rule that names nobody is for all."""
    found = _of(policies, kind, own, namespace)
    return not found or any(
        _at(rule, port) and (side not in rule or any(_is(peer, other, own[0]) for peer in rule[side]))
        for each in found
        for rule in each["spec"].get(rules, [])
    )


def _at(rule: Mapping[str, Any], port: Port) -> bool:
    """Where a rule names no protocol it means TCP; without a list of ports it means all."""
    return "ports" not in rule or any((one.get("protocol", "TCP"), one.get("port")) == port for one in rule["ports"])


def _is(peer: Mapping[str, Any], pod: Pod, namespace: str) -> bool:
    if "ipBlock" in peer:
        return False
    wanted = peer.get("namespaceSelector")
    here = pod[0] == namespace if wanted is None else _selects(wanted, {"kubernetes.io/metadata.name": pod[0]})
    return here and _selects(peer.get("podSelector", {}), pod[1])


def _selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Raises ValueError: an operator that no chart of ours has used yet."""
    expressions = selector.get("matchExpressions", [])
    if unknown := [each["operator"] for each in expressions if each["operator"] != "In"]:
        raise ValueError(f"a selector asks by {unknown}")
    listed = all(labels.get(each["key"]) in each["values"] for each in expressions)
    return listed and selector.get("matchLabels", {}).items() <= labels.items()
