"""What each service promises of its answers, by its service.yaml."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from chassis.config import ServiceSpec
from chassis.config.service_spec import read


def promised(specs: Iterable[ServiceSpec]) -> dict[str, float]:
    """Of each service, the seconds that 99 of 100 answers may take."""
    return {spec.name: int(spec.slo.p99.removesuffix("ms")) / 1000 for spec in specs}


def in_folder(services: Path) -> dict[str, float]:
    """Of the services whose folders are in this one."""
    return promised(read(path) for path in sorted(services.glob("*/service.yaml")))
