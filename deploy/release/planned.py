"""The releases of an environment in order of waves: the platform's, and the project's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from deploy.aws.refusal import MISUSED, Refusal
from deploy.charts import helm
from deploy.charts.release import Release
from deploy.edge import rendered
from deploy.platform import releases as platform
from deploy.platform import settings
from deploy.release.environment import Environment
from mercat.edge import error_page, rules

ACCESS, EDGE, SERVICES = 5, 40, 60
NAMESPACE = rendered.NAMESPACE


def services() -> list[Path]:
    """The service.yaml of each service."""
    return sorted(helm.ROOT.glob("services/*/service.yaml"))


def names() -> list[str]:
    """Those of the services."""
    return [path.parent.name for path in services()]


def releases(
    environment: Environment, service: str | None = None, digests: Mapping[str, str] | None = None
) -> list[Release]:
    """All of an environment, or those of one service alone. digests: by service, where the environment names none.

    Raises:
        Refusal: there is no such service, or no digest is known.
    """
    known = names()
    if service is not None and service not in known:
        raise Refusal(f"SERVICE={service} is no service: give one of {', '.join(known)}.", MISUSED)
    own = [release for release in _own(environment, digests or {}) if service in {None, release.name}]
    return sorted([*([] if service else _platform(environment)), *own], key=lambda release: release.wave)


def waves(planned: Sequence[Release]) -> list[tuple[int, list[Release]]]:
    """The releases of each wave."""
    return [(wave, list(found)) for wave, found in groupby(planned, key=lambda release: release.wave)]


def _platform(environment: Environment) -> list[Release]:
    return platform.releases(environment.name, environment.handover)


def _own(environment: Environment, digests: Mapping[str, str]) -> Iterator[Release]:
    """Roles and admission policies, the edge, and each service."""
    values = settings.of_handover(environment.handover)
    files = (environment.file, *environment.more)
    yield Release("access", helm.CHART.parent / "access", NAMESPACE, ACCESS, files=files, values=values)
    paths = services()
    first = environment.digest or next(iter(digests.values()), "")
    code = {**_with(values, first), "error_page": Path(error_page.__file__).read_text(encoding="utf-8")}
    yield Release("edge", rendered.CHART, NAMESPACE, EDGE, files=(rules.PATH, *files), values=code)
    for path in paths:
        name = path.parent.name
        digest = environment.digest or digests.get(name, first)
        yield Release(name, helm.CHART, NAMESPACE, SERVICES, files=(path, *files), values=_with(values, digest))


def _with(values: Mapping[str, Any], digest: str) -> dict[str, Any]:
    return {**values, "image": {**values.get("image", {}), "digest": digest}}
