"""The database: one SQLite file with one writing thread (group commit).

A job is a function of the connection. All jobs that arrive while a commit runs share the next one, so that a burst of
payments costs few syncs to disk. A job's result is returned only after its commit.
"""

from __future__ import annotations

import asyncio
import fcntl
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from stripe_double.database.schema import SCHEMA, upgrade

T = TypeVar("T")
MAX_JOBS_PER_COMMIT = 64


class DatabaseInUse(RuntimeError):
    """Another process has the database open."""


class _Job:
    """The writing thread sets `result` or `failure`; the event loop of the caller then completes `future`."""

    __slots__ = ("failure", "future", "loop", "result", "work")

    def __init__(self, work: Callable[[sqlite3.Connection], Any]) -> None:
        self.work = work
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[Any] = self.loop.create_future()
        self.result: Any = None
        self.failure: BaseException | None = None

    def settle(self) -> None:
        if self.future.done():
            return
        if self.failure is not None:
            self.future.set_exception(self.failure)
        else:
            self.future.set_result(self.result)


class Database:
    """The database file. A lock file beside it ensures that only one process opens it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._write_all, name="book", daemon=True)

    def open(self) -> None:
        """Take the lock, create or upgrade the tables, and start the writing thread. Raises DatabaseInUse."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = _lock(self.path)
        self._writer = self.connect()
        self._writer.executescript(SCHEMA)
        upgrade(self._writer)
        self._reader = self.connect(read_only=True)
        self._thread.start()

    def close(self) -> None:
        """Commit all waiting jobs, then close the file."""
        self._jobs.put(None)
        self._thread.join()
        self._reader.close()
        self._writer.close()
        self._lock.close()

    def connect(self, *, read_only: bool = False) -> sqlite3.Connection:
        """A new connection, which the caller closes. Commits survive a power failure (synchronous=FULL)."""
        connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=10)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA query_only = {int(read_only)}")
        return connection

    def read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Run a short query in the calling thread; it sees all committed data."""
        return query(self._reader)

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` in a transaction and return its result after the commit.

        It may run twice, as another job's failure rolls both back: it must have no effect outside of the database.
        """
        job = _Job(work)
        self._jobs.put(job)
        result: T = await job.future
        return result

    def _write_all(self) -> None:
        running = True
        while running:
            batch = [self._jobs.get()]
            while len(batch) < MAX_JOBS_PER_COMMIT:
                try:
                    batch.append(self._jobs.get_nowait())
                except Empty:
                    break
            running = None not in batch
            jobs = [job for job in batch if job is not None]
            self._commit(jobs)
            for loop in {job.loop for job in jobs}:
                # Nobody waits in a loop that is closed already.
                with suppress(RuntimeError):
                    loop.call_soon_threadsafe(_settle, [job for job in jobs if job.loop is loop])

    def _commit(self, jobs: list[_Job]) -> None:
        """Commit all jobs together; if one fails, each alone, so that only its caller gets the error."""
        if not jobs:
            return
        try:
            self._writer.execute("BEGIN IMMEDIATE")
            for job in jobs:
                job.result = job.work(self._writer)
            self._writer.execute("COMMIT")
        except Exception as failure:  # noqa: BLE001 -- the caller of the job gets any error it raises
            # If the rollback fails too, the next BEGIN raises. This thread must go on: all callers wait for it.
            with suppress(sqlite3.Error):
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
            if len(jobs) == 1:
                jobs[0].failure = failure
                return
            for job in jobs:
                self._commit([job])


def _settle(jobs: list[_Job]) -> None:
    for job in jobs:
        job.settle()


def _lock(path: Path) -> TextIOWrapper:
    lock = path.with_name(path.name + ".lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise DatabaseInUse(
            f"{path} is open in another process. "
            "Stop that stripe_double first, or set STRIPE_DOUBLE_BOOK to another file."
        ) from None
    return lock
