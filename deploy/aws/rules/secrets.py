"""No secret value in a plan, so none in the state: write-only arguments and secrets that AWS makes itself."""

from __future__ import annotations

from collections.abc import Iterator

from deploy.aws.plan import UNKNOWN, Plan, Resource

_NAMES = {
    "auth_token",
    "client_secret",
    "master_password",
    "master_user_password",
    "password",
    "passwords",
    "private_key",
    "private_key_pem",
    "secret_binary",
    "secret_string",
    "user_password",
}
# These keep a secret in the state by their nature.
_TYPES = {"aws_iam_access_key", "aws_iam_user_login_profile", "random_password", "tls_private_key"}


def secrets(plan: Plan) -> Iterator[tuple[Resource, str]]:
    """No secret stands in the state of Terraform."""
    for resource in plan.resources:
        if resource.type in _TYPES:
            yield resource, "keeps its secret in the state: use an ephemeral resource"
        for name in _set(resource):
            yield resource, f"{name} is in the plan: use {name}_wo, or let AWS make the secret"


def _set(resource: Resource) -> Iterator[str]:
    """The attributes that hold a secret. One that is not known is a secret if the configuration sets it."""
    names = sorted(_NAMES & resource.values.keys())
    if resource.type == "aws_ssm_parameter" and resource.get("type") == "SecureString":
        names.append("value")
    for name in names:
        written = name in resource.expressions
        if resource.has(name) and (resource.get(name) is not UNKNOWN or written):
            yield name
