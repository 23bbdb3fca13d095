from __future__ import annotations

import json
from pathlib import Path

import pytest

from chassis.testing.skipping import skip_without
from deploy.charts import helm
from deploy.platform import render as samples


@pytest.fixture(scope="session", autouse=True)
def _machine(needs_helm: None) -> None:
    if not helm.OWN.with_name("kubectl").exists():
        skip_without("kubectl", "there is none in .venv/kubernetes")


@pytest.fixture
def handover(tmp_path):
    """A file as Terraform's, of a cluster at an address."""

    def write(endpoint: str) -> Path:
        sample = {**samples.handover("production"), "cluster_endpoint": endpoint}
        file = tmp_path / "handover.json"
        file.write_text(json.dumps(sample))
        return file

    return write
