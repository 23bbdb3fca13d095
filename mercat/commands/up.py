"""The command `up`: start the store, or apply changes to one that runs."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from mercat.commands import render
from mercat.commands.apply import apply_changes
from mercat.commands.down import down
from mercat.installation import CommandError, Installation, command_line
from mercat.stack.status_file import StackStatus
from mercat.stack.supervisor_process import SupervisorProcess

if TYPE_CHECKING:
    from rich.console import Console

# The phases that end a start.
_FINAL_PHASES = {"running", "failed", "stopped"}


def up(
    installation: Installation,
    *,
    attach: bool,
    seed: bool,
    observe: bool | None = None,
    chosen: Collection[str] = ("offset", "replicas"),
) -> None:
    """Start the store and wait until it is usable; if it runs already, apply changes of code and settings.

    `chosen` are the options that the user has set: a store that runs with others is not changed. `observe` switches
    Prometheus and Alertmanager on or off for this and later starts; None leaves it as it is.

    Raises:
        CommandError: the store did not start, or runs with other options.
    """
    supervisor = SupervisorProcess(installation)
    if observe is not None:
        supervisor.set_observed(observed=observe)
    out = render.console()
    began = time.monotonic()
    started, running = _start(supervisor, seed=seed, attached=attach)
    if running is not None:
        installation = _with_running_options(installation, running, chosen)
    if running is not None and running.phase == "running":
        changed = apply_changes(installation, out)
        _print_result(out, supervisor.status() or running, "up to date again" if changed else "running already")
        return
    try:
        status = _watch(supervisor, out)
        if attach and started:
            out.print(render.addresses(status))
            _show_logs_until_stopped(supervisor)
            return
    except KeyboardInterrupt:
        if started:
            out.print("\nStopping the store.")
            down(installation)
        raise
    _print_result(out, status, f"usable after {time.monotonic() - began:.1f} s")


def _print_result(out: Console, status: StackStatus, state: str) -> None:
    out.print(f"\n[green]The store is {state}.[/]")
    out.print(render.addresses(status))
    for entry in status.entries:
        if entry.condition not in {"ready", "done"}:
            logs = command_line.typed_command(f"logs {entry.name}")
            out.print(f"[yellow]! {entry.name} {entry.description}; see: {logs}[/]")
    for notice in status.notices:
        out.print("[yellow]![/] ", end="")
        out.print(notice, markup=False, soft_wrap=True)
    commands = [command_line.typed_command(word) for word in ("status", "logs", "restart", "down")]
    out.print(f"\n[dim]{'  '.join(commands)}[/]", soft_wrap=True)


def _start(supervisor: SupervisorProcess, *, seed: bool, attached: bool) -> tuple[bool, StackStatus | None]:
    """Whether this call started the supervisor; if not, the status of the one that runs. Waits for one that ends."""
    while not supervisor.start(seed=seed, attached=attached):
        running = supervisor.status()
        if running is not None and running.phase in {"starting", "running"}:
            return False, running
        supervisor.wait_for_end()
    return True, None


def _with_running_options(installation: Installation, running: StackStatus, chosen: Collection[str]) -> Installation:
    running_installation = replace(installation, offset=running.offset, replicas=running.replicas)
    if any(getattr(installation, name) != getattr(running_installation, name) for name in chosen):
        raise CommandError(
            f"The store runs already, with {running.replicas} replicas and port offset {running.offset}. "
            f"To change that, stop it first: {command_line.typed_command('down')}"
        )
    return running_installation


def _watch(supervisor: SupervisorProcess, out: Console) -> StackStatus:
    last = _follow_live(supervisor, out) if out.is_terminal else _follow_lines(supervisor, out)
    if last is None:
        log = supervisor.installation.logs / "supervisor.log"
        raise CommandError(f"The supervisor ended before it said anything. Its log: {log}")
    if last.phase == "failed":
        raise CommandError(last.problem)
    if last.phase != "running":
        raise CommandError("The store was stopped while it started.")
    return last


def _follow_live(supervisor: SupervisorProcess, out: Console) -> StackStatus | None:
    from rich.live import Live

    last = None
    with Live(console=out, refresh_per_second=12, transient=False) as live:
        for status in supervisor.follow(lambda status: status.phase in _FINAL_PHASES):
            last = status
            live.update(render.progress(status, finished=status.phase in _FINAL_PHASES))
    return last


def _follow_lines(supervisor: SupervisorProcess, out: Console) -> StackStatus | None:
    last = None
    for status in supervisor.follow(lambda status: status.phase in _FINAL_PHASES):
        for line in render.condition_changes(last.entries if last else [], status.entries):
            out.print(line, markup=False)
        last = status
    return last


def _show_logs_until_stopped(supervisor: SupervisorProcess) -> None:
    """Show the logs until Ctrl-C; then stop the store."""
    from mercat.commands.logs import follow

    try:
        follow(supervisor.installation, None, raw=False, alive=supervisor.lock.is_held)
    finally:
        down(supervisor.installation)
