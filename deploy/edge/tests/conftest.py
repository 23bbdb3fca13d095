from __future__ import annotations

from collections.abc import Iterator

import pytest

from chassis.testing.skipping import skip_without
from deploy.charts import helm
from deploy.edge.tests.edges import BOTH, Edge


@pytest.fixture(scope="session", autouse=True)
def _helm() -> None:
    if helm.program() is None:
        skip_without("helm", "there is no helm in .venv/kubernetes that runs here, and none on the PATH")


@pytest.fixture(scope="module", params=BOTH)
def edge(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    with BOTH[request.param](tmp_path_factory.mktemp(request.param)) as found:
        yield found
