"""An image's tag names one image for good, so that what was tested is what runs."""

from __future__ import annotations

from collections.abc import Iterable

from deploy.aws.plan import UNKNOWN, Plan
from deploy.aws.rules.finding import Finding


def images(plan: Plan) -> Iterable[Finding]:
    """Tags of images cannot move, and images are scanned when they are pushed."""
    for repository in plan.of("aws_ecr_repository"):
        if repository.get("image_tag_mutability") not in {"IMMUTABLE", UNKNOWN}:
            yield Finding("images", repository.address, 'its tags can move: set image_tag_mutability = "IMMUTABLE"')
        if not repository.on("image_scanning_configuration.0.scan_on_push"):
            yield Finding("images", repository.address, "is not scanned: set scan_on_push = true")
