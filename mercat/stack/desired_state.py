"""The desired state: all processes that a store should run, and the files that they read at their start."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from chassis.config import ServiceSpec
from mercat.config import environment, services, settings
from mercat.edge import certificates, traefik
from mercat.installation import CommandError, Installation, secrets
from mercat.observe import configuration, grafana, programs
from mercat.stack import definitions, monitoring, orphans, probes
from mercat.stack.ports import check_free
from mercat.stack.probes import Probe
from mercat.stack.process_spec import ProcessSpec


@dataclass(frozen=True, slots=True)
class DesiredState:
    """What should run. `final_probes` check that each service answers through Traefik.

    `addresses` are shown to the user, by their label; `notices` are warnings about settings.
    """

    processes: list[ProcessSpec]
    addresses: dict[str, str] = field(default_factory=dict)
    final_probes: list[Probe] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def prepare(installation: Installation, *, seed: bool) -> DesiredState:
    """Compute the desired state for a start: end orphans, check the ports, and write all files.

    Raises:
        CommandError: a port is taken, a folder belongs to another user, or a setting or service.yaml is wrong.
    """
    installation.make_folders()
    orphans.clean_up(installation)
    if not seed:
        installation.seeded_marker.touch()  # a later start must not load the demo shop either
    specs, desired = compute(installation, seed=seed)
    check_free(
        [(process.port, process.name) for process in desired.processes if process.port], offset=installation.offset
    )
    check_free(
        [(installation.port("https"), "https"), (installation.port("edge"), "metrics of Traefik")],
        offset=installation.offset,
    )
    certificates.ensure(installation.certificates)
    write_files(installation, specs, desired.processes)
    return desired


def compute(
    installation: Installation, *, seed: bool, dev: Collection[str] = ()
) -> tuple[list[ServiceSpec], DesiredState]:
    """The services and the desired state from today's files and settings; services in `dev` reload their code.

    Raises:
        CommandError: a setting or a service.yaml is wrong.
    """
    specs = services.discover(installation.root)
    desired = build(installation, specs, seed=seed, dev=dev)
    # Values that the user did not set need no validation, which takes a second.
    any_by_name = any(installation.user_settings.get(name) for name in settings.READ_BY_NAME)
    to_validate = [spec for spec in specs if any_by_name or settings.set_by_user(installation, spec.name)]
    settings.validate(installation, {spec.name: environment.service(installation, specs, spec) for spec in to_validate})
    notices = [*settings.dotenv_warnings(installation, specs), *_monitoring_notices(installation)]
    return specs, replace(desired, notices=notices)


def _monitoring_notices(installation: Installation) -> list[str]:
    """What an observed store lacks of its tools, and how Grafana is started if it is there."""
    if not installation.observed_marker.exists():
        return []
    return [*programs.missing(installation), *grafana.notices(installation)]


def write_files(installation: Installation, specs: list[ServiceSpec], processes: list[ProcessSpec]) -> None:
    """Write the files that these processes read at their start. Unchanged files are not written."""
    services.write_callers(installation, specs)
    secrets.write_private(
        installation.run / "valkey.conf", f'requirepass "{secrets.password(installation, "valkey")}"\n'.encode()
    )
    traefik.write_configuration(installation, specs)
    if installation.observed_marker.exists():
        configuration.write(installation, specs, {process.name for process in processes})
        grafana.write(installation)


def build(
    installation: Installation, specs: list[ServiceSpec], *, seed: bool, dev: Collection[str] = ()
) -> DesiredState:
    """The desired state, without validation of the settings."""
    found = [
        *definitions.postgres_processes(installation, specs),
        *definitions.valkey_processes(installation),
        *(p for spec in specs for p in definitions.service_processes(installation, specs, spec, dev=spec.name in dev)),
        *definitions.stripe_double_processes(installation),
        *(definitions.seed_processes(installation, specs) if seed else []),
        definitions.portal_process(installation),
        definitions.error_page_process(installation),
    ]
    served = tuple(process.name for process in found if process.layer == definitions.APPS and not process.once)
    found.append(definitions.edge_process(installation, served))
    found += monitoring.processes(installation, specs)
    _check_ports_distinct(found)
    final_probes = [probes.answered_by_service(installation.port("http"), spec.routes[0]) for spec in specs]
    return DesiredState(found, definitions.addresses(installation), final_probes)


def _check_ports_distinct(found: list[ProcessSpec]) -> None:
    by_port: dict[int, str] = {}
    for process in found:
        if process.port is not None and process.port in by_port:
            raise CommandError(f"{by_port[process.port]} and {process.name} would both listen on port {process.port}.")
        if process.port is not None:
            by_port[process.port] = process.name
