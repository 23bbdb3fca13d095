"""Each process of a store: its command, its settings, what it needs first, and how one knows that it is ready."""

from __future__ import annotations

import signal
import sys

from chassis.config import ServiceSpec
from local_servers import child, embedded
from mercat import database, edge, environment, probes, seeding, services, sources
from mercat.process import Process
from mercat.services import replica_name
from mercat.store import Store

# Stopped from the highest to the lowest: first nothing new comes in, then what runs ends, then the data.
EDGE, APPS, DATA = 3, 2, 1


def _module(*argv: str) -> list[str]:
    return child.command([sys.executable, "-m", *argv])


def _ours(store: Store) -> dict[str, str]:
    """For tasks of this command, which find the store by themselves."""
    given = {name: value for name, value in store.person.items() if name.startswith("DATABASE_URL_")}
    here = {"MERCAT_STATE": str(store.state), "MERCAT_PORT_OFFSET": str(store.offset)}
    return {**environment.base(store), **given, **here}


def _tied(argv: list[str]) -> list[str]:
    return child.command(argv)


def postgres_processes(store: Store, specs: list[ServiceSpec]) -> list[Process]:
    names = [spec.name for spec in database.embedded(store, specs)]
    if specs and not names:
        return []
    env = _ours(store)
    made = (store.state / "postgres" / "PG_VERSION").exists()
    first = Process("initdb", _module("mercat.database", "initialise"), env, "makes the database's files", once=True)
    server = Process(
        "postgres",
        database.command(store, services=len(specs)),
        environment.base(store),
        "database",
        needs=() if made else ("initdb",),
        ready=probes.postgres(store.port("postgres")),
        port=store.port("postgres"),
        layer=DATA,
        stop_signal=signal.SIGINT,
        patience=300,  # after a crash it reads its log first
    )
    roles = Process(
        "roles",
        _module("mercat.database", "roles", *names),
        env,
        "makes databases and roles",
        needs=("postgres",),
        once=True,
    )
    return [server, roles] if made else [first, server, roles]


def valkey_processes(store: Store) -> list[Process]:
    if store.person.get("VALKEY_URL"):
        return []
    port = store.port("valkey")
    argv = embedded.valkey_command(port, folder=store.run)
    argv += ["--include", str(store.run / "valkey.conf")]  # a password in the arguments would be everybody's
    return [
        Process(
            "valkey",
            argv,
            environment.base(store),
            "rate limits, shared cache",
            ready=probes.valkey(port),
            port=port,
            layer=DATA,
        )
    ]


def service_processes(store: Store, specs: list[ServiceSpec], spec: ServiceSpec, *, dev: bool) -> list[Process]:
    """Its migration and its replicas; with `dev`, these look after their code themselves."""
    own = environment.own_database(store, spec) is not None
    migrate = Process(
        f"migrate-{spec.name}",
        _module("chassis.db.migrate", spec.name),
        environment.migration(store, spec),
        f"tables of {spec.name}",
        needs=() if own else ("roles",),
        once=True,
        sources=sources.migrations(store.root, spec.name),
        service=spec.name,
    )
    env = environment.service(store, specs, spec)
    code = sources.service(store.root, spec.name)
    serve = ["chassis.serve", spec.name]
    if dev:
        serve = ["mercat.devserver", spec.name, *(f"--watch={path}" for path in code[:2])]
        code = (*migrate.sources, code[0] / "service.yaml", code[-1])
    return [migrate] + [
        Process(
            replica_name(spec.name, number),
            _module(*serve, "--port", str(port)),
            env,
            spec.about,
            needs=(migrate.name,),
            ready=probes.http(port, "/health/ready"),
            port=port,
            layer=APPS,
            sources=(*code, services.callers_file(store, spec.name)),
            service=spec.name,
        )
        for number, port in enumerate(services.ports(store, spec))
    ]


def seed_processes(store: Store, specs: list[ServiceSpec]) -> list[Process]:
    if seeding.marker(store).exists() or "catalog" not in {spec.name for spec in specs}:
        return []
    about = "draws and loads the demo shop"
    return [
        Process(
            "seed", _module("mercat.seeding"), _ours(store), about, needs=("migrate-catalog",), once=True, optional=True
        )
    ]


def stripe_double_processes(store: Store) -> list[Process]:
    if environment.real_stripe(store) or not (store.root / "stripe_double" / "app.py").exists():
        return []
    port = store.port("stripe_double")
    return [
        Process(
            "stripe_double",
            _module("chassis.serve", "stripe_double", "--port", str(port)),
            environment.stripe_double(store),
            "stands in for Stripe",
            ready=probes.listening(port),
            port=port,
            layer=APPS,
            sources=(store.root / "stripe_double",),
        )
    ]


def portal_process(store: Store) -> Process:
    port = store.port("portal")
    return Process(
        "portal",
        _module("chassis.serve", "mercat.portal", "--port", str(port)),
        environment.portal(store),
        "front page, API docs, mail",
        ready=probes.http(port, "/_portal/ready"),
        port=port,
        layer=APPS,
        sources=(store.root / "mercat" / "portal",),
    )


def error_page_process(store: Store) -> Process:
    port = store.port("error_page")
    return Process(
        "error_page",
        _module("mercat.error_page", str(port)),
        environment.base(store),
        "the edge's own answers",
        ready=probes.listening(port),
        port=port,
        layer=APPS,
        sources=(store.root / "mercat" / "error_page.py",),
    )


def edge_process(store: Store, needs: tuple[str, ...]) -> Process:
    return Process(
        "traefik",
        _tied(edge.command(store)),
        environment.base(store),
        "https and routing",
        needs=needs,
        ready=probes.http(store.port("edge"), "/ping"),
        port=store.port("http"),
        layer=EDGE,
        grace=12,
        sources=(store.run / "traefik.yml",),
    )


def addresses(store: Store) -> dict[str, str]:
    """What a person may want to open, in the order to show it."""
    http, https = f"http://localhost:{store.port('http')}", f"https://localhost:{store.port('https')}"
    found = {
        "Store": f"{store.public_url}/",
        "with TLS": f"{https}/",
        "What runs": f"{http}/about",
        "API docs": f"{http}/docs",
        "Mail": f"{http}/mail",
        "Metrics of Traefik": f"{store.url('edge')}/metrics",
    }
    if environment.real_stripe(store):
        found["Payments"] = "Stripe itself, by your STRIPE_SECRET_KEY"
    if store.person.get("SMTP_URL"):
        found["Mail"] = "sent by your SMTP_URL"
    return found
