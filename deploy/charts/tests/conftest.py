from __future__ import annotations

import pytest

from chassis.testing.skipping import skip_without
from deploy.charts import helm


@pytest.fixture(scope="session", autouse=True)
def _helm() -> None:
    if helm.program() is None:
        skip_without("helm", "there is no helm in .venv/kubernetes that runs here, and none on the PATH")
