from __future__ import annotations

import pytest

from chassis.testing.skipping import skip_without
from deploy.charts import helm
from deploy.edge import rendered

REGISTRY = "000000000000.dkr.ecr.eu-central-1.amazonaws.com/mercat"


@pytest.fixture(scope="session")
def objects() -> helm.Objects:
    """The rendered roles, bindings and admission policies."""
    if helm.program() is None:
        skip_without("helm", "there is no helm in .venv/kubernetes that runs here, and none on the PATH")
    return rendered.access((), [f"image.repository={REGISTRY}/services"])
