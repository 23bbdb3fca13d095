"""A valid service.yaml renders to valid objects within the policies; an invalid one is refused and its field named."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, Phase, find, given, settings
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


LISTS = st.lists(SERVICES, min_size=BATCH, max_size=BATCH)


def wrong(services: list[Values], environment: Path, folder: Path, chart: Path = helm.CHART) -> list[str]:
    """What is wrong with the releases of valid services, each with what was asked for."""
    try:
        objects = helm.render((), release="batch", chart=batch(services, environment, folder / "batch", chart))
    except (helm.HelmError, yaml.YAMLError) as refusal:
        return [str(refusal)]
    found = []
    for number, service in enumerate(services):
        own = [each for each in objects if each["metadata"]["labels"]["helm.sh/chart"].startswith(f"r{number}-")]
        assert {each["metadata"]["name"] for each in own} >= {service["name"]}
        found += [f"{line} of {service}" for line in invalid(own) + complaints(own)]
    return found


def unnamed(service: Values, environment: Path, folder: Path, chart: Path = helm.CHART) -> list[str]:
    """The faults of a service that are not refused, or by a message that does not name the field."""
    expected = list(faults(service))
    with pytest.raises(helm.HelmError) as refusal:
        broken = [values for _, values in expected]
        helm.render((), release="batch", chart=batch(broken, environment, folder / "batch", chart))
    text = str(refusal.value)
    said = dict(re.findall(r"^r(\d+):\n((?:- .*\n?)+)", text, re.MULTILINE))
    names = {number: (f"/{field}", f"'{field}'") for number, (field, _) in enumerate(expected)}
    left = [number for number, either in names.items() if not any(name in said.get(str(number), "") for name in either)]
    return [f"{expected[number]}" for number in left] + re.findall(".*nil pointer.*", text)


@BOUNDED
@given(services=LISTS, environment=st.sampled_from(ENVIRONMENTS))
def test_a_valid_service_renders_to_valid_objects_that_keep_the_policies(
    services: list[Values], environment: Path, tmp_path: Path
) -> None:
    assert wrong(services, environment, tmp_path) == []


@BOUNDED
@given(service=SERVICES, environment=st.sampled_from(ENVIRONMENTS))
def test_every_fault_of_a_service_is_refused_by_the_name_of_its_field(
    service: Values, environment: Path, tmp_path: Path
) -> None:
    assert unnamed(service, environment, tmp_path) == []


SEEDED = [
    ("templates/deployment.yaml", "about: {{ .Values.about | quote }}", "about: {{ .Values.about }}"),
    ("templates/_helpers.tpl", "{{ .Values.host | default (first .Values.edge.hosts) }}", "{{ .Values.host }}"),
    ("templates/service.yaml", "kind: Service", "kind: Service\nport: {{ .Values.port | quote }}"),
]


@pytest.mark.parametrize(("file", "old", "new"), SEEDED, ids=["no quotation marks", "no default", "unknown field"])
def test_a_fault_of_a_template_is_found_by_random_services(file: str, old: str, new: str, tmp_path: Path) -> None:
    chart = changed(file, old, new, tmp_path)
    find(LISTS, lambda services: bool(wrong(services, ENVIRONMENTS[0], tmp_path, chart)), settings=BOUNDED)


def test_a_field_that_the_schema_forgets_to_require_is_found(tmp_path: Path) -> None:
    chart = changed("values.schema.json", '  "resources",\n', "", tmp_path)
    find(SERVICES, lambda service: bool(unnamed(service, ENVIRONMENTS[0], tmp_path, chart)), settings=BOUNDED)


def changed(file: str, old: str, new: str, folder: Path) -> Path:
    """A copy of the chart with a fault."""
    chart = folder / "faulty"
    shutil.copytree(helm.CHART, chart)
    text = (chart / file).read_text(encoding="utf-8")
    assert old in text
    (chart / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return chart
