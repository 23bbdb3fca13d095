"""One environment that is up on the double, and what its plans say: for test_environments.py."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.aws.plan import Plan, Resource, read
from deploy.aws.rules.documents import Statement, documents
from deploy.documents.rehearsal import Plans
from deploy.tests.double.run import Terraform

# IAM's words for the services of types, by the beginning of a type's name.
SERVICES = {
    "aws_accessanalyzer": "access-analyzer",
    "aws_ce_": "ce",
    "aws_cloudwatch_event": "events",
    "aws_codeconnections": "codeconnections",
    "aws_cloudwatch_log": "logs",
    "aws_cloudwatch_metric": "cloudwatch",
    "aws_db_": "rds",
    "aws_lb": "elasticloadbalancing",
    "aws_sesv2": "ses",
}
SAME_WORD = "acm backup budgets cloudfront cloudtrail codebuild config ecr eks elasticache guardduty iam kms route53 s3"
SAME_WORD += " secretsmanager sns sqs ssm wafv2"
SERVICES |= {f"aws_{service}": service for service in SAME_WORD.split()}


@dataclass
class Life:
    """One environment that is up: its name, its tree, its double, and its plans as Terraform showed them, by layer."""

    name: str
    tree: Path
    terraform: Terraform
    shown: Plans

    @property
    def plans(self) -> list[Plan]:
        return [read(plan, self.name, layer) for layer, plan in self.shown.items()]

    def handed(self, name: str) -> Any:
        """What stands in the parameter of a layer, or in `handover`."""
        return json.loads(self.terraform.account.parameters[f"/mercat/{self.name}/{name}"])


def bootstrapped(life: Life) -> Plan:
    """What an administrator makes in an environment's account before all layers."""
    folder = life.tree / "bootstrap"
    for words in (["init"], ["plan", f"-var=environment={life.name}", "-out=offline.tfplan"]):
        done = life.terraform(folder, *words)
        assert done.status == 0, done.complaint
    shown = json.loads(life.terraform(folder, "show", "-json", "offline.tfplan").text)
    return read(shown, life.name, "bootstrap")


def everything(plans: list[Plan], kind: str) -> list[Resource]:
    """What all layers have of one type."""
    return [resource for plan in plans for resource in plan.of(kind)]


def backed_up_tags(plans: list[Plan]) -> set[tuple[str, str]]:
    """The tags by which AWS Backup selects what it keeps."""
    return {
        (equals.get("key"), equals.get("value"))
        for selection in everything(plans, "aws_backup_selection")
        for condition in selection.blocks("condition")
        for equals in condition.blocks("string_equals")
    }


def types(handover: dict[str, Any]) -> dict[str, type]:
    """The form of a handover: the type of each of its keys."""
    return {key: type(value) for key, value in handover.items()}


def cluster_access(plans: list[Plan]) -> tuple[dict[str, list[str]], set[str]]:
    """Groups of Kubernetes by the name of a role, and the policies of EKS that roles have."""
    entries = everything(plans, "aws_eks_access_entry")
    groups = {each.get("principal_arn").rpartition("/")[2]: each.get("kubernetes_groups") for each in entries}
    policies = everything(plans, "aws_eks_access_policy_association")
    return groups, {each.get("policy_arn").rpartition("/")[2] for each in policies}


def service_of(kind: str) -> str:
    """The service that a type belongs to. What has no word of its own is of EC2: networks and the like."""
    found = [prefix for prefix in SERVICES if kind.startswith(prefix)]
    return SERVICES[max(found, key=len)] if found else "ec2"


def allowed(resource: Resource) -> list[Statement]:
    """The statements of a resource's policies that allow something."""
    return [
        statement for document in documents(resource) for statement in document.statements or () if statement.allows
    ]
