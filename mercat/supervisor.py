"""The process that stays: it starts the plan in order, keeps it running, and stops it in order on SIGTERM.

`python -m mercat.supervisor --lock FD ...` is started by `mercat up`, which hands it the store's lock as an open file.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress

from mercat import rotation
from mercat.board import Board, Status
from mercat.plan import Plan, prepare
from mercat.refusal import Refusal
from mercat.runner import DidNotStart, Process, Runner
from mercat.store import Store, locate

_ROTATE_EVERY = 10.0
_OPEN_FILES = 10_240


class Supervisor:
    """Runs one plan, from the first start to the last stop. Its board is up to date within a moment."""

    def __init__(self, plan: Plan, store: Store, board: Board) -> None:
        self.plan, self.store, self.board = plan, store, board
        self.runners = {process.name: self._runner(process) for process in plan.processes}
        self.status = Status(
            pid=os.getpid(),
            offset=store.offset,
            replicas=store.replicas,
            addresses=plan.addresses,
            entries=[runner.entry for runner in self.runners.values()],
        )
        self._wanted = asyncio.Event()
        self._writing: asyncio.Handle | None = None

    def _runner(self, process: Process) -> Runner:
        return Runner(process, self.store.logs / f"{process.name}.log", self.store.root, self._changed)

    def _changed(self) -> None:
        if self._writing is None:
            self._writing = asyncio.get_running_loop().call_soon(self._write)

    def _write(self) -> None:
        self._writing = None
        with suppress(OSError):  # a full disk must not end the store
            self.board.write(self.status)

    def stop(self) -> None:
        """Ask for the end: `run` stops everything and returns."""
        self._wanted.set()

    async def run(self) -> None:
        """Start everything, keep it, stop it when asked.

        Raises:
            DidNotStart: something did not come up; everything has been stopped again.
        """
        self._write()
        tasks = [asyncio.create_task(self._keep(runner)) for runner in self.runners.values()]
        asked = asyncio.create_task(self._wanted.wait())
        usable = asyncio.create_task(self._until_usable())
        rotating = asyncio.create_task(self._rotate())
        try:
            await self._until_asked(asked, usable, tasks)
        finally:
            self.status.phase = "stopping"
            await self._stop_all()
            for task in (*tasks, asked, usable, rotating):
                task.cancel()
            await asyncio.gather(*tasks, asked, usable, rotating, return_exceptions=True)
            self.status.phase = "stopped"
            self._write()

    async def _keep(self, runner: Runner) -> None:
        await runner.run([self.runners[name] for name in runner.process.needs])

    async def _until_asked(
        self, asked: asyncio.Task[bool], usable: asyncio.Task[None], tasks: Sequence[asyncio.Task[None]]
    ) -> None:
        waiting: set[asyncio.Task[bool] | asyncio.Task[None]] = {asked, usable, *tasks}
        while not asked.done():
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                await task  # a runner that gave up ends the start

    async def _until_usable(self) -> None:
        for runner in self.runners.values():
            await runner.ready.wait()
        while not all([await probe() for probe in self.plan.usable]):  # noqa: ASYNC110 -- see below
            await asyncio.sleep(0.05)  # the edge tells nobody when it has found its services
        self.status.phase = "running"
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
        supervisor.status.problem = _explain(store, failure)
        board.write(supervisor.status)
        raise


def _explain(store: Store, failure: DidNotStart) -> str:
    log = store.logs / f"{failure.name}.log"
    last = rotation.tail(log, 15).rpartition(" starts\n")[2]  # of this life alone
    return f"{failure}. Its last words, from {log}:\n\n{last}"


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
    try:
        asyncio.run(supervise(store, board, seed=not arguments.no_seed))
    except DidNotStart:
        sys.exit(1)
    except Refusal as refusal:
        board.write(Status(pid=os.getpid(), phase="failed", problem=str(refusal), started_at=time.time()))
        sys.exit(1)
    except Exception:
        trace = traceback.format_exc()
        board.write(Status(pid=os.getpid(), phase="failed", problem=f"The supervisor failed:\n\n{trace}"))
        raise


def _raise_file_limit() -> None:
    """Each connection is an open file, and some systems allow 256."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


if __name__ == "__main__":
    main()
