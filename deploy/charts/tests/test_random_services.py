"""A valid service.yaml renders to valid objects within the policies; an invalid one is refused and its field named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from deploy.charts import helm
from deploy.charts.policies import complaints
from deploy.charts.tests.random_services import SCHEMA, Values, batch, faults, valid
from deploy.charts.tests.releases import ENVIRONMENTS
from deploy.charts.validation import invalid

# A batch is one run of helm. The same examples each time: a failure is found again.
BATCH, BATCHES = 8, 6
BOUNDED = settings(
    max_examples=BATCHES,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],  # a batch takes long to shrink, and its complaint names the service
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.large_base_example],
)
SERVICES = valid(SCHEMA).filter(lambda service: service["scale"]["min"] <= service["scale"]["max"])


@BOUNDED
@given(
    services=st.lists(SERVICES, min_size=BATCH, max_size=BATCH),
    environment=st.sampled_from(ENVIRONMENTS),
)
def test_a_valid_service_renders_to_valid_objects_that_keep_the_policies(
    services: list[Values], environment: Path, tmp_path: Path
) -> None:
    objects = helm.render((), release="batch", chart=batch(services, environment, tmp_path / "batch"))
    for number, service in enumerate(services):
        own = [each for each in objects if each["metadata"]["labels"]["helm.sh/chart"].startswith(f"r{number}-")]
        assert {each["metadata"]["name"] for each in own} >= {service["name"]}
        assert invalid(own) == [], service
        assert complaints(own) == [], service


@BOUNDED
@given(service=SERVICES, environment=st.sampled_from(ENVIRONMENTS))
def test_every_fault_of_a_service_is_refused_by_the_name_of_its_field(
    service: Values, environment: Path, tmp_path: Path
) -> None:
    expected = list(faults(service))
    chart = batch([values for _, values in expected], environment, tmp_path / "batch")
    with pytest.raises(helm.HelmError) as refusal:
        helm.render((), release="batch", chart=chart)
    said = dict(re.findall(r"^r(\d+):\n((?:- .*\n?)+)", str(refusal.value), re.MULTILINE))
    for number, (field, values) in enumerate(expected):
        assert f"/{field}" in said.get(str(number), "") or f"'{field}'" in said.get(str(number), ""), values
    assert "nil pointer" not in str(refusal.value)
