"""Nobody gets more than the work needs: every policy in the plan is read, wherever it stands."""

from __future__ import annotations

from collections.abc import Iterator

from deploy.aws.plan import UNKNOWN, Plan, Resource
from deploy.aws.rules.documents import Document, Statement, documents

# In a key's policy "*" means this key, and without the account's root nobody could ever administer it.
_KEYS = {"aws_kms_key", "aws_kms_key_policy", "aws_kms_replica_key"}
# An endpoint's policy grants nothing: it is the most that may pass, whatever the roles' own policies say. The verbs are
# left to the roles there, if a condition or named resources say whose data may pass.
_DOORS = {"aws_vpc_endpoint", "aws_vpc_endpoint_policy"}
# Should AWS take no policy for this endpoint (settings: endpoints_without_policy), it bears AWS' own, which admits all.
# It hands out what a pod's own token proves, and nothing else passes it.
_OPEN_DOOR = ".eks-auth"
_ADMITS_ALL = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
_TRUST = "assume_role_policy"


def least_privilege(plan: Plan) -> Iterator[tuple[Resource, str]]:
    """No policy allows every action, or actions that change something on every resource."""
    for resource in plan.resources:
        open_door = resource.type == "aws_vpc_endpoint" and str(resource.get("service_name")).endswith(_OPEN_DOOR)
        for document in documents(resource):
            ours = [each for each in document.statements or () if not (open_door and each.raw == _ADMITS_ALL)]
            for statement in ours:
                for message in _too_much(resource.type, document, statement):
                    yield resource, f"{document.attribute}, {statement.name}: {message}"


def unread(plan: Plan) -> Iterator[Resource]:
    """The policies that are written in the configuration and not known before apply."""
    for resource in plan.resources:
        for document in documents(resource):
            written = document.attribute in resource.expressions or resource.get(document.attribute) is not UNKNOWN
            if document.statements is None and written:
                yield resource


def _too_much(kind: str, document: Document, statement: Statement) -> Iterator[str]:
    everywhere = "*" in statement.resources or "NotResource" in statement.raw
    door = kind in _DOORS and (statement.conditional or not everywhere)
    if not statement.allows or door:
        return
    if "NotAction" in statement.raw or "NotPrincipal" in statement.raw:
        yield "allows all but what it names: name what is needed"
    if {"*", "*:*"} & statement.actions:
        yield 'allows Action "*": name the actions'
    whole = sorted(action for action in statement.actions if action.endswith(":*") and action != "*:*")
    if whole and everywhere and not (kind in _KEYS and _by_root(statement)):
        yield f'allows {", ".join(whole)} on Resource "*": name the actions, or the resources'
    if "iam:PassRole" in statement.actions and everywhere and not statement.conditional:
        yield "allows iam:PassRole for every role: name the roles, or iam:PassedToService"
    if statement.everyone and not statement.conditional:
        who = "anyone may take the role" if document.attribute == _TRUST else "anyone may use it"
        yield f'Principal "*" without a Condition, so {who}: name the principal'


def _by_root(statement: Statement) -> bool:
    """Whether an account administers its own key."""
    arns = statement.principals
    root = all(arn.startswith("arn:aws:iam::") and arn.endswith(":root") for arn in arns)
    return statement.actions == {"kms:*"} and bool(arns) and root
