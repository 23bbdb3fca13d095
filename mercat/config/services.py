"""The services of the store, read from each service.yaml: their ports, URLs, and which may call which."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from pathlib import Path
from typing import Any

import msgspec
import yaml

from chassis.config import ServiceSpec
from chassis.config.service_spec import read
from mercat.installation import CommandError, Installation, secrets

# The difference between the ports of two replicas of a service.
REPLICA_PORT_STEP = 10


def discover(root: Path) -> list[ServiceSpec]:
    """All services with a service.yaml, sorted by name.

    Raises:
        CommandError: a file is wrong, or two services have the same port, database or route.
    """
    paths = sorted((root / "services").glob("*/service.yaml"))
    found = [_read(path) for path in paths if (path.parent / "app.py").exists()]
    for one, other in combinations(found, 2):
        _check_distinct(one, other)
    return found


def _read(path: Path) -> ServiceSpec:
    try:
        spec = read(path)
    except (msgspec.ValidationError, yaml.YAMLError, OSError) as error:
        raise CommandError(f"services/{path.parent.name}/service.yaml cannot be used: {error}") from error
    if spec.name != path.parent.name:
        raise CommandError(f"services/{path.parent.name}/service.yaml names the service {spec.name!r}, not its folder.")
    return spec


def _check_distinct(one: ServiceSpec, other: ServiceSpec) -> None:
    for what in ("port", "database"):
        if getattr(one, what) and getattr(one, what) == getattr(other, what):
            raise CommandError(f"The services {one.name} and {other.name} both claim the {what} {getattr(one, what)}.")
    if shared := set(one.routes) & set(other.routes):
        raise CommandError(f"The services {one.name} and {other.name} both claim the route {min(shared)}.")


def with_database(specs: Iterable[ServiceSpec]) -> list[ServiceSpec]:
    """Those of the services that have a database."""
    return [spec for spec in specs if spec.database]


def replica_name(service: str, replica: int) -> str:
    """The process name of a replica: `catalog` for the first (0), `catalog-2` for the second."""
    return service if replica == 0 else f"{service}-{replica + 1}"


def ports(installation: Installation, spec: ServiceSpec) -> list[int]:
    """The port of each of a service's replicas."""
    return [spec.port + installation.offset + REPLICA_PORT_STEP * replica for replica in range(installation.replicas)]


def urls(installation: Installation, specs: Iterable[ServiceSpec]) -> dict[str, list[str]]:
    """The URLs of all replicas, by service."""
    return {spec.name: [f"http://127.0.0.1:{port}" for port in ports(installation, spec)] for spec in specs}


def permissions(specs: Iterable[ServiceSpec], service: str) -> dict[str, list[str]]:
    """The rights of other services at `service`: "call" its /internal operations, read its "feed" of events."""
    allowed = {}
    for spec in specs:
        may = [right for right, of in (("call", spec.calls), ("feed", spec.follows)) if service in of]
        if may:
            allowed[spec.name] = may
    return allowed


def write_callers(installation: Installation, specs: list[ServiceSpec]) -> None:
    """Write each service's callers file: public keys and rights of the services whose service.yaml names it."""
    keys = {spec.name: secrets.public_jwk(secrets.signing_key(installation, spec.name)) for spec in specs}
    for spec in specs:
        allowed = permissions(specs, spec.name)
        callers: dict[str, Any] = {name: {"key": keys[name], "may": may} for name, may in allowed.items()}
        secrets.write_private(callers_file(installation, spec.name), msgspec.json.encode(callers))


def callers_file(installation: Installation, service: str) -> Path:
    """The path of a service's callers file."""
    return installation.keys / f"{service}.callers.json"
