"""The releases of an environment in order of waves: the platform's, and the project's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

from deploy.charts import database_releases, helm
from deploy.charts.release import Release
from deploy.edge import rendered
from deploy.platform import releases as platform
from deploy.platform import settings
from deploy.refusal import MISUSED, Refusal
from deploy.release.environment import Environment
from mercat.edge import error_page, rules

ACCESS, EDGE, SERVICES, PROBE, REPORT = 5, 40, 60, 80, 80
NAMESPACE = rendered.NAMESPACE
# The namespace of the lease is there before the release that it belongs to. By this helm knows it for its own.
OWNER = {
    "labels": {"app.kubernetes.io/managed-by": "Helm"},
    "annotations": {"meta.helm.sh/release-name": "platform-base", "meta.helm.sh/release-namespace": "kube-system"},
}


def services() -> list[Path]:
    """The service.yaml of each service."""
    return sorted(helm.ROOT.glob("services/*/service.yaml"))


def names() -> list[str]:
    """Those of the services."""
    return [path.parent.name for path in services()]


def releases(
    environment: Environment,
    service: str | None = None,
    digests: Mapping[str, str] | None = None,
    database_ca: str = "",
) -> list[Release]:
    """All of an environment, or those of one service alone.

    digests: by service, where the environment names none. database_ca: the certificates of RDS, where there is any.

    Raises:
        Refusal: there is no such service, or the handover lacks a key.
    """
    if service is not None and service not in names():
        raise Refusal(f"SERVICE={service} is no service: give one of {', '.join(names())}.", MISUSED)
    try:
        found = list(_own(environment, digests or {}))
        found += [] if service else _others(environment, digests or {}, database_ca)
    except (platform.HandoverError, KeyError) as error:
        raise Refusal(f"The handover of {environment.name} is not complete: {error}") from error
    return sorted((each for each in found if service in {None, each.name}), key=lambda release: release.wave)


def waves(planned: Sequence[Release]) -> list[tuple[int, list[Release]]]:
    """The releases of each wave."""
    return [(wave, list(found)) for wave, found in groupby(planned, key=lambda release: release.wave)]


def _own(environment: Environment, digests: Mapping[str, str]) -> Iterator[Release]:
    """Roles and admission policies, the edge, and each service."""
    values = settings.of_handover(environment.handover)
    files = (environment.file, *environment.more)
    yield Release("access", helm.CHART.parent / "access", NAMESPACE, ACCESS, files=files, values=values)
    code = {"error_page": Path(error_page.__file__).read_text(encoding="utf-8"), **_image(environment, digests)}
    edge = settings.merged(values, code)
    yield Release("edge", rendered.CHART, NAMESPACE, EDGE, files=(rules.PATH, *files), values=edge)
    for path in services():
        name = path.parent.name
        own = settings.merged(values, _image(environment, digests, name))
        yield Release(name, helm.CHART, NAMESPACE, SERVICES, files=(path, *files), values=own)


def _others(environment: Environment, digests: Mapping[str, str], database_ca: str) -> Iterator[Release]:
    """The platform's, and those of the databases. What has the environment's file has the values beside it, too."""
    for release in platform.releases(environment.name, environment.handover, database_ca):
        more = environment.more if environment.file in release.files else ()
        yield replace(release, files=(*release.files, *more))
    values = settings.merged(settings.of_handover(environment.handover), _image(environment, digests))
    for release in database_releases.releases(environment.name, environment.handover):
        files = (*release.files, *environment.more)
        yield replace(release, files=files, values=settings.merged(values, release.values))
    files = (environment.file, *environment.more)
    yield Release("report", helm.CHART.parent / "report", NAMESPACE, REPORT, files=files, values=values)
    # The synthetic shopper asks by the shop's public name, which a cluster outside of AWS may not have.
    if environment.handover:
        pay = {"probe": {"pay": environment.name == "staging"}}
        yield Release("probe", helm.CHART.parent / "probe", NAMESPACE, PROBE, files=files, values={**values, **pay})


def _image(environment: Environment, digests: Mapping[str, str], service: str = "") -> dict[str, Any]:
    """The image of a service, or of what is not one and runs the image of them all."""
    any_of_them = next(iter(digests.values()), "")
    return {"image": {"digest": environment.digest or digests.get(service, any_of_them)}}
