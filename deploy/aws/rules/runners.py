"""Jobs of the pipeline run inside the network, unprivileged, and only for a named workflow."""

from __future__ import annotations

from collections.abc import Iterable

from deploy.aws.plan import UNKNOWN, Plan
from deploy.aws.rules.finding import Finding


def runners(plan: Plan) -> Iterable[Finding]:
    """CodeBuild stands in the VPC, is not privileged, stores no token, and is started by waiting jobs alone."""
    for project in plan.of("aws_codebuild_project"):
        if not project.has("vpc_config.0.subnets"):
            yield Finding("runners", project.address, "stands outside of the VPC: set vpc_config")
        if project.get("environment.0.privileged_mode") not in {None, False, UNKNOWN}:
            yield Finding("runners", project.address, "is privileged: build images elsewhere")
    for credential in plan.of("aws_codebuild_source_credential"):
        yield Finding("runners", credential.address, "puts a token into the state: use a connection")
    for webhook in plan.of("aws_codebuild_webhook"):
        groups = [
            {each.get("type"): each.get("pattern") for each in group.blocks("filter")}
            for group in webhook.blocks("filter_group")
        ]
        if not groups or any(
            group.get("EVENT") != "WORKFLOW_JOB_QUEUED" or "WORKFLOW_NAME" not in group for group in groups
        ):
            yield Finding("runners", webhook.address, "is started by others than waiting jobs of one workflow")
