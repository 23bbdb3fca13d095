"""Every process of a store: its command, its settings, what it needs first, and how one knows that it is ready."""

from __future__ import annotations

import signal
import sys
from dataclasses import dataclass, field

from chassis import child, embedded
from chassis.service_spec import ServiceSpec
from mercat import certificates, database, edge, environment, keep, leftovers, probes, seeding, services
from mercat.ports import check_free
from mercat.probes import Probe
from mercat.refusal import Refusal
from mercat.runner import Process
from mercat.services import replica_name
from mercat.store import Store

# Stopped from the highest to the lowest: first nothing new comes in, then what runs ends, then the data.
_EDGE, _APPS, _DATA = 3, 2, 1


@dataclass(frozen=True, slots=True)
class Plan:
    """`usable` are the last questions: a shopper's way through the edge. `addresses` are what a person opens."""

    processes: list[Process]
    addresses: dict[str, str] = field(default_factory=dict)
    usable: list[Probe] = field(default_factory=list)


def prepare(store: Store, *, seed: bool) -> Plan:
    """Make everything ready on disk, clear away what a killed store left, and make the plan.

    Raises:
        Refusal: a port is taken, a folder is another user's, a setting or a service.yaml is wrong.
    """
    store.make_folders()
    leftovers.clear(store)
    if not seed:
        seeding.marker(store).touch()  # a shop begun empty stays free of our prints at the next start, too
    specs = services.discover(store.root)
    plan = make(store, specs, seed=seed)
    check_free([(process.port, process.name) for process in plan.processes if process.port], offset=store.offset)
    check_free([(store.port("https"), "https"), (store.port("edge"), "metrics of Traefik")], offset=store.offset)
    certificates.ensure(store.certificates)
    services.write_callers(store, specs)
    keep.write_private(store.run / "valkey.conf", f'requirepass "{keep.password(store, "valkey")}"\n'.encode())
    edge.write(store, specs)
    return plan


def make(store: Store, specs: list[ServiceSpec], *, seed: bool) -> Plan:
    """The plan, from the store's settings and the services alone."""
    processes = [
        *_postgres(store, specs),
        *_valkey(store),
        *(process for spec in specs for process in _service(store, specs, spec)),
        *_stripe_double(store),
        *(_seed(store, specs) if seed else []),
        _portal(store),
        _error_page(store),
    ]
    served = tuple(process.name for process in processes if process.layer == _APPS and not process.once)
    processes.append(_edge(store, served))
    _no_port_twice(processes)
    return Plan(
        processes, addresses(store), [probes.answers_itself(store.port("http"), spec.routes[0]) for spec in specs]
    )


def _no_port_twice(processes: list[Process]) -> None:
    by_port: dict[int, str] = {}
    for process in processes:
        if process.port is not None and process.port in by_port:
            raise Refusal(f"{by_port[process.port]} and {process.name} would both listen on port {process.port}.")
        if process.port is not None:
            by_port[process.port] = process.name


def _module(*argv: str) -> list[str]:
    return child.command([sys.executable, "-m", *argv])


def _ours(store: Store) -> dict[str, str]:
    """For tasks of this command, which find the store by themselves."""
    given = {name: value for name, value in store.person.items() if name.startswith("DATABASE_URL_")}
    here = {"MERCAT_STATE": str(store.state), "MERCAT_PORT_OFFSET": str(store.offset)}
    return {**environment.base(store), **given, **here}


def _tied(argv: list[str]) -> list[str]:
    return child.command(argv)


def _postgres(store: Store, specs: list[ServiceSpec]) -> list[Process]:
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
        layer=_DATA,
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


def _valkey(store: Store) -> list[Process]:
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
            layer=_DATA,
        )
    ]


def _service(store: Store, specs: list[ServiceSpec], spec: ServiceSpec) -> list[Process]:
    own = environment.own_database(store, spec) is not None
    migrate = Process(
        f"migrate-{spec.name}",
        _module("chassis.migrate", spec.name),
        environment.migration(store, spec),
        f"tables of {spec.name}",
        needs=() if own else ("roles",),
        once=True,
    )
    env = environment.service(store, specs, spec)
    return [migrate] + [
        Process(
            replica_name(spec.name, number),
            _module("chassis.serve", spec.name, "--port", str(port)),
            env,
            spec.about,
            needs=(migrate.name,),
            ready=probes.http(port, "/health/ready"),
            port=port,
            layer=_APPS,
        )
        for number, port in enumerate(services.ports(store, spec))
    ]


def _seed(store: Store, specs: list[ServiceSpec]) -> list[Process]:
    if seeding.marker(store).exists() or "catalog" not in {spec.name for spec in specs}:
        return []
    about = "draws and loads the demo shop"
    return [
        Process(
            "seed", _module("mercat.seeding"), _ours(store), about, needs=("migrate-catalog",), once=True, optional=True
        )
    ]


def _stripe_double(store: Store) -> list[Process]:
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
            layer=_APPS,
        )
    ]


def _portal(store: Store) -> Process:
    port = store.port("portal")
    return Process(
        "portal",
        _module("chassis.serve", "mercat.portal", "--port", str(port)),
        environment.portal(store),
        "front page, API docs, mail",
        ready=probes.http(port, "/_portal/ready"),
        port=port,
        layer=_APPS,
    )


def _error_page(store: Store) -> Process:
    port = store.port("error_page")
    argv = _module("mercat.error_page", str(port))
    about = "the edge's own answers"
    ready = probes.listening(port)
    return Process("error_page", argv, environment.base(store), about, ready=ready, port=port, layer=_APPS)


def _edge(store: Store, needs: tuple[str, ...]) -> Process:
    return Process(
        "traefik",
        _tied(edge.command(store)),
        environment.base(store),
        "https and routing",
        needs=needs,
        ready=probes.http(store.port("edge"), "/ping"),
        port=store.port("http"),
        layer=_EDGE,
        grace=12,
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
