"""Runs one process: waits for its dependencies, starts it, checks that it is ready, restarts it if it ends."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from chassis.resilience import backoff
from mercat.config import source_changes
from mercat.stack import exit_status, log_rotation
from mercat.stack.process_spec import ProcessSpec
from mercat.stack.status_file import Condition, ProcessStatus

# Seconds before a restart: the first delay, doubled after each failure up to the maximum.
FIRST_DELAY, MAX_DELAY = 0.25, 10.0
# Seconds after which a process counts as stable: if it ends later, that is its first failure again.
STABLE_AFTER = 30.0
_PROBE_INTERVAL = 0.05


class StartFailed(Exception):
    """A process ended, or was not ready in time, before the store was usable. `name` is the process."""

    def __init__(self, name: str, what: str) -> None:
        super().__init__(f"{name} {what}")
        self.name = name

    def with_output(self, log: Path) -> str:
        """The message, and the last lines that the process wrote to its log since it was started."""
        output = log_rotation.tail(log, 15).rpartition(" starts\n")[2]
        return f"{self}. Its last words, from {log}:\n\n{output}"


def _ignore(_line: str) -> None:
    """Log nothing."""


@dataclass(slots=True)
class ProcessRunner:
    """Runs one process. `entry` is its status; `on_change` is called whenever that changes.

    `log_line` gets a line for each unexpected end. After `max_failures` failures in a row the runner gives up (0:
    never). `fingerprint` is that of the source files which the process was started from. `max_delay`: the longest pause
    before a restart, MAX_DELAY if None.
    """

    process: ProcessSpec
    log: Path
    folder: Path
    on_change: Callable[[], None]
    max_failures: int = 3
    log_line: Callable[[str], None] = _ignore
    max_delay: float | None = None
    entry: ProcessStatus = field(init=False)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    fingerprint: str = ""
    _stopping: bool = False
    _restart_requested: bool = False
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _exited: asyncio.Event = field(default_factory=asyncio.Event)
    _child: asyncio.subprocess.Process | None = None

    def __post_init__(self) -> None:
        process = self.process
        self.entry = ProcessStatus(name=process.name, about=process.about, port=process.port, once=process.once)

    def set_condition(self, condition: Condition, message: str = "") -> None:
        """Change the condition in the status, with the time."""
        self.entry.condition, self.entry.message, self.entry.since = condition, message, time.time()
        self.on_change()

    async def run(self, dependencies: list[ProcessRunner]) -> None:
        """Keep the process running until it is stopped or, for a task, done.

        Raises:
            StartFailed: it failed `max_failures` times in a row.
        """
        for dependency in dependencies:
            await dependency.ready.wait()
        failures = 0
        while not self._stopping:
            began = time.monotonic()
            reason = await self._run_once()
            if self._stopping or (self.process.once and not reason):
                return
            if self._restart_requested:
                failures = 0
                continue
            lived = time.monotonic() - began
            failures = 1 if lived > STABLE_AFTER else failures + 1
            if self.process.once or failures == self.max_failures:
                self._log_exit(f"{reason} after {lived:.1f} s; given up after {failures} tries")
                self.set_condition("failed", reason)
                if self.process.optional:
                    self.ready.set()
                    return
                raise StartFailed(self.process.name, reason)
            pause = backoff.pause(failures, first=FIRST_DELAY, longest=self.max_delay or MAX_DELAY)
            self.entry.restarts += 1
            self._log_exit(f"{reason} after {lived:.1f} s; restart {self.entry.restarts} in {pause:.2f} s")
            self.entry.ended, self.entry.ended_at = reason, time.time()
            self.set_condition("restarting", reason)
            await self._pause(pause)

    def _log_exit(self, what: str) -> None:
        """Log an end, with its time, in the supervisor's log and in the process's own."""
        self.log_line(f"{self.process.name} {what}")
        with suppress(OSError):  # a full disk must not stop the store
            self._write(f"{self.process.name} {what}")

    def _write(self, line: str) -> None:
        with self.log.open("ab") as log:
            log.write(f"--- {time.strftime('%Y-%m-%dT%H:%M:%S%z')} {line}\n".encode())

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), seconds)

    async def _run_once(self) -> str:
        """Start the process and wait for its end. Returns why it ended; an empty text for a task that succeeded."""
        began = time.monotonic()
        self._restart_requested, self._exited = False, asyncio.Event()
        self._wake.clear()
        try:
            child = await self._spawn()
        except OSError as error:
            self._exited.set()
            return f"could not be started: {error}"
        self._child, self.entry.pid = child, child.pid
        try:
            if self._stopping or self._restart_requested:
                return ""
            self.set_condition("starting")
            return await self._watch(child, began)
        finally:
            # All its child processes are ended too: its workers hold its port.
            _kill_group(child.pid)
            await child.wait()
            if not self.process.once:
                self.ready.clear()
            self._child, self.entry.pid = None, None
            self._exited.set()

    async def _spawn(self) -> asyncio.subprocess.Process:
        self.fingerprint = source_changes.fingerprint(self.process.source_paths)
        self._write(f"{self.process.name} starts")
        with self.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *self.process.argv,
                env=self.process.env,
                cwd=self.folder,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    async def _watch(self, child: asyncio.subprocess.Process, began: float) -> str:
        exited = asyncio.create_task(child.wait())
        oom_kills = exit_status.oom_kill_count()
        try:
            if not self.process.once:
                await self._wait_until_ready(exited, began)
                if not self.ready.is_set() and not exited.done():
                    return f"was not ready after {self.process.ready_timeout:.0f} seconds"
            code = await exited
        finally:
            exited.cancel()
        if self.process.once and code == 0:
            self.entry.took = time.monotonic() - began
            self._mark_ready("done")
            return ""
        oom_note = exit_status.OOM_KILL_NOTE if exit_status.oom_kill_count() > oom_kills else ""
        return exit_status.describe(code) + oom_note

    async def _wait_until_ready(self, exited: asyncio.Task[int], began: float) -> None:
        while not exited.done() and time.monotonic() - began < self.process.ready_timeout:
            if self.process.ready is None or await self.process.ready():
                if exited.done():
                    return  # another process answered on its port
                self.entry.took = time.monotonic() - began
                self._mark_ready("ready")
                return
            await asyncio.wait([exited], timeout=_PROBE_INTERVAL)

    def _mark_ready(self, condition: Condition) -> None:
        self.ready.set()
        if not self._stopping:
            self.set_condition(condition)

    async def restart(self, process: ProcessSpec) -> None:
        """Stop the process in order and start it as `process` says. Returns when the old one has ended.

        This does not count as a failure.
        """
        self.process = process
        self.entry.about, self.entry.port = process.about, process.port
        self._restart_requested = True
        self._wake.set()
        if self._child is not None:
            exited = self._exited
            await self._end(self._child)
            await exited.wait()
        self.ready.clear()

    async def stop(self) -> None:
        """Send the stop signal, wait, then kill the process and its children. It is not started again."""
        self._stopping = True
        self._wake.set()
        if self._child is not None:
            await self._end(self._child)
        if self.entry.condition != "failed":
            self.set_condition("stopped", self.entry.message)

    async def _end(self, child: asyncio.subprocess.Process) -> None:
        self.set_condition("stopping")
        with suppress(ProcessLookupError):
            child.send_signal(self.process.stop_signal)
        try:
            await asyncio.wait_for(child.wait(), self.process.stop_timeout)
        except TimeoutError:
            self.entry.message = "had to be killed"
        _kill_group(child.pid)
        await child.wait()


def _kill_group(leader: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
