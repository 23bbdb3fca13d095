"""The commands `up`, `down`, `status` and `reset`."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from mercat import show, words
from mercat.board import Status
from mercat.control import Control
from mercat.refusal import Refusal
from mercat.store import Store

if TYPE_CHECKING:
    import psutil
    from rich.console import Console

_SETTLED = {"running", "failed", "stopped"}


def up(store: Store, *, attach: bool, seed: bool, chosen: Collection[str] = ("offset", "replicas")) -> None:
    """Start the store and return when it can be used. One that runs already is brought to what the code and the
    settings say now, with its own port offset and replicas unless these are `chosen`.

    Raises:
        Refusal: it could not be started; why, and what to do.
    """
    control = Control(store)
    out = show.console()
    began = time.monotonic()
    mine, running = _start(control, seed=seed, tie=attach)
    if running is not None:
        store = _as_it_runs(store, running, chosen)
    if running is not None and running.phase == "running":
        from mercat.restart_command import bring_up_to_date

        changed = bring_up_to_date(store, out)
        _tell(out, control.status() or running, "up to date again" if changed else "running already")
        return
    try:
        status = _watch(control, out)
        if attach and mine:
            out.print(show.addresses(status))
            _stay(control)
            return
    except KeyboardInterrupt:
        if mine:
            out.print("\nStopping the store.")
            down(store)
        raise
    _tell(out, status, f"usable after {time.monotonic() - began:.1f} s")


def _tell(out: Console, status: Status, word: str) -> None:
    out.print(f"\n[green]The store is {word}.[/]")
    out.print(show.addresses(status))
    for entry in status.entries:
        if entry.condition not in {"ready", "done"}:
            see = words.typed(f"logs {entry.name}")
            out.print(f"[yellow]! {entry.name} {show.happening(entry)}; see: {see}[/]")
    for notice in status.notices:
        out.print("[yellow]![/] ", end="")
        out.print(notice, markup=False, soft_wrap=True)
    known = [words.typed(word) for word in ("status", "logs", "restart", "down")]
    out.print(f"\n[dim]{'  '.join(known)}[/]", soft_wrap=True)


def _start(control: Control, *, seed: bool, tie: bool) -> tuple[bool, Status | None]:
    """Whether the supervisor is ours, and how the other's is doing. One that is about to end is waited for."""
    while not control.start(seed=seed, tie=tie):
        running = control.status()
        if running is not None and running.phase in {"starting", "running"}:
            return False, running
        control.wait_for_end()
    return True, None


def _as_it_runs(store: Store, running: Status, chosen: Collection[str]) -> Store:
    there = replace(store, offset=running.offset, replicas=running.replicas)
    if any(getattr(store, name) != getattr(there, name) for name in chosen):
        raise Refusal(
            f"The store runs already, with {running.replicas} replicas and port offset {running.offset}. "
            f"To change that, stop it first: {words.typed('down')}"
        )
    return there


def _watch(control: Control, out: Console) -> Status:
    last = _follow_live(control, out) if out.is_terminal else _follow_lines(control, out)
    if last is None:
        log = control.store.logs / "supervisor.log"
        raise Refusal(f"The supervisor ended before it said anything. Its log: {log}")
    if last.phase == "failed":
        raise Refusal(last.problem)
    if last.phase != "running":
        raise Refusal("The store was stopped while it started.")
    return last


def _follow_live(control: Control, out: Console) -> Status | None:
    from rich.live import Live

    last = None
    with Live(console=out, refresh_per_second=12, transient=False) as live:
        for status in control.follow(lambda status: status.phase in _SETTLED):
            last = status
            live.update(show.progress(status, finished=status.phase in _SETTLED))
    return last


def _follow_lines(control: Control, out: Console) -> Status | None:
    last = None
    for status in control.follow(lambda status: status.phase in _SETTLED):
        for line in show.changes(last.entries if last else [], status.entries):
            out.print(line, markup=False)
        last = status
    return last


def _stay(control: Control) -> None:
    """In front until Ctrl-C, showing the logs; then everything stops."""
    from mercat.logs_command import follow

    try:
        follow(control.store, None, raw=False, alive=control.lock.is_held)
    finally:
        down(control.store)


def down(store: Store) -> None:
    """Stop the store, in order. Nothing of it is left afterwards, also when its supervisor was killed."""
    control = Control(store)
    out = show.console()
    running = control.status()
    if running is not None and control.ask_to_stop():
        _watch_stop(control, out)
        again = _typed_again(store, running)
        out.print(f"The store has stopped. Its data stay; start it again with: {again}", soft_wrap=True)
    else:
        ended = control.clear()
        out.print(f"The store was not running{f'; {ended} processes it left are gone now' if ended else ''}.")


def _typed_again(store: Store, was: Status) -> str:
    """The command that starts a store as it was: what was said as options is not remembered."""
    options = f" --port-offset {was.offset}" if was.offset != store.offset else ""
    options += f" --replicas {was.replicas}" if was.replicas != store.replicas else ""
    return words.command(f"up{options}") if options else words.typed("up")


def _watch_stop(control: Control, out: Console) -> None:
    if out.is_terminal:
        with out.status("Stopping"):
            control.wait_for_end()
    else:
        control.wait_for_end()


def status(store: Store, *, as_json: bool) -> bool:
    """Show what runs; whether the store is usable."""
    import msgspec

    found = Control(store).status()
    if as_json:
        print(msgspec.json.encode(found).decode() if found else '{"phase": "stopped"}')
        return found is not None and found.phase == "running"
    out = show.console()
    if found is None:
        if killed := Control(store).how_it_was_lost():
            out.print(killed, soft_wrap=True)
        out.print(f"The store is not running. Start it with: {words.typed('up')}", soft_wrap=True)
        return False
    memory = _memory(found)
    out.print(show.overview(found, memory))
    for line in show.ends(found):
        out.print(line, markup=False, soft_wrap=True)
    out.print(f"The store is {found.phase}; {sum(memory.values()) / 2**20:.0f} MB in all.")
    out.print(show.addresses(found))
    return found.phase == "running"


def _memory(found: Status) -> dict[int, int]:
    """Memory in bytes of the supervisor and, with its children, of each process; by process id."""
    import psutil

    used = {}
    for pid in [found.pid, *(entry.pid for entry in found.entries if entry.pid)]:
        try:
            one = psutil.Process(pid)
            family = [one] if pid == found.pid else [one, *one.children(recursive=True)]
        except psutil.Error:
            continue
        used[pid] = sum(map(_own_memory, family))
    return used


def _own_memory(process: psutil.Process) -> int:
    """A shared page counts in part (PSS) where the system tells."""
    import psutil

    try:
        full = process.memory_full_info()
    except psutil.Error:
        return 0
    return int(getattr(full, "pss", 0) or full.rss)


def reset(store: Store, *, yes: bool) -> None:
    """Stop the store and remove its data: databases, orders, mails, pictures, logs. Keys and certificates stay."""
    out = show.console()
    if not yes:
        if not sys.stdin.isatty():
            raise Refusal(f"This removes all data of the store. Say so: {words.command('reset --yes')}")
        answer = out.input(f"This removes all data in {store.state}. Type [bold]reset[/] to go on: ")
        if answer.strip() != "reset":
            raise Refusal("Nothing was changed.")
    from mercat.restore_command import before

    control = Control(store)
    if control.status() is not None:
        down(store)
    control.clear()
    _forget(store, control)
    out.print(f"All data are gone. A fresh store: {words.typed('up')}", soft_wrap=True)
    if before(store).exists():
        out.print(f"What a restore replaced is still there, with its data: {before(store)}", soft_wrap=True)


def _forget(store: Store, control: Control) -> None:
    if not store.state.exists():
        return
    store.make_folders()
    lock = control.lock.take()
    if lock is None:
        raise Refusal("The store was started again meanwhile. Nothing was removed.")
    try:
        kept = {store.keys, store.certificates, store.run}
        for path in set(store.state.iterdir()) - kept:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        control.board.path.unlink(missing_ok=True)
    finally:
        os.close(lock)
