"""Keeps one process as its plan says: waits for what it needs, starts it, knows when it is ready, starts it again."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from mercat.board import Condition, Entry
from mercat.probes import Probe

# A new start waits twice as long as the last, from the first figure to the second.
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 10.0
# Who has run this long is well again: its next end counts as a first one.
WELL_AFTER = 30.0
_BETWEEN_PROBES = 0.05


@dataclass(frozen=True, slots=True)
class Process:
    """One process of the plan.

    `needs` are names that must be ready before; `ready` tells when it is itself. `once` means a task that ends by
    itself, and `optional` that its failure is told and the store goes on. Those of a higher `layer` are stopped first;
    `stop_signal` asks for an orderly end within `grace` seconds.
    """

    name: str
    argv: list[str]
    env: dict[str, str]
    about: str = ""
    needs: tuple[str, ...] = ()
    ready: Probe | None = None
    port: int | None = None
    once: bool = False
    optional: bool = False
    layer: int = 1
    stop_signal: int = signal.SIGTERM
    grace: float = 25.0
    patience: float = 60.0


class DidNotStart(Exception):
    """A process ended, or was not ready in time, before the store was usable. `name` says which."""

    def __init__(self, name: str, what: str) -> None:
        super().__init__(f"{name} {what}")
        self.name = name


@dataclass(slots=True)
class Runner:
    """`changed` is called whenever `entry` changes; after `tries` failures in a row it is given up (0: never)."""

    process: Process
    log: Path
    folder: Path
    changed: Callable[[], None]
    tries: int = 3
    entry: Entry = field(init=False)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _child: asyncio.subprocess.Process | None = None

    def __post_init__(self) -> None:
        process = self.process
        self.entry = Entry(name=process.name, about=process.about, port=process.port, once=process.once)

    def tell(self, condition: Condition, message: str = "") -> None:
        """Enter a condition."""
        self.entry.condition, self.entry.message, self.entry.since = condition, message, time.time()
        self.changed()

    async def run(self, needs: list[Runner]) -> None:
        """Until it is stopped, or, for a task, done.

        Raises:
            DidNotStart: it failed `tries` times in a row.
        """
        for need in needs:
            await need.ready.wait()
        failures = 0
        while not self._stopping.is_set():
            began = time.monotonic()
            end = await self._live()
            if self._stopping.is_set():
                return
            if self.process.once and not end:
                return
            failures = 1 if time.monotonic() - began > WELL_AFTER else failures + 1
            if self.process.once or failures == self.tries:
                self.tell("failed", end)
                if self.process.optional:
                    self.ready.set()
                    return
                raise DidNotStart(self.process.name, end or "ended at once")
            self.entry.restarts += 1
            self.tell("restarting", end or "ended")
            await self._pause(min(FIRST_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE))

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    async def _live(self) -> str:
        """One life: from its start to its end. Why it ended, in words; empty when it ended well."""
        began = time.monotonic()
        try:
            child = await self._spawn()
        except OSError as error:
            return f"could not be started: {error}"
        self._child, self.entry.pid = child, child.pid
        try:
            if self._stopping.is_set():
                return ""
            self.tell("starting")
            return await self._watch(child, began)
        finally:
            # Whatever it started ends with it: its workers hold its port.
            _kill_group(child.pid)
            await child.wait()
            if not self.process.once:
                self.ready.clear()
            self._child, self.entry.pid = None, None

    async def _spawn(self) -> asyncio.subprocess.Process:
        with self.log.open("ab") as log:
            log.write(f"--- {time.strftime('%Y-%m-%dT%H:%M:%S%z')} {self.process.name} starts\n".encode())
            log.flush()
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
        try:
            if not self.process.once:
                await self._until_ready(exited, began)
                if not self.ready.is_set() and not exited.done():
                    return f"was not ready after {self.process.patience:.0f} seconds"
            code = await exited
        finally:
            exited.cancel()
        if self.process.once and code == 0:
            self.entry.took = time.monotonic() - began
            self._is_ready("done")
        return _end(code)

    async def _until_ready(self, exited: asyncio.Task[int], began: float) -> None:
        while not exited.done() and time.monotonic() - began < self.process.patience:
            if self.process.ready is None or await self.process.ready():
                if exited.done():
                    return  # somebody else answered on its port
                self.entry.took = time.monotonic() - began
                self._is_ready("ready")
                return
            await asyncio.wait([exited], timeout=_BETWEEN_PROBES)

    def _is_ready(self, condition: Condition) -> None:
        self.ready.set()
        if not self._stopping.is_set():
            self.tell(condition)

    async def stop(self) -> None:
        """Ask it to end, wait, then make it; nothing of it is left. It will not start again."""
        self._stopping.set()
        child = self._child
        if child is not None:
            self.tell("stopping")
            with suppress(ProcessLookupError):
                child.send_signal(self.process.stop_signal)
            try:
                await asyncio.wait_for(child.wait(), self.process.grace)
            except TimeoutError:
                self.entry.message = "had to be killed"
            _kill_group(child.pid)
            await child.wait()
        if self.entry.condition != "failed":
            self.tell("stopped", self.entry.message)


def _end(code: int) -> str:
    """An exit status in words; empty for 0."""
    if code == 0:
        return ""
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with status {code}"


def _kill_group(leader: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
