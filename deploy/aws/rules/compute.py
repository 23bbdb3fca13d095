"""What runs: images, machines, and the runners of the pipeline."""

from __future__ import annotations

from collections.abc import Iterator

from deploy.aws.plan import UNKNOWN, Plan, Resource


def images(plan: Plan) -> Iterator[tuple[Resource, str]]:
    """A tag names one image for good, so that what was tested is what runs; images are scanned when they are pushed."""
    for repository in plan.of("aws_ecr_repository"):
        if repository.get("image_tag_mutability") not in {"IMMUTABLE", UNKNOWN}:
            yield repository, 'its tags can move: set image_tag_mutability = "IMMUTABLE"'
        if not repository.on("image_scanning_configuration.0.scan_on_push"):
            yield repository, "is not scanned: set scan_on_push = true"


def instances(plan: Plan) -> Iterator[tuple[Resource, str]]:
    """A machine's credentials are for its own processes: IMDSv2, and no hop further into a container."""
    for resource in plan.of("aws_launch_template", "aws_instance", "aws_ec2_instance_metadata_defaults"):
        inside = "" if resource.type == "aws_ec2_instance_metadata_defaults" else "metadata_options.0."
        if resource.get(f"{inside}http_tokens") not in {"required", UNKNOWN}:
            yield resource, 'accepts IMDSv1: set http_tokens = "required"'
        if resource.get(f"{inside}http_put_response_hop_limit") not in {1, UNKNOWN}:
            yield resource, "lets containers at its credentials: http_put_response_hop_limit = 1"


def runners(plan: Plan) -> Iterator[tuple[Resource, str]]:
    """CodeBuild stands in the VPC, is not privileged, stores no token, and only jobs of named workflows start it."""
    for project in plan.of("aws_codebuild_project"):
        if not project.has("vpc_config.0.subnets"):
            yield project, "stands outside of the VPC: set vpc_config"
        if project.get("environment.0.privileged_mode") not in {None, False, UNKNOWN}:
            yield project, "is privileged: build images elsewhere"
    for credential in plan.of("aws_codebuild_source_credential"):
        yield credential, "puts a token into the state: use a connection"
    for webhook in plan.of("aws_codebuild_webhook"):
        groups = [
            {each.get("type"): each.get("pattern") for each in group.blocks("filter")}
            for group in webhook.blocks("filter_group")
        ]
        waiting = [each for each in groups if each.get("EVENT") == "WORKFLOW_JOB_QUEUED" and "WORKFLOW_NAME" in each]
        if not groups or waiting != groups:
            yield webhook, "is started by others than waiting jobs of named workflows"
