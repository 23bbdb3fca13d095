from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from chassis.testing.skipping import skip_without
from deploy.charts import helm
from deploy.edge.tests.edges import BOTH, POD, Edge


@pytest.fixture(scope="session", autouse=True)
def _machine() -> None:
    if helm.program() is None:
        skip_without("helm", "there is no helm in .venv/kubernetes that runs here, and none on the PATH")
    try:
        with socket.socket() as probe:
            probe.bind((POD, 0))
    except OSError as error:
        skip_without("more loopback addresses", f"{POD} cannot be used: {error}")


@pytest.fixture(scope="module", params=BOTH)
def edge(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    with BOTH[request.param](tmp_path_factory.mktemp(request.param)) as found:
        yield found
