"""Rules over a plan: what it may not contain, whoever wrote it. Each is a function from a plan to findings."""

from __future__ import annotations

from deploy.aws.plan import Plan
from deploy.aws.rules import (
    buckets,
    encryption,
    environments,
    images,
    instances,
    least_privilege,
    open_ingress,
    protection,
    roles,
    runners,
    secrets,
    tags,
    transport,
    trust,
)
from deploy.aws.rules.finding import Finding, Rule

RULES: tuple[Rule, ...] = (
    tags.tags,
    open_ingress.open_ingress,
    buckets.buckets,
    encryption.encryption,
    least_privilege.least_privilege,
    roles.roles,
    runners.runners,
    secrets.secrets,
    instances.instances,
    images.images,
    environments.environments,
    protection.protection,
    transport.tls,
    transport.egress,
    transport.data_ingress,
    trust.oidc,
    trust.managed_policies,
    trust.retention,
)


def check(plan: Plan) -> list[Finding]:
    """Every finding of every rule, by rule and address."""
    return sorted({finding for rule in RULES for finding in rule(plan)})


def unread(plan: Plan) -> list[str]:
    """The addresses of policies that are known only after apply, so that no rule could read them yet."""
    return sorted({document.address for document in least_privilege.unread(plan)})
