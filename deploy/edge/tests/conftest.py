from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from chassis.testing.skipping import skip_without
from deploy.edge.tests.edges import BOTH, POD, Edge


@pytest.fixture(scope="session", autouse=True)
def _machine(needs_helm: None) -> None:
    try:
        with socket.socket() as probe:
            probe.bind((POD, 0))
    except OSError as error:
        skip_without("more loopback addresses", f"{POD} cannot be used: {error}")


@pytest.fixture(scope="module", params=BOTH)
def edge(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    with BOTH[request.param](tmp_path_factory.mktemp(request.param)) as found:
        yield found
