"""Templates read every field of service.yaml and of an environment, and no field that the schema does not have."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.charts import helm, values_schema
from deploy.charts.tests.releases import DIGEST, ENVIRONMENTS, SERVICES, fields, plain_secrets

# The port of the first replica on a laptop: in a cluster each pod has an address of its own, and port 8000.
OF_A_LAPTOP = {"port"}
OTHER: dict[str, Any] = {
    "name": "other",
    "about": "something else altogether",
    "routes": ["/api/v1/other"],
    "host": "other.shop.example",
    "database": "other",
    "calls": ["other"],
    "reads": ["other"],
    "follows": ["other"],
    "followed_by": ["other"],
    "reaches": ["internet"],
    "keys": ["other_key"],
    "admission": "export",
    "resources": {"cpu": "777m", "memory": "777Mi"},
    "scale": {"min": 3, "max": 5, "cpu": 55, "memory": 56},
    "slo": {"availability": 98.5, "p99": "777ms"},
}
ORDERS = next(path for path in SERVICES if path.parent.name == "orders")
PRODUCTION = next(path for path in ENVIRONMENTS if path.stem == "production")
SCHEMA = values_schema.values_schema()
VALUE = r"\.Values\.([a-z_]+(?:\.[a-z0-9_]+)?)"


def leaves(name: str) -> list[tuple[str, ...]]:
    inner = SCHEMA["properties"][name].get("properties", {})
    return [(name, each) for each in inner] or [(name,)]


SERVICE_FIELDS = [path for name in OTHER for path in leaves(name)]


def rendered(values: dict[str, Any], folder: Path) -> str:
    file = folder / "service.yaml"
    file.write_text(yaml.safe_dump(values), encoding="utf-8")
    secrets = (*plain_secrets("orders"), *plain_secrets("other"))
    hosts = f"edge.hosts={{shop.example,{OTHER['host']}}}"
    return str(helm.render((file, PRODUCTION), release="x", values=(DIGEST, hosts, *secrets)))


def test_every_field_of_service_yaml_is_tried() -> None:
    known = {name for path in SERVICES for name in fields(path)} | {"host"}
    assert set(OTHER) | OF_A_LAPTOP == known


@pytest.mark.parametrize("path", SERVICE_FIELDS, ids=".".join)
def test_a_changed_field_changes_what_is_rendered(path: tuple[str, ...], tmp_path: Path) -> None:
    values: Any = fields(ORDERS)
    before = rendered(values, tmp_path)
    if len(path) == 2:
        values[path[0]][path[1]] = OTHER[path[0]][path[1]]
    else:
        values[path[0]] = OTHER[path[0]]
    assert rendered(values, tmp_path) != before


def test_templates_read_only_fields_that_the_schema_has() -> None:
    read = {
        path
        for file in (helm.CHART / "templates").iterdir()
        for path in re.findall(VALUE, file.read_text(encoding="utf-8"))
    }
    unknown = {path for path in read if not _known(path.split("."))}
    assert unknown == set()


def test_every_field_of_an_environment_is_read() -> None:
    charts = (
        helm.CHART,
        helm.ROOT / "deploy" / "edge" / "chart",
        *(helm.CHART.parent / name for name in ("access", "data", "backup", "logs")),
    )
    text = "".join(file.read_text(encoding="utf-8") for chart in charts for file in (chart / "templates").iterdir())
    read = set(re.findall(VALUE, text))
    # A place is handed as a whole to the template that makes a rule to it.
    places = re.findall(r'"at" \.Values\.([a-z]+)', text)
    read |= {f"{place}.{field}" for place in places for field in re.findall(r"\.at\.([a-z]+)", text)}
    environment = set(SCHEMA["properties"]) - set(OTHER) - OF_A_LAPTOP
    assert {".".join(path) for name in environment for path in leaves(name)} - read == set()


def _known(path: list[str]) -> bool:
    node = SCHEMA["properties"].get(path[0])
    return node is not None and (len(path) == 1 or path[1] in node.get("properties", {}))
