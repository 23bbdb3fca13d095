"""An operator's command as a Job: of the image that runs, and only words that chassis.ops knows."""

from __future__ import annotations

import pytest
import yaml

from deploy.charts import helm, operation, policies
from deploy.charts.validation import invalid

IMAGE = f"registry.example/mercat/services@sha256:{'a' * 64}"


def test_a_command_becomes_a_job_of_the_image_that_runs() -> None:
    words = ["redrive", "--only", "a,b={c}"]
    job = yaml.safe_load(operation.job("production", IMAGE, "orders", words))
    assert invalid([{**job, "metadata": {**job["metadata"], "name": "x"}}]) == []
    (container,) = policies.pod_of(job)["containers"]
    assert (container["image"], container["command"]) == (IMAGE, ["python", "-m", "chassis.ops", *words])


@pytest.mark.parametrize(
    ("environment", "image", "service", "said"),
    [
        ("nowhere", IMAGE, "orders", "ENV=nowhere is no environment: give one of cluster"),
        ("production", IMAGE, "pages", "service=pages has no database"),
        ("production", "registry.example/mercat/services:1", "orders", "image.digest is missing"),
    ],
)
def test_what_is_wrong_is_named(environment: str, image: str, service: str, said: str) -> None:
    with pytest.raises(helm.HelmError, match=said):
        operation.job(environment, image, service, ["list"])


def test_a_word_that_is_no_command_is_refused_before_it_runs() -> None:
    with pytest.raises(SystemExit):
        operation.job("production", IMAGE, "orders", ["drop"])
