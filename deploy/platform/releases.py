"""The releases of an environment's platform: what components.yaml lists, with their values.

Values of a component are values/<component>.yaml; over it on AWS <component>.aws.yaml, with a domain
<component>.domain.yaml, and what is particular to an environment, <component>.<environment>.yaml. In them ${key} stands
for a key of the handover and ${key.name} for an entry of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from deploy.charts import helm
from deploy.charts.release import Release
from deploy.edge import traefik_values
from deploy.platform import alerting
from deploy.platform.settings import merged, settings

HERE = Path(__file__).resolve().parent
VALUES = HERE / "values"
# Components whose charts take the file of an environment, as those of services, edge and roles do.
BY_ENVIRONMENT = {"data", "backup", "logs", "observability"}
# What the rules of the edge say of the charts of others, and what the chart observability cannot read itself.
_COMPUTED: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "traefik": traefik_values.values,
    "external-dns": traefik_values.external_dns_values,
    "observability": alerting.values,
}
_PLACE = re.compile(r"\$\{([a-z_]+)(?:\.([^}]+))?\}")


class HandoverError(ValueError):
    """The handover lacks what a component reads of it."""


def components() -> dict[str, dict[str, Any]]:
    """The list, by name."""
    listed: dict[str, dict[str, Any]] = yaml.safe_load((HERE / "components.yaml").read_text(encoding="utf-8"))
    return listed["components"]


def releases(environment: str, handover: Mapping[str, Any], database_ca: str = "") -> list[Release]:
    """What is installed in an environment, in order of waves, apart from the project's services, edge and roles.

    `handover` is what Terraform wrote for the environment (deploy/terraform/layers/50-edge/platform.tf); empty where
    there is no AWS. `database_ca` are the certificates of RDS (deploy.platform.database_ca), for the pods.

    Raises:
        HandoverError: a key is missing.
    """
    environment_settings = settings(environment, handover)
    found = [
        Release(
            name=name,
            chart=helm.ROOT / chart if (chart := component["chart"]).startswith("deploy/") else chart,
            namespace=component["namespace"],
            wave=component["wave"],
            version=component["version"],
            files=tuple(file for file in _files(name, environment) if file.is_file()),
            values=_values(name, environment_settings, handover, database_ca),
            unless=component.get("unless"),
        )
        for name, component in components().items()
        if _installed(component, environment, handover)
    ]
    return sorted(found, key=lambda release: release.wave)


def _installed(component: Mapping[str, Any], environment: str, handover: Mapping[str, Any]) -> bool:
    wanted = "wave" in component and environment in component.get("only", [environment])
    return wanted and not (handover and handover[component.get("needs", "environment")] is None)


def _files(name: str, environment: str) -> tuple[Path, ...]:
    own = (VALUES / f"{name}.yaml",)
    return (helm.ENVIRONMENTS / f"{environment}.yaml", *own) if name in BY_ENVIRONMENT else own


def _values(
    name: str, environment: Mapping[str, Any], handover: Mapping[str, Any], database_ca: str
) -> Mapping[str, Any]:
    """The values of a release that are in no file, or that the handover fills in."""
    kinds = ["aws", "domain"][: bool(handover) + (handover.get("zone_id") is not None)]
    found: dict[str, Any] = {}
    for kind in (*kinds, environment["environment"]):
        if (file := VALUES / f"{name}.{kind}.yaml").is_file():
            found = merged(found, filled(yaml.safe_load(file.read_text(encoding="utf-8")), handover))
    if name in _COMPUTED:
        found = merged(_COMPUTED[name](environment), found)
    return {**found, "database_ca": database_ca} if name == "platform-base" else found


def filled(value: Any, handover: Mapping[str, Any]) -> Any:
    """A value with what the handover has in its places; what is nothing but a place keeps its type."""
    if isinstance(value, dict):
        return {key: filled(each, handover) for key, each in value.items()}
    if isinstance(value, list):
        return [filled(each, handover) for each in value]
    if not isinstance(value, str):
        return value
    if whole := _PLACE.fullmatch(value):
        return _handed(whole, handover)
    return _PLACE.sub(lambda place: str(_handed(place, handover)), value)


def _handed(place: re.Match[str], handover: Mapping[str, Any]) -> Any:
    key, name = place.groups()
    try:
        return handover[key][name] if name else handover[key]
    except KeyError as missing:
        raise HandoverError(f"the handover has no {place[0]}: apply the layer 50-edge again") from missing
