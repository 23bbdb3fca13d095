"""What Prometheus scrapes: a file of targets, which it reads again by itself whenever the supervisor rewrites it.

Labels: `job` as in a cluster, `service` for job=services, and `instance`, the name of the process in `mercat status`.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from chassis.config import ServiceSpec
from mercat.config import services
from mercat.config.services import replica_name
from mercat.installation import Installation

# Processes that are scraped where they run: the name of the port, and the job.
_JOBS = {
    "traefik": ("edge", "traefik"),
    "postgres_exporter": ("postgres_exporter", "postgres"),
    "redis_exporter": ("redis_exporter", "valkey"),
    "books": ("books", "books"),
    "prometheus": ("prometheus", "prometheus"),
    "alertmanager": ("alertmanager", "alertmanager"),
}


# PostgreSQL's exporter tries for two seconds to reach a database that is away.
_PATIENT = {"__scrape_interval__": "3s", "__scrape_timeout__": "3s"}


def targets(
    installation: Installation, specs: list[ServiceSpec], processes: Collection[str], *, each_second: bool = False
) -> list[dict[str, Any]]:
    """The content of the file: every replica of every service, the portal, and those of `processes` with metrics.

    `each_second`: Prometheus scrapes each second, but for what answers more slowly.
    """
    found = [
        _target(port, job="services", service=spec.name, instance=replica_name(spec.name, number))
        for spec in specs
        for number, port in enumerate(services.ports(installation, spec))
    ]
    found.append(
        _target(installation.port("portal"), job="mercat", instance="portal", __metrics_path__="/_portal/metrics")
    )
    for name in (name for name in _JOBS if name in processes):
        port, job = _JOBS[name]
        patient = _PATIENT if each_second and job == "postgres" else {}
        found.append(_target(installation.port(port), job=job, instance=name, **patient))
    return found


def _target(port: int, **labels: str) -> dict[str, Any]:
    return {"targets": [f"127.0.0.1:{port}"], "labels": labels}
