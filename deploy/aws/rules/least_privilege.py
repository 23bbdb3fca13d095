"""Nobody gets more than the work needs: every policy in the plan is read, wherever it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from deploy.aws.plan import UNKNOWN, Plan
from deploy.aws.rules.documents import Document, Statement, documents
from deploy.aws.rules.finding import Finding

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


def least_privilege(plan: Plan) -> Iterable[Finding]:
    """No policy allows every action, or actions that change something on every resource."""
    for resource in plan.resources:
        open_door = resource.type == "aws_vpc_endpoint" and str(resource.get("service_name")).endswith(_OPEN_DOOR)
        for document in documents(resource):
            ours = [each for each in document.statements or () if not (open_door and each.raw == _ADMITS_ALL)]
            for statement in ours:
                for message in _too_much(document, statement):
                    where = f"{document.attribute}, {statement.name}"
                    yield Finding("least_privilege", document.address, f"{where}: {message}")


def unread(plan: Plan) -> Iterator[Document]:
    """The policies that are written in the configuration and not known before apply."""
    for resource in plan.resources:
        for document in documents(resource):
            written = document.attribute in resource.expressions or resource.get(document.attribute) is not UNKNOWN
            if document.statements is None and written:
                yield document


def _too_much(document: Document, statement: Statement) -> Iterator[str]:
    everywhere = "*" in statement.resources or "NotResource" in statement.raw
    door = document.type in _DOORS and (statement.conditional or not everywhere)
    if not statement.allows or door:
        return
    if "NotAction" in statement.raw or "NotPrincipal" in statement.raw:
        yield "allows all but what it names: name what is needed"
    if {"*", "*:*"} & statement.actions:
        yield 'allows Action "*": name the actions'
    whole = sorted(action for action in statement.actions if action.endswith(":*") and action != "*:*")
    if whole and everywhere and not _administers_its_key(document, statement):
        yield f'allows {", ".join(whole)} on Resource "*": name the actions, or the resources'
    if "iam:PassRole" in statement.actions and everywhere and not statement.conditional:
        yield "allows iam:PassRole for every role: name the roles, or iam:PassedToService"
    if statement.everyone and not statement.conditional:
        who = "anyone may take the role" if document.attribute == _TRUST else "anyone may use it"
        yield f'Principal "*" without a Condition, so {who}: name the principal'


def _administers_its_key(document: Document, statement: Statement) -> bool:
    root = all(
        principal.startswith("arn:aws:iam::") and principal.endswith(":root") for principal in statement.principals
    )
    return document.type in _KEYS and statement.actions == {"kms:*"} and bool(statement.principals) and root
