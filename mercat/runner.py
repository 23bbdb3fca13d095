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

from chassis.resilience import backoff
from mercat import ends, sources
from mercat.board import Condition, Entry
from mercat.process import Process

# A new start waits twice as long as the last, from the first figure to the second.
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 10.0
# Who has run this long is well again: its next end counts as a first one.
WELL_AFTER = 30.0
_BETWEEN_PROBES = 0.05


class DidNotStart(Exception):
    """A process ended, or was not ready in time, before the store was usable. `name` says which."""

    def __init__(self, name: str, what: str) -> None:
        super().__init__(f"{name} {what}")
        self.name = name


def _quiet(_line: str) -> None:
    """Hears what happens and says nothing."""


@dataclass(slots=True)
class Runner:
    """`changed` is called whenever `entry` changes, `say` with a line for every end that nobody asked for; after
    `tries` failures in a row it is given up (0: never). `seen` is the footprint of the sources that it runs.
    """

    process: Process
    log: Path
    folder: Path
    changed: Callable[[], None]
    tries: int = 3
    say: Callable[[str], None] = _quiet
    entry: Entry = field(init=False)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    seen: str = ""
    _stopping: bool = False
    _again: bool = False
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _gone: asyncio.Event = field(default_factory=asyncio.Event)
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
        while not self._stopping:
            began = time.monotonic()
            end = await self._live()
            if self._stopping or (self.process.once and not end):
                return
            if self._again:
                failures = 0
                continue
            lived = time.monotonic() - began
            failures = 1 if lived > WELL_AFTER else failures + 1
            if self.process.once or failures == self.tries:
                self._record(f"{end} after {lived:.1f} s; given up after {failures} tries")
                self.tell("failed", end)
                if self.process.optional:
                    self.ready.set()
                    return
                raise DidNotStart(self.process.name, end)
            pause = backoff.pause(failures, first=FIRST_PAUSE, longest=LONGEST_PAUSE)
            self.entry.restarts += 1
            self._record(f"{end} after {lived:.1f} s; restart {self.entry.restarts} in {pause:.2f} s")
            self.entry.ended, self.entry.ended_at = end, time.time()
            self.tell("restarting", end)
            await self._pause(pause)

    def _record(self, what: str) -> None:
        """A line on an end, with its time, in the supervisor's log and in the process's own."""
        self.say(f"{self.process.name} {what}")
        with suppress(OSError):  # a full disk must not end the store
            self._write(f"{self.process.name} {what}")

    def _write(self, line: str) -> None:
        with self.log.open("ab") as log:
            log.write(f"--- {time.strftime('%Y-%m-%dT%H:%M:%S%z')} {line}\n".encode())

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), seconds)

    async def _live(self) -> str:
        """One life: from its start to its end. Why it ended, in words; empty when a task ended well."""
        began = time.monotonic()
        self._again, self._gone = False, asyncio.Event()
        self._wake.clear()
        try:
            child = await self._spawn()
        except OSError as error:
            self._gone.set()
            return f"could not be started: {error}"
        self._child, self.entry.pid = child, child.pid
        try:
            if self._stopping or self._again:
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
            self._gone.set()

    async def _spawn(self) -> asyncio.subprocess.Process:
        self.seen = sources.footprint(self.process.sources)
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
        killed = ends.out_of_memory()
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
            return ""
        return ends.in_words(code) + (ends.NO_MEMORY if ends.out_of_memory() > killed else "")

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
        if not self._stopping:
            self.tell(condition)

    async def restart(self, process: Process) -> None:
        """End it in order and start it again as `process` says; it returns when the old one is gone. No failure."""
        self.process = process
        self.entry.about, self.entry.port = process.about, process.port
        self._again = True
        self._wake.set()
        if self._child is not None:
            gone = self._gone
            await self._end(self._child)
            await gone.wait()
        self.ready.clear()

    async def stop(self) -> None:
        """Ask it to end, wait, then make it; nothing of it is left. It will not start again."""
        self._stopping = True
        self._wake.set()
        if self._child is not None:
            await self._end(self._child)
        if self.entry.condition != "failed":
            self.tell("stopped", self.entry.message)

    async def _end(self, child: asyncio.subprocess.Process) -> None:
        self.tell("stopping")
        with suppress(ProcessLookupError):
            child.send_signal(self.process.stop_signal)
        try:
            await asyncio.wait_for(child.wait(), self.process.grace)
        except TimeoutError:
            self.entry.message = "had to be killed"
        _kill_group(child.pid)
        await child.wait()


def _kill_group(leader: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
