"""Brings whole environments up on a double: every layer planned and applied in order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from deploy import TERRAFORM
from deploy.aws.layers import environments, layers
from deploy.tests.double.run import Terraform

ENVIRONMENTS = environments(TERRAFORM)
Plans = dict[str, dict[str, Any]]


def bring_up(terraform: Terraform, tree: Path, environment: str, last: str = "99") -> Plans:
    """{layer: its plan as JSON}, each applied before the next is planned; up to the layer `last`, with it.

    Raises:
        AssertionError: with what terraform said, when it refuses.
    """
    plans: Plans = {}
    for layer in [each for each in layers(tree, environment) if each.name <= last]:
        plans[layer.name] = terraform.plan(layer.folder)
        done = terraform(layer.folder, "apply", "offline.tfplan")
        if done.status != 0:
            raise AssertionError(f"terraform apply in {environment}/{layer.name}:\n{done.text}")
    return plans
