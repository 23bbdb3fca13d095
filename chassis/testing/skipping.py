"""The one way to leave a test out, because of what a machine does not have.

Where `CI=true` it fails instead: what gates a landing must have run. Only what no CI of ours can have is let pass.
"""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

CI_CANNOT_HAVE = frozenset({"GitHub", "an AWS account", "another architecture", "a key of Stripe's test mode"})


def in_ci() -> bool:
    """Whether this run gates a landing."""
    return os.environ.get("CI", "").lower() in {"true", "1"}


def skip_without(what: str, reason: str) -> NoReturn:
    """Leave the running test out for want of `what`; `reason` says how one knows, and what to do."""
    if in_ci() and what not in CI_CANNOT_HAVE:
        pytest.fail(f"{what} is missing here, and CI=true leaves nothing out: {reason}", pytrace=False)
    pytest.skip(f"NOT TESTED without {what}: {reason}")
