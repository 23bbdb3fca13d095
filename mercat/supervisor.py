"""The process that stays: it starts the plan in order, keeps it running, and stops it in order on SIGTERM.

`python -m mercat.supervisor --lock FD ...` is started by the `up` command, which hands it the store's lock as an open
file.
"""

from __future__ import annotations

import argparse
import asyncio
import faulthandler
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

from chassis.resilience import backoff
from mercat import applying, hearing, rotation, sources
from mercat.board import Board, Status
from mercat.plan import Plan, prepare
from mercat.process import Process
from mercat.refusal import Refusal
from mercat.runner import DidNotStart, Runner
from mercat.store import Store, locate

_ROTATE_EVERY = 10.0
_OPEN_FILES = 10_240


class Supervisor:
    """Runs one plan, from the first start to the last stop. Its board is up to date within a moment."""

    def __init__(self, plan: Plan, store: Store, board: Board) -> None:
        self.plan, self.store, self.board = plan, store, board
        self.runners = {process.name: self.runner(process) for process in plan.processes}
        self.status = Status(
            pid=os.getpid(),
            offset=store.offset,
            replicas=store.replicas,
            addresses=plan.addresses,
            entries=[runner.entry for runner in self.runners.values()],
            notices=plan.notices,
        )
        self.dev: set[str] = set()
        self.code = sources.footprint(sources.supervisors(store.root))
        self._over: asyncio.Future[None] | None = None
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._writing: asyncio.Handle | None = None
        self._applying = asyncio.Lock()

    def runner(self, process: Process, *, tries: int = 3) -> Runner:
        """One for a process of this store."""
        log = self.store.logs / f"{process.name}.log"
        return Runner(process, log, self.store.root, self.changed, tries, say)

    def changed(self) -> None:
        """Put what is known on the board, soon."""
        if self._writing is None:
            self._writing = asyncio.get_running_loop().call_soon(self._write)

    def _write(self) -> None:
        self._writing = None
        with suppress(OSError):  # a full disk must not end the store
            self.board.write(self.status)

    def stop(self) -> None:
        """Ask for the end: `run` stops everything and returns."""
        say("asked to stop")
        self._end(None)

    def _end(self, failure: Exception | None) -> None:
        if self._over is None or self._over.done():
            return
        if failure is None:
            self._over.set_result(None)
        else:
            self._over.set_exception(failure)

    async def run(self) -> None:
        """Start everything, keep it, stop it when asked.

        Raises:
            DidNotStart: something did not come up; everything has been stopped again.
        """
        self._over = asyncio.get_running_loop().create_future()
        self._write()
        for runner in self.runners.values():
            self.keep(runner)
        loops = [
            asyncio.create_task(self._until_usable()),
            asyncio.create_task(unending("log rotation", self._rotate)),
            asyncio.create_task(unending("control socket", self._hear)),
        ]
        try:
            await self._over
        finally:
            self.status.phase = "stopping"
            await self._stop_all()
            left = [*self._tasks.values(), *loops]
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
            self.status.phase = "stopped"
            self._write()

    def keep(self, runner: Runner) -> None:
        """Run it from now on, by its process's name."""
        self._tasks[runner.process.name] = asyncio.create_task(self._keep(runner))

    async def _keep(self, runner: Runner) -> None:
        """A mistake of ours in one runner is told, and neither ends the others nor leaves its process alone."""
        failures = 0
        while True:
            try:
                return await runner.run([self.runners[name] for name in runner.process.needs])
            except DidNotStart as failure:
                return self._end(failure)
            except Exception:  # noqa: BLE001 -- whatever it was, the process must be kept
                failures += 1
                say(f"the runner of {runner.process.name} failed:\n{traceback.format_exc()}")
                await asyncio.sleep(backoff.pause(failures, first=0.25, longest=10))

    async def _until_usable(self) -> None:
        try:
            for runner in list(self.runners.values()):
                await runner.ready.wait()
            while not all([await probe() for probe in self.plan.usable]):  # noqa: ASYNC110 -- see below
                await asyncio.sleep(0.05)  # the edge tells nobody when it has found its services
        except Exception as failure:  # noqa: BLE001 -- it must not be waited for any longer
            self._end(failure)
            return
        self.status.phase = "running"
        say("the store is usable")
        for runner in self.runners.values():
            runner.tries = 0  # from now on nothing is given up
        self._write()

    async def _stop_all(self) -> None:
        self._write()
        layers = sorted({runner.process.layer for runner in self.runners.values()}, reverse=True)
        for layer in layers:
            await asyncio.gather(*(r.stop() for r in self.runners.values() if r.process.layer == layer))

    async def _rotate(self) -> None:
        while True:
            await asyncio.sleep(_ROTATE_EVERY)
            with suppress(OSError):
                await asyncio.to_thread(rotation.rotate, self.store.logs)

    async def _hear(self) -> None:
        await hearing.hear(hearing.socket_of(self.store), self._apply)

    async def _apply(self, wish: hearing.Apply, tell: Callable[[str], None]) -> list[str]:
        if self.status.phase != "running":
            raise Refusal(f"The store is {self.status.phase}; try again when it runs.")
        async with self._applying:
            return await applying.apply(self, wish, tell)


async def unending(name: str, body: Callable[[], Awaitable[None]]) -> None:
    """Run a loop that must not end; when it does, say so and run it again."""
    failures = 0
    while True:
        began = time.monotonic()
        try:
            await body()
            say(f"the loop {name!r} ended by itself")
        except Exception:  # noqa: BLE001 -- whatever ended it
            say(f"the loop {name!r} failed:\n{traceback.format_exc()}")
        failures = 1 if time.monotonic() - began > 60 else failures + 1
        await asyncio.sleep(backoff.pause(failures, first=0.25, longest=30))


def say(line: str) -> None:
    """A line in the supervisor's log."""
    with suppress(OSError, ValueError):  # a full disk must not end the store
        print(f"{time.strftime('%Y-%m-%dT%H:%M:%S%z')} {line}", file=sys.stderr, flush=True)


async def supervise(store: Store, board: Board, *, seed: bool) -> None:
    """Prepare and run one store until SIGTERM or SIGINT."""
    supervisor = Supervisor(prepare(store, seed=seed), store, board)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, supervisor.stop)
    try:
        await supervisor.run()
    except DidNotStart as failure:
        supervisor.status.phase = "failed"
        supervisor.status.problem = applying.explain(store.logs / f"{failure.name}.log", failure)
        board.write(supervisor.status)
        raise


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lock", type=int, required=True)
    parser.add_argument("--offset", type=int, required=True)
    parser.add_argument("--replicas", type=int, required=True)
    parser.add_argument("--no-seed", action="store_true")
    arguments = parser.parse_args(argv)
    os.set_inheritable(arguments.lock, False)  # the children must not keep the lock when we are gone
    os.umask(0o077)  # whatever the store writes is its owner's alone
    _raise_file_limit()
    store = locate(offset=arguments.offset, replicas=arguments.replicas)
    board = Board(store.run)
    say(f"the supervisor starts, process {os.getpid()}")
    fail = partial(_fail, board)
    try:
        asyncio.run(supervise(store, board, seed=not arguments.no_seed))
    except DidNotStart as failure:
        say(f"the store did not start: {failure}")
        sys.exit(1)
    except Refusal as refusal:
        fail(str(refusal))
        sys.exit(1)
    except Exception:
        fail(f"The supervisor failed:\n\n{traceback.format_exc()}")
        raise
    say("the supervisor ends")


def _fail(board: Board, problem: str) -> None:
    say(f"the store did not start or stay: {problem}")
    board.write(Status(pid=os.getpid(), phase="failed", problem=problem))


def _raise_file_limit() -> None:
    """Each connection is an open file, and some systems allow 256."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


if __name__ == "__main__":
    faulthandler.enable()  # a crash of the interpreter itself leaves its trace in the log
    main()
