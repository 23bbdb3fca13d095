"""Every role of ours stays inside the permissions boundary, whatever its policies say, and is known by its path."""

from __future__ import annotations

from collections.abc import Iterable

from deploy.aws.plan import UNKNOWN, Plan
from deploy.aws.rules.finding import Finding

PATH = "/mercat/"


def roles(plan: Plan) -> Iterable[Finding]:
    """Each role has the path and the permissions boundary of the project."""
    for role in plan.of("aws_iam_role"):
        path = role.get("path")
        # A role that AWS makes for a service has a path of AWS's own.
        if isinstance(path, str) and path.startswith("/aws-service-role/"):
            continue
        if not role.has("permissions_boundary"):
            yield Finding("roles", role.address, "has no permissions boundary: set permissions_boundary_arn")
        if path is not UNKNOWN and not str(path).startswith(PATH):
            yield Finding("roles", role.address, f'is not below the path "{PATH}", which alone <name>-apply may touch')
