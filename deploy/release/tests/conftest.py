from __future__ import annotations

import json
from pathlib import Path

import pytest

from chassis.testing.skipping import skip_without
from deploy.charts import helm


@pytest.fixture(scope="session", autouse=True)
def _machine() -> None:
    if helm.program() is None or not helm.OWN.with_name("kubectl").exists():
        skip_without("helm", "there is no helm in .venv/kubernetes that runs here")


@pytest.fixture
def handover(tmp_path):
    """A file as Terraform's, of a cluster at an address."""

    def write(endpoint: str) -> Path:
        sample = {
            "environment": "production",
            "region": "eu-central-1",
            "cluster": "mercat-production",
            "cluster_endpoint": endpoint,
            "domain": "shop.example",
            "origin_domain": "origin.shop.example",
            "registry": "333333333333.dkr.ecr.eu-central-1.amazonaws.com",
            "vpc_cidr": "10.30.0.0/16",
            "secrets_prefix": "mercat/production",
            "mail_from": "shop@shop.example",
            "buckets": {"media": "mercat-production-media"},
        }
        file = tmp_path / "handover.json"
        file.write_text(json.dumps(sample))
        return file

    return write
