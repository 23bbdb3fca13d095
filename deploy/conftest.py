"""What a machine may lack: tests that need it are left out, loudly. Marked `terraform`: its program and bindings."""

from __future__ import annotations

import functools

import pytest

from chassis.testing.skipping import skip_without
from deploy.charts import helm
from deploy.tests.double.run import missing

_missing = functools.cache(missing)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("terraform") and (reason := _missing()):
        skip_without("terraform", reason)


@pytest.fixture(scope="session")
def needs_helm() -> None:
    """For tests that render charts."""
    if helm.program() is None:
        skip_without("helm", "there is no helm in .venv/kubernetes that runs here, and none on the PATH")
