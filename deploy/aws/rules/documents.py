"""IAM's policy documents: found in a plan, and read statement by statement."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

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
    """One statement, its one-or-many fields as sets."""

    raw: dict[str, Any]

    @property
    def allows(self) -> bool:
        """Whether its effect is Allow."""
        return self.raw.get("Effect") == "Allow"

    @property
    def denies(self) -> bool:
        """Whether its effect is Deny."""
        return self.raw.get("Effect") == "Deny"

    @property
    def name(self) -> str:
        """Its Sid, for messages."""
        return str(self.raw.get("Sid") or "a statement without Sid")

    @property
    def actions(self) -> set[str]:
        """The actions that it names."""
        return _many(self.raw.get("Action"))

    @property
    def resources(self) -> set[str]:
        """The ARNs that it names."""
        return _many(self.raw.get("Resource"))

    @property
    def principals(self) -> set[str]:
        """Every principal, of whatever kind."""
        principal = self.raw.get("Principal")
        if isinstance(principal, dict):
            return set().union(*(_many(value) for value in principal.values()))
        return _many(principal)

    @property
    def services(self) -> set[str]:
        """The AWS services among its principals."""
        principal = self.raw.get("Principal")
        return _many(principal.get("Service")) if isinstance(principal, dict) else set()

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


@dataclass(frozen=True)
class Document:
    """A policy in a resource. statements is None while the policy is not known."""

    address: str
    type: str
    attribute: str
    statements: list[Statement] | None


def documents(resource: Resource) -> Iterator[Document]:
    """Every policy in a resource, also in its blocks."""
    for attribute, value in _walk(resource.values):
        if value is UNKNOWN:
            yield Document(resource.address, resource.type, attribute, None)
            continue
        found = statements(value)
        if found:
            yield Document(resource.address, resource.type, attribute, found)


def statements(value: Any) -> list[Statement]:
    """The statements of a policy's JSON; none when it is not a policy."""
    try:
        read = json.loads(value) if isinstance(value, str) and value.lstrip().startswith("{") else None
    except ValueError:
        return []
    found = read.get("Statement") if isinstance(read, dict) else None
    return [Statement(entry) for entry in (found if isinstance(found, list) else [found] if found else [])]


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
    if value is None:
        return set()
    return {str(entry) for entry in value} if isinstance(value, list) else {str(value)}
