"""Tests marked `terraform` need the program and the providers' bindings: without them they are left out, loudly."""

from __future__ import annotations

import functools

import pytest

from chassis.testing.skipping import skip_without
from deploy.tests.double.run import missing

_missing = functools.cache(missing)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("terraform") and (reason := _missing()):
        skip_without("terraform", reason)
