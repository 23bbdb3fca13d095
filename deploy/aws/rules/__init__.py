"""Rules over a plan: what it may not contain, whoever wrote it. Each yields what breaks it, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from deploy.aws.plan import Plan, Resource
from deploy.aws.rules import compute, least_privilege, transport, trust
from deploy.aws.rules.buckets import buckets
from deploy.aws.rules.encryption import encryption
from deploy.aws.rules.environments import environments
from deploy.aws.rules.open_ingress import open_ingress
from deploy.aws.rules.protection import protection
from deploy.aws.rules.secrets import secrets
from deploy.aws.rules.tags import tags


class Finding(NamedTuple):
    """Which rule, on what, and what to do."""

    rule: str
    address: str
    message: str


RULES: tuple[Callable[[Plan], Iterable[tuple[Resource, str]]], ...] = (
    tags,
    open_ingress,
    buckets,
    encryption,
    least_privilege.least_privilege,
    secrets,
    environments,
    protection,
    compute.images,
    compute.instances,
    compute.runners,
    transport.tls,
    transport.egress,
    transport.data_ingress,
    trust.roles,
    trust.oidc,
    trust.managed_policies,
    trust.retention,
)


def check(plan: Plan) -> list[Finding]:
    """Every finding of every rule, by rule and address."""
    return sorted({Finding(rule.__name__, found.address, what) for rule in RULES for found, what in rule(plan)})


def unread(plan: Plan) -> list[str]:
    """The addresses of policies that are known only after apply, so that no rule could read them yet."""
    return sorted({resource.address for resource in least_privilege.unread(plan)})
