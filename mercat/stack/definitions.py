"""The processes of a store, each as a `ProcessSpec`."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from chassis.config import ServiceSpec
from local_servers import child, embedded
from mercat.config import environment, services, source_changes
from mercat.config.services import replica_name
from mercat.edge import traefik
from mercat.installation import Installation
from mercat.stack import postgres, probes
from mercat.stack.process_spec import ProcessSpec

# The layers, stopped from the highest to the lowest: first no new requests, then the services, then the databases.
EDGE, APPS, DATA = 3, 2, 1


def _module_command(*argv: str) -> list[str]:
    return child.command([sys.executable, "-m", *argv])


def _bound_command(argv: list[str]) -> list[str]:
    return child.command(argv)


def postgres_processes(installation: Installation, specs: list[ServiceSpec]) -> list[ProcessSpec]:
    """The embedded PostgreSQL and its set-up tasks; none if every database is the user's own."""
    names = [spec.name for spec in postgres.with_embedded_database(installation, specs)]
    if specs and not names:
        return []
    env = environment.task(installation)
    made = (installation.state / "postgres" / "PG_VERSION").exists()
    first = ProcessSpec(
        "initdb", _module_command("mercat.stack.postgres", "initialise"), env, "makes the database's files", once=True
    )
    server = ProcessSpec(
        "postgres",
        postgres.command(installation, services=len(specs)),
        environment.base(installation),
        "database",
        depends_on=() if made else ("initdb",),
        ready=probes.postgres(installation.port("postgres")),
        port=installation.port("postgres"),
        layer=DATA,
        stop_signal=signal.SIGINT,
        ready_timeout=300,  # after a crash it replays its write-ahead log first
    )
    roles = ProcessSpec(
        "roles",
        _module_command("mercat.stack.postgres", "roles", *names),
        env,
        "makes databases and roles",
        depends_on=("postgres",),
        once=True,
    )
    return [server, roles] if made else [first, server, roles]


def valkey_processes(installation: Installation) -> list[ProcessSpec]:
    """The embedded Valkey; none if the user has set VALKEY_URL."""
    if installation.user_settings.get("VALKEY_URL"):
        return []
    port = installation.port("valkey")
    argv = embedded.valkey_command(port, folder=installation.run)
    argv += ["--include", str(installation.run / "valkey.conf")]  # other users can read a process's arguments
    return [
        ProcessSpec(
            "valkey",
            argv,
            environment.base(installation),
            "rate limits, shared cache",
            ready=probes.valkey(port),
            port=port,
            layer=DATA,
            source_paths=(installation.run / "valkey.conf",),
        )
    ]


def service_processes(
    installation: Installation, specs: list[ServiceSpec], spec: ServiceSpec, *, dev: bool
) -> list[ProcessSpec]:
    """The tasks of a service's database and its replicas; with `dev`, these reload their code when it is saved."""
    env = environment.service(installation, specs, spec)
    tasks = _database_tasks(installation, spec, env) if spec.database else []
    code = source_changes.service_sources(installation.root, spec.name)
    serve = ["chassis.serve", spec.name]
    if dev:
        serve = ["mercat.stack.dev_server", spec.name, *(f"--watch={path}" for path in code[:-1])]
        watched = (path for task in tasks for path in task.source_paths)
        code = (*watched, code[0] / "service.yaml", code[-1])
    return tasks + [
        ProcessSpec(
            replica_name(spec.name, number),
            _module_command(*serve, "--port", str(port)),
            env,
            spec.about,
            depends_on=tuple(task.name for task in tasks),
            ready=probes.http(port, "/health/ready"),
            port=port,
            layer=APPS,
            source_paths=(*code, *(Path(value) for name, value in env.items() if name.endswith("_FILE"))),
            service=spec.name,
        )
        for number, port in enumerate(services.ports(installation, spec))
    ]


def _database_tasks(installation: Installation, spec: ServiceSpec, env: dict[str, str]) -> list[ProcessSpec]:
    """The migration of a service, and what it does once its database was restored."""
    own = environment.user_database_url(installation, spec) is not None
    migrate = ProcessSpec(
        f"migrate-{spec.name}",
        _module_command("chassis.db.migrate", spec.name),
        environment.migration(installation, spec),
        f"tables of {spec.name}",
        depends_on=() if own else ("roles",),
        once=True,
        source_paths=source_changes.migration_sources(installation.root, spec.name),
        service=spec.name,
    )
    return [migrate, *_restored_processes(installation, spec, env, after=migrate.name)]


def _restored_processes(
    installation: Installation, spec: ServiceSpec, env: dict[str, str], *, after: str
) -> list[ProcessSpec]:
    """The task of a service whose database was restored; none if that is done."""
    if not installation.restored_marker(spec.name).exists():
        return []
    double = [process.name for process in stripe_double_processes(installation) if spec.name == "payments"]
    return [
        ProcessSpec(
            f"after-restore-{spec.name}",
            _module_command("mercat.stack.after_restore", spec.name),
            {**env, **environment.task(installation)},
            f"reconciles {spec.name} after a restore",
            depends_on=(after, *double),
            once=True,
            service=spec.name,
        )
    ]


def seed_processes(installation: Installation, specs: list[ServiceSpec]) -> list[ProcessSpec]:
    """The task that loads the demo shop; none if that was done before or there is no catalog."""
    if installation.seeded_marker.exists() or "catalog" not in {spec.name for spec in specs}:
        return []
    about = "draws and loads the demo shop"
    return [
        ProcessSpec(
            "seed",
            _module_command("mercat.data.demo_shop"),
            environment.task(installation),
            about,
            depends_on=("migrate-catalog",),
            once=True,
            optional=True,
        )
    ]


def stripe_double_processes(installation: Installation) -> list[ProcessSpec]:
    """The Stripe double; none if the user has set Stripe's keys."""
    if environment.uses_real_stripe(installation) or not (installation.root / "stripe_double" / "app.py").exists():
        return []
    port = installation.port("stripe_double")
    return [
        ProcessSpec(
            "stripe_double",
            _module_command("chassis.serve", "stripe_double", "--port", str(port)),
            environment.stripe_double(installation),
            "stands in for Stripe",
            ready=probes.any_http_answer(port),
            port=port,
            layer=APPS,
            source_paths=(installation.root / "stripe_double",),
        )
    ]


def portal_process(installation: Installation) -> ProcessSpec:
    """What runs, the API docs and the mail catcher."""
    port = installation.port("portal")
    return ProcessSpec(
        "portal",
        _module_command("chassis.serve", "mercat.portal", "--port", str(port)),
        environment.portal(installation),
        "front page, API docs, mail",
        ready=probes.http(port, "/_portal/ready"),
        port=port,
        layer=APPS,
        source_paths=(installation.root / "mercat" / "portal",),
    )


def error_page_process(installation: Installation) -> ProcessSpec:
    """The server of Traefik's error pages."""
    port = installation.port("error_page")
    return ProcessSpec(
        "error_page",
        _module_command("mercat.edge.error_page", str(port)),
        environment.base(installation),
        "the edge's own answers",
        ready=probes.any_http_answer(port),
        port=port,
        layer=APPS,
        source_paths=(installation.root / "mercat" / "edge" / "error_page.py",),
    )


def edge_process(installation: Installation, depends_on: tuple[str, ...]) -> ProcessSpec:
    """Traefik, started after the processes in `depends_on`."""
    return ProcessSpec(
        "traefik",
        _bound_command(traefik.command(installation)),
        environment.base(installation),
        "https and routing",
        depends_on=depends_on,
        ready=probes.http(installation.port("edge"), "/ping"),
        port=installation.port("http"),
        layer=EDGE,
        stop_timeout=12,
        source_paths=(installation.run / "traefik.yml",),
    )


def addresses(installation: Installation) -> dict[str, str]:
    """The addresses to show to the user, in this order, by label."""
    http, https = f"http://localhost:{installation.port('http')}", f"https://localhost:{installation.port('https')}"
    found = {
        "Store": f"{installation.public_url}/",
        "with TLS": f"{https}/",
        "What runs": f"{http}/about",
        "API docs": f"{http}/docs",
        "Mail": f"{http}/mail",
        "Metrics of Traefik": f"{installation.url('edge')}/metrics",
    }
    if installation.observed_marker.exists():
        found["Charts and alerts"] = f"{http}/observe"
        found["Prometheus"] = f"{installation.url('prometheus')}/"
    if environment.uses_real_stripe(installation):
        found["Payments"] = "Stripe itself, by your STRIPE_SECRET_KEY"
    if installation.user_settings.get("SMTP_URL"):
        found["Mail"] = "sent by your SMTP_URL"
    return found
