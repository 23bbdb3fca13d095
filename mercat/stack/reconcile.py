"""Changes the running processes to the desired state: restarts what differs, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field, replace

from chassis.config import ServiceSpec
from mercat.config import environment, source_changes
from mercat.installation import CommandError, Installation, command_line
from mercat.stack import definitions, desired_state, monitoring
from mercat.stack.control_protocol import ApplyRequest
from mercat.stack.desired_state import DesiredState
from mercat.stack.draining import DrainedReplicas
from mercat.stack.ports import check_free
from mercat.stack.process_spec import ProcessSpec
from mercat.stack.runner import ProcessRunner, StartFailed
from mercat.stack.supervisor import Supervisor

_DEV_SERVER = "mercat.stack.dev_server"
# Sends a line of progress to the command that asked.
Report = Callable[[str], None]


@dataclass
class Changes:
    """The differences between the running and the desired processes, with the reason for each by name.

    `tasks` are run first, each once; then `removed` are stopped, `added` started, and `changed` restarted.
    """

    tasks: list[ProcessSpec] = field(default_factory=list)
    removed: list[ProcessRunner] = field(default_factory=list)
    added: list[ProcessSpec] = field(default_factory=list)
    changed: dict[str, ProcessSpec] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)


async def reconcile(supervisor: Supervisor, request: ApplyRequest, report: Report) -> list[str]:
    """Apply the request; returns the names of the processes that were started, restarted or stopped.

    Raises:
        CommandError: a setting, a file or a name is wrong and nothing was changed, or a process did not start.
    """
    installation = replace(
        supervisor.installation, user_settings=request.user_settings, dotenv_names=tuple(request.dotenv_names)
    )
    seed = not installation.seeded_marker.exists() and "seed" in supervisor.runners
    dev = {name for name in {*supervisor.dev, *request.dev} if request.dev.get(name, name in supervisor.dev)}
    specs, desired = await asyncio.to_thread(desired_state.compute, installation, seed=seed, dev=dev)
    _check_names(request.only, desired.processes)
    fresh = [process for process in desired.processes if process.port and process.name not in supervisor.runners]
    check_free([(process.port, process.name) for process in fresh if process.port], offset=installation.offset)
    await asyncio.to_thread(desired_state.write_files, installation, specs, desired.processes)
    changes = compare(supervisor.runners, desired.processes, request)
    _skip_unparsable(changes, report)
    for name, why in changes.reasons.items():
        report(f"{name}: {why}")
    supervisor.dev = dev
    supervisor.status.notices = [*desired.notices, *_supervisor_code_notice(supervisor)]
    await _run_tasks(supervisor, changes)
    try:
        await _replace_processes(supervisor, changes, installation, specs, report)
        if changes.added:
            await _wait_for_routes(desired)
    finally:
        _update_status(supervisor, desired, installation)
    return [*changes.reasons]


def _check_names(only: list[str], known: list[ProcessSpec]) -> None:
    there = sorted({process.service or process.name for process in known if not process.once or process.service})
    for name in only:
        if name not in there and name not in {process.name for process in known if not process.once}:
            raise CommandError(f"There is no service {name!r} here. There are: {', '.join(there)}")


def compare(runners: dict[str, ProcessRunner], desired: list[ProcessSpec], request: ApplyRequest) -> Changes:
    """Which processes differ from the desired ones, or are to be restarted because the request says so."""
    changes = Changes()
    for process in desired:
        if request.only and not {process.name, process.service} & set(request.only):
            continue
        runner = runners.get(process.name)
        why = "it is new" if runner is None else _restart_reason(runner, process)
        by_name = process.name in request.only or process.service in request.only
        if not why and request.force and not process.once and (by_name or process.layer == definitions.APPS):
            why = "as asked"
        if not why or (runner is None and process.name == "initdb"):
            continue
        changes.reasons[process.name] = why
        if process.once:
            changes.tasks.append(process)
        elif runner is None or runner.entry.condition == "failed":  # its runner has ended
            changes.added.append(process)
        else:
            changes.changed[process.name] = process
    if not request.only:
        names = {process.name for process in desired}
        changes.removed = [runner for name, runner in runners.items() if name not in names and not runner.process.once]
        changes.reasons |= {runner.process.name: "it is gone" for runner in changes.removed}
    return changes


def _restart_reason(runner: ProcessRunner, process: ProcessSpec) -> str:
    """Why a process must be restarted; an empty text if it is as desired."""
    now = runner.process
    if runner.entry.condition == "failed":
        return "it failed"
    names = {name for name in now.env.keys() | process.env.keys() if now.env.get(name) != process.env.get(name)}
    if changed := sorted(names - set(environment.INHERITED)):
        return f"{', '.join(changed)} changed"
    if now.argv != process.argv:
        if _DEV_SERVER in process.argv:
            return "from now on it runs its code as it is saved"
        return "back to ordinary running" if _DEV_SERVER in now.argv else "its command changed"
    if runner.fingerprint and runner.fingerprint != source_changes.fingerprint(process.source_paths):
        return "its files changed"
    return ""


def _skip_unparsable(changes: Changes, report: Report) -> None:
    """Leave processes alone whose code has syntax errors: they go on with the code that they have loaded."""
    for name, process in [*changes.changed.items(), *((process.name, process) for process in changes.added)]:
        if errors := source_changes.syntax_errors(process.source_paths):
            report("\n".join([f"{name} is left as it is: its code has mistakes", *errors]))
            changes.changed.pop(name, None)
            changes.added = [each for each in changes.added if each.name != name]
            changes.reasons.pop(name, None)


def _supervisor_code_notice(supervisor: Supervisor) -> list[str]:
    paths = source_changes.supervisor_sources(supervisor.installation.root)
    if source_changes.fingerprint(paths) == supervisor.code_fingerprint:
        return []
    again = f"{command_line.typed_command('down')}, then {command_line.typed_command('up')}"
    return [f"The code of the store's supervisor has changed since the start. To run the new one: {again}"]


async def _run_tasks(supervisor: Supervisor, changes: Changes) -> None:
    for process in changes.tasks:
        runner = supervisor.runners[process.name] = supervisor.runner(process)
        try:
            await runner.run([])
        except StartFailed as failure:
            raise CommandError(failure.with_output(supervisor.runners[failure.name].log)) from None


async def _replace_processes(
    supervisor: Supervisor, changes: Changes, installation: Installation, specs: list[ServiceSpec], report: Report
) -> None:
    await asyncio.gather(*(runner.stop() for runner in changes.removed))
    for runner in changes.removed:
        del supervisor.runners[runner.process.name]
    for process in changes.added:
        supervisor.runners[process.name] = supervisor.runner(process, max_failures=0)
    for process in changes.added:
        supervisor.start(supervisor.runners[process.name])
    await _gather(*(_wait_until_ready(supervisor.runners[process.name]) for process in changes.added))
    for layer in (definitions.DATA, definitions.APPS, definitions.EDGE, monitoring.LAYER):
        groups: dict[str, list[ProcessSpec]] = {}
        for process in changes.changed.values():
            if process.layer == layer:
                groups.setdefault(process.service or process.name, []).append(process)
        drained = DrainedReplicas(installation, specs)
        await _gather(*(_rolling_restart(supervisor, drained, group, report) for group in groups.values()))


async def _gather(*coroutines: Coroutine[None, None, None]) -> None:
    """Run all of them to their end; then raise the first error, if any."""
    for outcome in await asyncio.gather(*coroutines, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome


async def _wait_for_routes(desired: DesiredState) -> None:
    """Wait up to 10 s until Traefik has read the routes of new services: it sends no notification."""
    with suppress(TimeoutError):
        async with asyncio.timeout(10):
            while not all([await probe() for probe in desired.final_probes]):  # noqa: ASYNC110
                await asyncio.sleep(0.05)


async def _rolling_restart(
    supervisor: Supervisor, drained: DrainedReplicas, group: list[ProcessSpec], report: Report
) -> None:
    """Restart the replicas of a service one after the other, each when the one before it is ready."""
    for process in group:
        runner = supervisor.runners[process.name]
        async with drained.drain(process):
            await runner.restart(process)
            await _wait_until_ready(runner)
        report(f"{process.name} is ready after {runner.entry.took or 0:.1f} s")


async def _wait_until_ready(runner: ProcessRunner) -> None:
    ready = asyncio.create_task(runner.ready.wait())
    before = runner.entry.restarts
    try:
        while not ready.done():
            await asyncio.wait([ready], timeout=0.05)
            if runner.entry.restarts > before and runner.process.optional:
                return  # it is tried again, and the status says so
            if runner.entry.restarts > before:
                raise CommandError(StartFailed(runner.process.name, runner.entry.ended).with_output(runner.log))
    finally:
        ready.cancel()


def _update_status(supervisor: Supervisor, desired: DesiredState, installation: Installation) -> None:
    """Put the desired state into the status file, its processes in their order."""
    supervisor.installation, supervisor.desired = installation, desired
    names = [process.name for process in desired.processes if process.name in supervisor.runners]
    names += [name for name in supervisor.runners if name not in names]
    supervisor.status.entries = [supervisor.runners[name].entry for name in names]
    supervisor.status.addresses = desired.addresses
    supervisor.write_status()  # before the command reads it
