from __future__ import annotations

import pytest

from chassis.testing.skipping import skip_without
from deploy.charts import helm


@pytest.fixture(scope="session", autouse=True)
def _machine() -> None:
    if helm.program() is None or not helm.OWN.with_name("kubectl").exists():
        skip_without("helm", "there is no helm in .venv/kubernetes that runs here")
