"""IAM's policy documents: found in a plan, and read statement by statement."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from deploy.aws.plan import UNKNOWN, Resource

# Where providers keep policies; the same words hold other documents too, which have no statements.
ATTRIBUTES = {
    "policy",
    "assume_role_policy",
    "policy_document",
    "access_policies",
    "access_policy",
    "resource_policy",
    "inline_policy",
}


@dataclass(frozen=True)
class Statement:
    """One statement, its one-or-many fields as sets. principals: of every kind; services: those of AWS among them."""

    raw: dict[str, Any]
    name: str
    allows: bool
    denies: bool
    actions: set[str]
    resources: set[str]
    principals: set[str]
    services: set[str]

    @property
    def everyone(self) -> bool:
        """Whether a principal is `*`."""
        return "*" in self.principals

    @property
    def conditional(self) -> bool:
        """Whether it has a condition."""
        return bool(self.raw.get("Condition"))

    def condition(self, operator: str, key: str) -> str:
        """What a condition compares with; nothing where it does not exist."""
        value = (self.raw.get("Condition") or {}).get(operator, {}).get(key, "")
        return str(value[0] if isinstance(value, list) and value else value).lower()


class Document(NamedTuple):
    """A policy in a resource. statements is None while the policy is not known."""

    attribute: str
    statements: list[Statement] | None


def documents(resource: Resource) -> Iterator[Document]:
    """Every policy in a resource, also in its blocks."""
    for attribute, value in _walk(resource.values):
        if value is UNKNOWN:
            yield Document(attribute, None)
        elif found := statements(value):
            yield Document(attribute, found)


def statements(value: Any) -> list[Statement]:
    """The statements of a policy's JSON; none when it is not a policy."""
    try:
        read = json.loads(value) if isinstance(value, str) and value.lstrip().startswith("{") else None
    except ValueError:
        return []
    found = read.get("Statement") if isinstance(read, dict) else None
    return [_statement(entry) for entry in (found if isinstance(found, list) else [found] if found else [])]


def _statement(raw: dict[str, Any]) -> Statement:
    principal = raw.get("Principal")
    kinds = principal if isinstance(principal, dict) else {"": principal}
    return Statement(
        raw,
        name=str(raw.get("Sid") or "a statement without Sid"),
        allows=raw.get("Effect") == "Allow",
        denies=raw.get("Effect") == "Deny",
        actions=_many(raw.get("Action")),
        resources=_many(raw.get("Resource")),
        principals=set().union(*map(_many, kinds.values())),
        services=_many(kinds.get("Service")),
    )


def _walk(value: Any, inside: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _walk(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(inner, inside)
    elif inside in ATTRIBUTES and (value is UNKNOWN or isinstance(value, str)):
        yield inside, value


def _many(value: Any) -> set[str]:
    """The strings of a field that holds none, one or several."""
    return set(map(str, value if isinstance(value, list) else [] if value is None else [value]))
