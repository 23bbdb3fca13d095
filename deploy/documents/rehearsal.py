"""Brings whole environments up on a double: every layer planned and applied in order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from deploy.double.run import Terraform

ENVIRONMENTS = ("development", "staging", "production")
Plans = dict[str, dict[str, Any]]


def layers(tree: Path, environment: str) -> list[Path]:
    """The live roots of an environment, in the order in which they come to be."""
    return sorted(path for path in (tree / "live" / environment).iterdir() if path.is_dir())


def bring_up(terraform: Terraform, tree: Path, environment: str, last: str = "99") -> Plans:
    """{layer: its plan as JSON}, each applied before the next is planned; up to the layer `last`, with it.

    Raises:
        AssertionError: with what terraform said, when it refuses.
    """
    plans: Plans = {}
    for layer in [each for each in layers(tree, environment) if each.name <= last]:
        plans[layer.name] = terraform.plan(layer)
        done = terraform(layer, "apply", "offline.tfplan")
        if done.status != 0:
            raise AssertionError(f"terraform apply in {environment}/{layer.name}:\n{done.text}")
    return plans
