"""All that a store runs, and the files that it starts from, as the code and the person's settings have it now."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from chassis.config import ServiceSpec
from mercat import (
    certificates,
    edge,
    environment,
    keep,
    leftovers,
    probes,
    processes,
    seeding,
    services,
    settings,
)
from mercat.ports import check_free
from mercat.probes import Probe
from mercat.process import Process
from mercat.refusal import Refusal
from mercat.store import Store


@dataclass(frozen=True, slots=True)
class Plan:
    """`usable` are the last questions: a shopper's way through the edge. `addresses` are what a person opens, `notices`
    what they should know.
    """

    processes: list[Process]
    addresses: dict[str, str] = field(default_factory=dict)
    usable: list[Probe] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def prepare(store: Store, *, seed: bool) -> Plan:
    """Make everything ready on disk, clear away what a killed store left, and make the plan.

    Raises:
        Refusal: a port is taken, a folder is another user's, a setting or a service.yaml is wrong.
    """
    store.make_folders()
    leftovers.clear(store)
    if not seed:
        seeding.marker(store).touch()  # a shop begun empty stays free of our prints at the next start, too
    specs, plan = derive(store, seed=seed)
    check_free([(process.port, process.name) for process in plan.processes if process.port], offset=store.offset)
    check_free([(store.port("https"), "https"), (store.port("edge"), "metrics of Traefik")], offset=store.offset)
    certificates.ensure(store.certificates)
    write(store, specs)
    return plan


def derive(store: Store, *, seed: bool, dev: Collection[str] = ()) -> tuple[list[ServiceSpec], Plan]:
    """The services and the plan, as the files and the person's settings are now; `dev` are services in development.

    Raises:
        Refusal: a setting or a service.yaml is wrong.
    """
    specs = services.discover(store.root)
    plan = make(store, specs, seed=seed, dev=dev)
    # Who chose nothing has nothing to get wrong.
    asked = any(store.person.get(name) for name in settings.ASKED_FOR)
    choosing = [spec for spec in specs if asked or settings.chosen(store, spec.name)]
    settings.try_out(store, {spec.name: environment.service(store, specs, spec) for spec in choosing})
    return specs, replace(plan, notices=settings.remarks(store, specs))


def write(store: Store, specs: list[ServiceSpec]) -> None:
    """Write the files that processes read at their start. One that is as it should be is left alone."""
    services.write_callers(store, specs)
    keep.write_private(store.run / "valkey.conf", f'requirepass "{keep.password(store, "valkey")}"\n'.encode())
    edge.write(store, specs)


def make(store: Store, specs: list[ServiceSpec], *, seed: bool, dev: Collection[str] = ()) -> Plan:
    """The plan, from the store's settings and the services alone."""
    found = [
        *processes.postgres_processes(store, specs),
        *processes.valkey_processes(store),
        *(p for spec in specs for p in processes.service_processes(store, specs, spec, dev=spec.name in dev)),
        *processes.stripe_double_processes(store),
        *(processes.seed_processes(store, specs) if seed else []),
        processes.portal_process(store),
        processes.error_page_process(store),
    ]
    served = tuple(process.name for process in found if process.layer == processes.APPS and not process.once)
    found.append(processes.edge_process(store, served))
    _no_port_twice(found)
    usable = [probes.answers_itself(store.port("http"), spec.routes[0]) for spec in specs]
    return Plan(found, processes.addresses(store), usable)


def _no_port_twice(found: list[Process]) -> None:
    by_port: dict[int, str] = {}
    for process in found:
        if process.port is not None and process.port in by_port:
            raise Refusal(f"{by_port[process.port]} and {process.name} would both listen on port {process.port}.")
        if process.port is not None:
            by_port[process.port] = process.name
