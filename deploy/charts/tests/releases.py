"""The releases that the tests look at: every service in every environment, and each switch by itself."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from deploy.charts import helm

SERVICES = sorted(path for path in helm.ROOT.glob("services/*/service.yaml"))
ENVIRONMENTS = sorted(helm.ENVIRONMENTS.glob("*.yaml"))
DIGEST = f"image.digest=sha256:{'a' * 64}"
SWITCHES = {
    "as it is": (),
    "ingress": ("edge.kind=ingress", "edge.ingress_class=traefik"),
    "unwatched": ("monitoring.enabled=false",),
    "one replica": ("replicas.most=1",),
}
FILES = ("callers\\.json", "service_key\\.pem", "valkey_url", "database_url", "database_owner_url", "smtp_url")


def plain_secrets(service: str) -> tuple[str, ...]:
    file = helm.ROOT / "services" / service / "service.yaml"
    keys = fields(file).get("keys", []) if file.exists() else []
    return tuple(f"secrets.files.{service}.{name}=aaaa" for name in (*FILES, *keys))


def release(service: Path, environment: Path, *switches: str, chart: Path = helm.CHART) -> helm.Objects:
    """Objects of the caller's own: a test may change them."""
    return deepcopy(_rendered(service, environment, switches, chart))


@cache
def _rendered(service: Path, environment: Path, switches: tuple[str, ...], chart: Path) -> helm.Objects:
    name = service.parent.name
    values = (DIGEST, *plain_secrets(name), *switches)
    return helm.render((service, environment), release=name, chart=chart, values=values)


def every() -> Iterator[tuple[str, Path, Path, tuple[str, ...]]]:
    for service in SERVICES:
        for environment in ENVIRONMENTS:
            for switch, values in SWITCHES.items():
                yield f"{service.parent.name}, {environment.stem}, {switch}", service, environment, values


def fields(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found
