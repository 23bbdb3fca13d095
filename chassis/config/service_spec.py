"""The description of a service for the platform, read from its service.yaml.

The laptop's stack, the Helm values, the network policies, the routes and the dashboards are all derived from it.
The file's JSON Schema is service.schema.json beside this module.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import msgspec
import yaml

# The route of the service that gets every path which no other route has.
REST = "/"


class Resources(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Kubernetes quantities: CPU in millicores, memory in MiB."""

    cpu: str
    memory: str


class Scale(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Number of replicas, and the use of CPU and memory in percent at which one is added."""

    min: int
    max: int
    cpu: int
    memory: int


class Objective(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Availability in percent over 30 days; p99 latency such as "300ms"."""

    availability: float
    p99: str


class ServiceSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """See service.schema.json for every field's meaning."""

    name: str
    about: str
    port: int
    routes: list[str]
    database: str
    calls: list[str]
    follows: list[str]
    admission: str
    resources: Resources
    scale: Scale
    slo: Objective
    followed_by: list[str] = []
    reads: list[str] = []
    reaches: list[str] = []
    keys: list[str] = []
    host: str = ""


def folder_of(package: str) -> Path:
    """The folder of an importable package.

    Raises:
        ModuleNotFoundError: there is no such package.
    """
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"there is no service package named {package!r}")
    return Path(spec.origin).parent


def load(package: str) -> ServiceSpec:
    """The package's service.yaml.

    Raises:
        msgspec.ValidationError: a field is missing, unknown or of a wrong type.
    """
    return read(folder_of(package) / "service.yaml")


def read(path: Path) -> ServiceSpec:
    """A service.yaml, wherever it lies. Raises as `load`."""
    return msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), ServiceSpec)
