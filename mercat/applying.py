"""Brings a store that runs to what the code and the person's settings say now, and touches nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mercat import draining, environment, plan, processes, rotation, seeding, sources, words
from mercat.channel import Apply
from mercat.ports import check_free
from mercat.process import Process
from mercat.refusal import Refusal
from mercat.runner import DidNotStart, Runner
from mercat.store import Store

if TYPE_CHECKING:
    from chassis.config import ServiceSpec
    from mercat.supervisor import Supervisor

_DEV = "mercat.devserver"
Tell = Callable[[str], None]


@dataclass
class Changes:
    """What is to be done. `tasks` are run first, each once; then `gone` end, `new` start, and `other` start again."""

    tasks: list[Process] = field(default_factory=list)
    gone: list[Runner] = field(default_factory=list)
    new: list[Process] = field(default_factory=list)
    other: dict[str, Process] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)


async def apply(supervisor: Supervisor, wish: Apply, tell: Tell) -> list[str]:
    """The names of what was started, started again or ended.

    Raises:
        Refusal: a setting, a file or a name is wrong, and nothing was changed; or something did not start.
    """
    store = replace(supervisor.store, person=wish.person, dotenv=tuple(wish.dotenv))
    seed = not seeding.marker(store).exists() and "seed" in supervisor.runners
    dev = {name for name in {*supervisor.dev, *wish.dev} if wish.dev.get(name, name in supervisor.dev)}
    specs, wanted = await asyncio.to_thread(plan.derive, store, seed=seed, dev=dev)
    _check_names(wish.only, wanted.processes)
    fresh = [process for process in wanted.processes if process.port and process.name not in supervisor.runners]
    check_free([(process.port, process.name) for process in fresh if process.port], offset=store.offset)
    await asyncio.to_thread(plan.write, store, specs)
    changes = compare(supervisor.runners, wanted.processes, wish)
    _leave_broken(changes, tell)
    for name, why in changes.why.items():
        tell(f"{name}: {why}")
    supervisor.dev = dev
    supervisor.status.notices = [*wanted.notices, *_own_code(supervisor)]
    await _run_tasks(supervisor, changes)
    try:
        await _exchange(supervisor, changes, store, specs, tell)
        if changes.new:
            await _routed(wanted)
    finally:
        _settle(supervisor, wanted, store)
    return [*changes.why]


def _check_names(only: list[str], known: list[Process]) -> None:
    there = sorted({process.service or process.name for process in known if not process.once or process.service})
    for name in only:
        if name not in there and name not in {process.name for process in known if not process.once}:
            raise Refusal(f"There is no service {name!r} here. There are: {', '.join(there)}")


def compare(runners: dict[str, Runner], wanted: list[Process], wish: Apply) -> Changes:
    """What of the plan is not as it runs, or is to be started again anyway."""
    changes = Changes()
    for process in wanted:
        if wish.only and not {process.name, process.service} & set(wish.only):
            continue
        runner = runners.get(process.name)
        why = "it is new" if runner is None else _difference(runner, process)
        by_name = process.name in wish.only or process.service in wish.only
        if not why and wish.force and not process.once and (by_name or process.layer == processes.APPS):
            why = "as asked"
        if not why or (runner is None and process.name == "initdb"):
            continue
        changes.why[process.name] = why
        if process.once:
            changes.tasks.append(process)
        elif runner is None:
            changes.new.append(process)
        else:
            changes.other[process.name] = process
    if not wish.only:
        names = {process.name for process in wanted}
        changes.gone = [runner for name, runner in runners.items() if name not in names and not runner.process.once]
        changes.why |= {runner.process.name: "it is gone" for runner in changes.gone}
    return changes


def _difference(runner: Runner, process: Process) -> str:
    """Why a process is to be started again; empty when it is as it should be."""
    now = runner.process
    if runner.process.once and runner.entry.condition == "failed":
        return "it failed"
    names = {name for name in now.env.keys() | process.env.keys() if now.env.get(name) != process.env.get(name)}
    if changed := sorted(names - set(environment.COMMON)):
        return f"{', '.join(changed)} changed"
    if now.argv != process.argv:
        if _DEV in process.argv:
            return "from now on it runs its code as it is saved"
        return "back to ordinary running" if _DEV in now.argv else "its command changed"
    if runner.seen and runner.seen != sources.footprint(process.sources):
        return "its files changed"
    return ""


def _leave_broken(changes: Changes, tell: Tell) -> None:
    """What could not be read by Python goes on with the code that it has."""
    for name, process in [*changes.other.items(), *((process.name, process) for process in changes.new)]:
        if faults := sources.syntax_errors(process.sources):
            tell("\n".join([f"{name} is left as it is: its code has mistakes", *faults]))
            changes.other.pop(name, None)
            changes.new = [each for each in changes.new if each.name != name]
            changes.why.pop(name, None)


def _own_code(supervisor: Supervisor) -> list[str]:
    if sources.footprint(sources.supervisors(supervisor.store.root)) == supervisor.code:
        return []
    again = f"{words.typed('down')}, then {words.typed('up')}"
    return [f"The code of the store's supervisor has changed since the start. To run the new one: {again}"]


async def _run_tasks(supervisor: Supervisor, changes: Changes) -> None:
    for process in changes.tasks:
        runner = supervisor.runners[process.name] = supervisor.runner(process)
        try:
            await runner.run([])
        except DidNotStart as failure:
            raise Refusal(explain(supervisor.runners[failure.name].log, failure)) from None


async def _exchange(
    supervisor: Supervisor, changes: Changes, store: Store, specs: list[ServiceSpec], tell: Tell
) -> None:
    await asyncio.gather(*(runner.stop() for runner in changes.gone))
    for runner in changes.gone:
        del supervisor.runners[runner.process.name]
    for process in changes.new:
        supervisor.runners[process.name] = supervisor.runner(process, tries=0)
    for process in changes.new:
        supervisor.keep(supervisor.runners[process.name])
    await _all(*(_until_ready(supervisor.runners[process.name]) for process in changes.new))
    for layer in (processes.DATA, processes.APPS, processes.EDGE):
        groups: dict[str, list[Process]] = {}
        for process in changes.other.values():
            if process.layer == layer:
                groups.setdefault(process.service or process.name, []).append(process)
        away = draining.Away(store, specs)
        await _all(*(_one_by_one(supervisor, away, group, tell) for group in groups.values()))


async def _all(*works: Coroutine[None, None, None]) -> None:
    """Do all of them; the first failure, if any, is told when all are done."""
    for outcome in await asyncio.gather(*works, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome


async def _routed(wanted: plan.Plan) -> None:
    """Wait, within bounds, until the edge has read the routes of what is new: it tells nobody when it has."""
    with suppress(TimeoutError):
        async with asyncio.timeout(10):
            while not all([await probe() for probe in wanted.usable]):  # noqa: ASYNC110
                await asyncio.sleep(0.05)


async def _one_by_one(supervisor: Supervisor, away: draining.Away, group: list[Process], tell: Tell) -> None:
    """Start the replicas of a service again, each when the one before it is ready."""
    for process in group:
        runner = supervisor.runners[process.name]
        async with away.without(process):
            await runner.restart(process)
            await _until_ready(runner)
        tell(f"{process.name} is ready after {runner.entry.took or 0:.1f} s")


async def _until_ready(runner: Runner) -> None:
    ready = asyncio.create_task(runner.ready.wait())
    before = runner.entry.restarts
    try:
        while not ready.done():
            await asyncio.wait([ready], timeout=0.05)
            if runner.entry.restarts > before:
                raise Refusal(explain(runner.log, DidNotStart(runner.process.name, runner.entry.ended)))
    finally:
        ready.cancel()


def _settle(supervisor: Supervisor, wanted: plan.Plan, store: Store) -> None:
    """What the board shows from now on, in the order of the plan."""
    supervisor.store, supervisor.plan = store, wanted
    names = [process.name for process in wanted.processes if process.name in supervisor.runners]
    names += [name for name in supervisor.runners if name not in names]
    supervisor.status.entries = [supervisor.runners[name].entry for name in names]
    supervisor.status.addresses = wanted.addresses
    supervisor.changed()


def explain(log: Path, failure: DidNotStart) -> str:
    """What a process said before it ended, this life alone."""
    last = rotation.tail(log, 15).rpartition(" starts\n")[2]
    return f"{failure}. Its last words, from {log}:\n\n{last}"
