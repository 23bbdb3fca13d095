"""The services of the store, found by their service.yaml, and what follows from those files."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from pathlib import Path
from typing import Any

import msgspec
import yaml

from chassis.config import ServiceSpec
from chassis.config.service_spec import read
from mercat import keep
from mercat.refusal import Refusal
from mercat.store import Store

# Replicas of one service listen this far from each other.
REPLICA_STEP = 10


def discover(root: Path) -> list[ServiceSpec]:
    """Every service with a service.yaml, by name.

    Raises:
        Refusal: a file is wrong, or two services claim one port, one database or overlapping routes.
    """
    paths = sorted((root / "services").glob("*/service.yaml"))
    found = [_read(path) for path in paths if (path.parent / "app.py").exists()]
    for one, other in combinations(found, 2):
        _apart(one, other)
    return found


def _read(path: Path) -> ServiceSpec:
    try:
        spec = read(path)
    except (msgspec.ValidationError, yaml.YAMLError, OSError) as error:
        raise Refusal(f"services/{path.parent.name}/service.yaml cannot be used: {error}") from error
    if spec.name != path.parent.name:
        raise Refusal(f"services/{path.parent.name}/service.yaml names the service {spec.name!r}, not its folder.")
    return spec


def _apart(one: ServiceSpec, other: ServiceSpec) -> None:
    for what in ("port", "database"):
        if getattr(one, what) == getattr(other, what):
            raise Refusal(f"The services {one.name} and {other.name} both claim the {what} {getattr(one, what)}.")
    if shared := set(one.routes) & set(other.routes):
        raise Refusal(f"The services {one.name} and {other.name} both claim the route {min(shared)}.")


def replica_name(service: str, replica: int) -> str:
    """`catalog` for the first replica, `catalog-2` for the second."""
    return service if replica == 0 else f"{service}-{replica + 1}"


def ports(store: Store, spec: ServiceSpec) -> list[int]:
    """The port of each of a service's replicas."""
    return [spec.port + store.offset + REPLICA_STEP * replica for replica in range(store.replicas)]


def urls(store: Store, specs: Iterable[ServiceSpec]) -> dict[str, list[str]]:
    """The address of every replica, by service."""
    return {spec.name: [f"http://127.0.0.1:{port}" for port in ports(store, spec)] for spec in specs}


def permissions(specs: Iterable[ServiceSpec], service: str) -> dict[str, list[str]]:
    """Which services may do what at `service`: "call" its /internal, read its "feed"."""
    allowed = {}
    for spec in specs:
        may = [right for right, of in (("call", spec.calls), ("feed", spec.follows)) if service in of]
        if may:
            allowed[spec.name] = may
    return allowed


def write_callers(store: Store, specs: list[ServiceSpec]) -> None:
    """Write each service's callers file: the keys of those, and only those, whose service.yaml names it."""
    keys = {spec.name: keep.public_jwk(keep.signing_key(store, spec.name)) for spec in specs}
    for spec in specs:
        allowed = permissions(specs, spec.name)
        callers: dict[str, Any] = {name: {"key": keys[name], "may": may} for name, may in allowed.items()}
        keep.write_private(callers_file(store, spec.name), msgspec.json.encode(callers))


def callers_file(store: Store, service: str) -> Path:
    """Where `write_callers` puts a service's file."""
    return store.keys / f"{service}.callers.json"
