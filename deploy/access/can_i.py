"""Answers `kubectl auth can-i` from role-based access control's objects alone, as the API server's authorizer does.

What counts, by Kubernetes' documentation of RBAC: rules only add; a RoleBinding grants in its namespace, whatever its
role's kind; a ClusterRoleBinding grants in all of them and what has no namespace; a subresource is not part of its
resource; `resourceNames` are names of single objects, which a request for all of them does not have.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """May a member of `group` do this? `resource`: name.api-group/subresource; no `namespace`: the whole cluster."""

    group: str
    verb: str
    resource: str
    namespace: str = ""
    name: str = ""


def can_i(objects: Sequence[Object], question: Question) -> bool:
    """Whether the roles and bindings among the objects allow it."""
    return any(_allows(rule, question) for rule in _rules(objects, question))


def _rules(objects: Sequence[Object], question: Question) -> Iterator[Object]:
    """The rules that hold for the question's group in its namespace."""
    roles = {(each["kind"], each["metadata"].get("namespace", ""), each["metadata"]["name"]): each for each in objects}
    for binding in objects:
        if binding["kind"] not in {"RoleBinding", "ClusterRoleBinding"} or not _binds(binding, question):
            continue
        reference = binding["roleRef"]
        namespace = binding["metadata"]["namespace"] if reference["kind"] == "Role" else ""
        role = roles.get((reference["kind"], namespace, reference["name"]))
        yield from (role or {}).get("rules", ())


def _binds(binding: Object, question: Question) -> bool:
    here = binding["kind"] == "ClusterRoleBinding" or binding["metadata"]["namespace"] == question.namespace
    members = [each["name"] for each in binding.get("subjects", ()) if each["kind"] == "Group"]
    return here and question.group in members


def _allows(rule: Object, question: Question) -> bool:
    path, _, subresource = question.resource.partition("/")
    resource, _, group = path.partition(".")
    whole = f"{resource}/{subresource}" if subresource else resource
    names = rule.get("resourceNames", ())
    return (
        _has(rule.get("verbs", ()), question.verb)
        and _has(rule.get("apiGroups", ()), group)
        and (_has(rule.get("resources", ()), whole) or (subresource != "" and f"*/{subresource}" in rule["resources"]))
        and (not names or question.name in names)
    )


def _has(listed: Sequence[str], wanted: str) -> bool:
    return "*" in listed or wanted in listed
