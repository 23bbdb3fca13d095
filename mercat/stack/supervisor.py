"""The supervisor: starts the processes of a desired state in order, keeps them running, and stops them in order."""

from __future__ import annotations

import asyncio
import os
import sys
import time
import traceback
from collections.abc import Awaitable, Callable
from contextlib import suppress

from chassis.resilience import backoff
from mercat.config import source_changes
from mercat.installation import Installation
from mercat.stack import log_rotation
from mercat.stack.desired_state import DesiredState
from mercat.stack.process_spec import ProcessSpec
from mercat.stack.runner import ProcessRunner, StartFailed
from mercat.stack.status_file import StackStatus, StatusFile

_ROTATION_INTERVAL = 10.0


class Supervisor:
    """Runs the processes of one desired state. `loops` run beside them, by name, until everything has stopped."""

    def __init__(self, desired: DesiredState, installation: Installation, status_file: StatusFile) -> None:
        self.desired, self.installation, self.status_file = desired, installation, status_file
        self.runners = {process.name: self.runner(process) for process in desired.processes}
        self.status = StackStatus(
            pid=os.getpid(),
            offset=installation.offset,
            replicas=installation.replicas,
            addresses=desired.addresses,
            entries=[runner.entry for runner in self.runners.values()],
            notices=desired.notices,
        )
        self.dev: set[str] = set()
        self.code_fingerprint = source_changes.fingerprint(source_changes.supervisor_sources(installation.root))
        self.loops: dict[str, Callable[[], Awaitable[None]]] = {"log rotation": self._rotate_logs}
        self._finished: asyncio.Future[None] | None = None
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._writing: asyncio.Handle | None = None

    def runner(self, process: ProcessSpec, *, max_failures: int = 3) -> ProcessRunner:
        """A runner for a process, with its log file."""
        log = self.installation.logs / f"{process.name}.log"
        return ProcessRunner(
            process,
            log,
            self.installation.root,
            self.schedule_write,
            max_failures,
            log_line,
            self.installation.restart_seconds,
        )

    def schedule_write(self) -> None:
        """Write the status file in the next turn of the event loop; several calls cause one write."""
        if self._writing is None:
            self._writing = asyncio.get_running_loop().call_soon(self.write_status)

    def write_status(self) -> None:
        """Write the status file now."""
        self._writing = None
        with suppress(OSError):  # a full disk must not stop the store
            self.status_file.write(self.status)

    def stop(self) -> None:
        """Make `run` stop all processes and return."""
        log_line("asked to stop")
        self._finish(None)

    def _finish(self, failure: Exception | None) -> None:
        if self._finished is None or self._finished.done():
            return
        if failure is None:
            self._finished.set_result(None)
        else:
            self._finished.set_exception(failure)

    async def run(self) -> None:
        """Start all processes and keep them running until `stop` is called; then stop them.

        Raises:
            StartFailed: a process did not start; all have been stopped again.
        """
        self._finished = asyncio.get_running_loop().create_future()
        self.write_status()
        for runner in self.runners.values():
            self.start(runner)
        loops = [asyncio.create_task(self._wait_until_usable())]
        loops += [asyncio.create_task(run_forever(name, body)) for name, body in self.loops.items()]
        try:
            await self._finished
        finally:
            self.status.phase = "stopping"
            await self._stop_all()
            remaining = [*self._tasks.values(), *loops]
            for task in remaining:
                task.cancel()
            await asyncio.gather(*remaining, return_exceptions=True)
            self.status.phase = "stopped"
            self.write_status()

    def start(self, runner: ProcessRunner) -> None:
        """Run a runner in a task of its own."""
        self._tasks[runner.process.name] = asyncio.create_task(self._run(runner))

    async def _run(self, runner: ProcessRunner) -> None:
        """Run a runner. An error in its code is logged and it is run again: other processes are not affected."""
        failures = 0
        while True:
            try:
                return await runner.run([self.runners[name] for name in runner.process.depends_on])
            except StartFailed as failure:
                return self._finish(failure)
            except Exception:  # noqa: BLE001 -- whatever it was, the process must be kept running
                failures += 1
                log_line(f"the runner of {runner.process.name} failed:\n{traceback.format_exc()}")
                await asyncio.sleep(backoff.pause(failures, first=0.25, longest=10))

    async def _wait_until_usable(self) -> None:
        try:
            for runner in list(self.runners.values()):
                await runner.ready.wait()
            while not all([await probe() for probe in self.desired.final_probes]):  # noqa: ASYNC110 -- see below
                await asyncio.sleep(0.05)  # Traefik sends no notification when it has found its services
        except Exception as failure:  # noqa: BLE001 -- no task may still wait for it
            self._finish(failure)
            return
        self.status.phase = "running"
        log_line("the store is usable")
        for runner in self.runners.values():
            runner.max_failures = 0  # from now on each process is restarted without limit
        self.write_status()

    async def _stop_all(self) -> None:
        self.write_status()
        layers = sorted({runner.process.layer for runner in self.runners.values()}, reverse=True)
        for layer in layers:
            await asyncio.gather(*(r.stop() for r in self.runners.values() if r.process.layer == layer))

    async def _rotate_logs(self) -> None:
        while True:
            await asyncio.sleep(_ROTATION_INTERVAL)
            with suppress(OSError):
                await asyncio.to_thread(log_rotation.rotate, self.installation.logs)


async def run_forever(name: str, body: Callable[[], Awaitable[None]]) -> None:
    """Run a loop that should not end; if it ends or fails, log that and run it again after a pause."""
    failures = 0
    while True:
        began = time.monotonic()
        try:
            await body()
            log_line(f"the loop {name!r} ended by itself")
        except Exception:  # noqa: BLE001 -- whatever ended it
            log_line(f"the loop {name!r} failed:\n{traceback.format_exc()}")
        failures = 1 if time.monotonic() - began > 60 else failures + 1
        await asyncio.sleep(backoff.pause(failures, first=0.25, longest=30))


def log_line(line: str) -> None:
    """Write a line with the time to the supervisor's log, its standard error."""
    with suppress(OSError, ValueError):  # a full disk must not stop the store
        print(f"{time.strftime('%Y-%m-%dT%H:%M:%S%z')} {line}", file=sys.stderr, flush=True)
