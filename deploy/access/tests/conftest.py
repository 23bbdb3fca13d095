from __future__ import annotations

import pytest

from deploy.charts import helm
from deploy.edge import rendered

REGISTRY = "000000000000.dkr.ecr.eu-central-1.amazonaws.com/mercat"


@pytest.fixture(scope="session")
def objects(needs_helm: None) -> helm.Objects:
    """The rendered roles, bindings and admission policies."""
    return rendered.access((), [f"image.repository={REGISTRY}/services"])
