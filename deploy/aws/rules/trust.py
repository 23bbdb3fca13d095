"""Who is let in from outside, and which policies of AWS's own are handed out."""

from __future__ import annotations

from collections.abc import Iterator

from deploy.aws.plan import UNKNOWN, Plan, Resource
from deploy.aws.rules.documents import Statement, documents

PATH = "/mercat/"
_AWS = "arn:aws:iam::aws:policy/"
# Those that we use, each looked up in AWS's reference of managed policies. IAM refuses another name at apply only.
_EXIST = {
    "AWSBackupServiceRolePolicyForS3Backup",
    "AWSBackupServiceRolePolicyForS3Restore",
    "AWSDenyAll",
    "AmazonEBSCSIDriverPolicyV2",
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonEKSClusterPolicy",
    "AmazonEKSWorkerNodePolicy",
    "AmazonEKS_CNI_Policy",
    "service-role/AWSBackupServiceRolePolicyForBackup",
    "service-role/AWSBackupServiceRolePolicyForRestores",
    "service-role/AWS_ConfigRole",
    "service-role/AmazonRDSEnhancedMonitoringRole",
}


def roles(plan: Plan) -> Iterator[tuple[Resource, str]]:
    """Every role of ours stays inside the permissions boundary, whatever its policies say, and is known by its path."""
    for role in plan.of("aws_iam_role"):
        path = role.get("path")
        # A role that AWS makes for a service has a path of AWS's own.
        if isinstance(path, str) and path.startswith("/aws-service-role/"):
            continue
        if not role.has("permissions_boundary"):
            yield role, "has no permissions boundary: set permissions_boundary_arn"
        if path is not UNKNOWN and not str(path).startswith(PATH):
            yield role, f'is not below the path "{PATH}", which alone <name>-apply may touch'


def oidc(plan: Plan) -> Iterator[tuple[Resource, str]]:
    """A role that a token of GitHub's opens names audience and subject, letter by letter."""
    for role in plan.of("aws_iam_role"):
        for document in documents(role):
            for statement in document.statements or ():
                if statement.allows and "sts:AssumeRoleWithWebIdentity" in statement.actions and _loose(statement):
                    yield role, "trusts more than one subject: StringEquals on :aud and :sub, without wildcards"


def _loose(statement: Statement) -> bool:
    exact = (statement.raw.get("Condition") or {}).get("StringEquals", {})
    named = {key.rsplit(":", 1)[-1]: value for key, value in exact.items()}
    return not {"aud", "sub"} <= named.keys() or any("*" in str(value) for value in named.values())


def managed_policies(plan: Plan) -> Iterator[tuple[Resource, str]]:
    """Policies of AWS's own are those that are known to exist."""
    for resource in plan.of("aws_iam_role_policy_attachment", "aws_iam_user_policy_attachment"):
        arn = str(resource.get("policy_arn"))
        if arn.startswith(_AWS) and arn.removeprefix(_AWS) not in _EXIST:
            yield resource, f"{arn} is not on the list of rules/trust.py: look it up, name and path, and add it"


def retention(plan: Plan) -> Iterator[tuple[Resource, str]]:
    """No log is kept, and paid, for ever."""
    for group in plan.of("aws_cloudwatch_log_group"):
        if not group.has("retention_in_days") or group.get("retention_in_days") == 0:
            yield group, "keeps its lines for ever: set retention_in_days"
