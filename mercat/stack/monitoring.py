"""The processes of `up --observe`: Prometheus, Alertmanager, and exporters. The store runs without any of them."""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import quote

from chassis.config import ServiceSpec
from local_servers import child
from mercat.config import environment
from mercat.config.services import with_database
from mercat.installation import Installation, secrets
from mercat.observe import configuration, programs
from mercat.stack import postgres, probes
from mercat.stack.probes import Probe
from mercat.stack.process_spec import ProcessSpec

# They are stopped before all others: what stops in order raises no alert.
LAYER = 4
# What postgres_exporter leaves out unless it is asked, and alerts need.
_COLLECTORS = ("--collector.database_wraparound", "--collector.long_running_transactions")


def processes(installation: Installation, specs: list[ServiceSpec]) -> list[ProcessSpec]:
    """Those whose programs this machine has; none if the store is not observed."""
    if not installation.observed_marker.exists():
        return []
    found = [_books(installation, specs), *_postgres_exporter(installation, specs), *_valkey_exporter(installation)]
    here, config = configuration.folder(installation), "prometheus.yml"
    about = "alerts to mail and Slack"
    found += _server(
        installation, "alertmanager", configuration.alertmanager_arguments(installation), about,
        sources=(here / "alertmanager.yml", here / "mercat.tmpl", here / "slack_api_url"),
    )  # fmt: skip
    found += _server(
        installation, "prometheus", configuration.prometheus_arguments(installation), "measures, raises alerts",
        sources=(here / config, here / "rules"),
    )  # fmt: skip
    return found


def _server(
    installation: Installation, name: str, arguments: list[str], about: str, *, sources: tuple[Path, ...]
) -> list[ProcessSpec]:
    ready = probes.http(installation.port(name), "/-/ready")
    return _program(installation, name, arguments, about, ready=ready, sources=sources)


def _program(
    installation: Installation,
    name: str,
    arguments: list[str],
    about: str,
    *,
    ready: Probe | None = None,
    sources: tuple[Path, ...] = (),
    env: dict[str, str] | None = None,
    depends_on: tuple[str, ...] = (),
) -> list[ProcessSpec]:
    """A program of `programs.NAMES`; none if it is not here."""
    path = programs.find(installation, name)
    if path is None:
        return []
    port = installation.port(name)
    return [
        ProcessSpec(
            name,
            child.command([path, *arguments]),
            {**environment.base(installation), **(env or {})},
            about,
            depends_on=depends_on,
            ready=ready or probes.any_http_answer(port),
            port=port,
            optional=True,
            layer=LAYER,
            stop_timeout=10,
            source_paths=sources,
        )
    ]


def _postgres_exporter(installation: Installation, specs: list[ServiceSpec]) -> list[ProcessSpec]:
    """The exporter of the embedded PostgreSQL and the task that makes its role."""
    listen = f"--web.listen-address=127.0.0.1:{installation.port('postgres_exporter')}"
    env = {
        # The tables of one database alone are measured; all else is of the whole server.
        "DATA_SOURCE_URI": f"/{postgres.measured_database(installation, specs)}"
        f"?host={quote(str(installation.sockets), safe='')}&port={installation.port('postgres')}&sslmode=disable",
        "DATA_SOURCE_USER": postgres.OBSERVER,
        "DATA_SOURCE_PASS": secrets.password(installation, f"postgres-{postgres.OBSERVER}"),
    }
    exporter = _program(
        installation, "postgres_exporter", [listen, "--log.level=warn", *_COLLECTORS], "measures PostgreSQL", env=env,
        depends_on=("observer-role",),
    )  # fmt: skip
    if not exporter or not postgres.with_embedded_database(installation, specs):
        return []
    task = ProcessSpec(
        "observer-role",
        child.command([sys.executable, "-m", "mercat.stack.postgres", "observer"]),
        environment.task(installation),
        "makes the role that measures PostgreSQL",
        depends_on=("roles",),
        once=True,
        optional=True,
    )
    return [task, *exporter]


def _valkey_exporter(installation: Installation) -> list[ProcessSpec]:
    """The exporter of the embedded Valkey."""
    if installation.user_settings.get("VALKEY_URL"):
        return []
    listen = f"--web.listen-address=127.0.0.1:{installation.port('redis_exporter')}"
    env = {
        "REDIS_ADDR": f"redis://127.0.0.1:{installation.port('valkey')}",
        "REDIS_PASSWORD": secrets.password(installation, "valkey"),
    }
    return _program(installation, "redis_exporter", [listen], "measures Valkey", env=env)


def _books(installation: Installation, specs: list[ServiceSpec]) -> ProcessSpec:
    """The checks of the books as metrics, by the auditors' roles."""
    port = installation.port("books")
    own = {spec.name: environment.auditor_database_url(installation, spec) for spec in with_database(specs)}
    urls = {f"DATABASE_URL_{name.upper()}": url for name, url in own.items()}
    argv = [sys.executable, "-m", "chassis.ops", "books", *own, "--serve", str(port)]
    return ProcessSpec(
        "books",
        child.command(argv),
        {**environment.base(installation), **urls},
        "checks the books",
        depends_on=tuple(f"migrate-{name}" for name in own),
        ready=probes.any_http_answer(port),
        port=port,
        optional=True,
        layer=LAYER,
        source_paths=(installation.root / "chassis" / "ops", installation.root / "chassis" / "db"),
    )
