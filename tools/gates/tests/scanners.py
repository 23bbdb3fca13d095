"""What the tests of the gates need of this machine."""

from __future__ import annotations

from chassis.testing.skipping import skip_without
from tools.gates import tree


def need(name: str) -> None:
    """Leave the test out where a scanner cannot be installed; in CI it fails."""
    try:
        tree.program(name)
    except tree.Missing as missing:
        skip_without(name, str(missing))
