"""Starting, asking and stopping the supervisor, from a command that comes and goes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from local_servers import child
from mercat import leftovers, words
from mercat.board import Board, Lock, Status
from mercat.environment import MARK
from mercat.refusal import Refusal
from mercat.store import Store, locate

_LOOK_EVERY = 0.05
_FIRST_WORD = 10.0
# The longest orderly stop: three layers, each with its grace, and a little.
_STOP_PATIENCE = 75.0


@dataclass(frozen=True, slots=True)
class Control:
    """One store's supervisor, seen from outside."""

    store: Store

    @property
    def board(self) -> Board:
        return Board(self.store.run)

    @property
    def lock(self) -> Lock:
        return Lock(self.store.run)

    def status(self) -> Status | None:
        """How the store that runs is doing; None when none runs. One just being started gets a moment to say so."""
        deadline = time.monotonic() + _FIRST_WORD
        while self.lock.is_held():
            found = self.board.read()
            if found is not None or time.monotonic() > deadline:
                return found
            time.sleep(_LOOK_EVERY)
        return None

    def start(self, *, seed: bool, tie: bool = False) -> bool:
        """Start a supervisor that outlives this command; with `tie` it ends with it. False when one runs already."""
        self._no_half_restore()
        self.store.make_folders()
        lost = self.how_it_was_lost()
        lock = self.lock.take()
        if lock is None:
            return False
        try:
            self._note(lost)
            self.board.path.unlink(missing_ok=True)
            self._launch(lock, seed=seed, tie=tie)
        finally:
            os.close(lock)  # the supervisor has its own copy, and the lock with it
        return True

    def how_it_was_lost(self) -> str:
        """That the last supervisor ended without a word, and when it was last heard; empty when it ended in order."""
        last = None if self.lock.is_held() else self.board.read()
        if last is None or last.phase in {"stopped", "failed"}:
            return ""
        heard = time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(self.board.path.stat().st_mtime))
        return (
            f"The supervisor (process {last.pid}) ended without a word: it was killed, or the machine went down. "
            f"Its last word was of {heard}."
        )

    def _no_half_restore(self) -> None:
        """A restore that was killed between its two renames must not be taken for a store that never was."""
        from mercat.restore_command import before

        if not self.store.state.exists() and before(self.store).exists():
            raise Refusal(
                f"A restore was interrupted: {self.store.state} is gone; what was there is in {before(self.store)}. "
                f"Repeat it: {words.command('restore FILE')}"
            )

    def _note(self, lost: str) -> None:
        if lost:
            with (self.store.logs / "supervisor.log").open("a", encoding="utf-8") as log:
                log.write(f"{time.strftime('%Y-%m-%dT%H:%M:%S%z')} {lost}\n")

    def _launch(self, lock: int, *, seed: bool, tie: bool) -> None:
        argv = [sys.executable, "-m", "mercat.supervisor", "--lock", str(lock)]
        argv += ["--offset", str(self.store.offset), "--replicas", str(self.store.replicas)]
        argv += [] if seed else ["--no-seed"]
        env = {**self.store.person, "MERCAT_STATE": str(self.store.state), MARK: str(self.store.state)}
        env[words.TYPED] = words.prefix()
        with (self.store.logs / "supervisor.log").open("ab") as log:
            subprocess.Popen(
                child.command(argv, signal_number=signal.SIGTERM) if tie else argv,
                env=env,
                cwd=self.store.root,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=[lock],
            )

    def follow(self, until: Callable[[Status], bool]) -> Iterator[Status]:
        """Each new state, until one that satisfies `until` (it too), or the supervisor's end (its last words)."""
        last = b""
        while True:
            alive = self.lock.is_held()
            status = self.board.read()
            if status is not None:
                seen = self.board.path.read_bytes() if self.board.path.exists() else b""
                if seen != last or until(status):
                    last = seen
                    yield status
                if until(status):
                    return
            if not alive:
                return
            time.sleep(_LOOK_EVERY)

    def ask_to_stop(self) -> bool:
        """Send SIGTERM to the supervisor; False when there is none."""
        status = self.status()
        if status is None:
            return False
        with suppress(ProcessLookupError):
            os.kill(status.pid, signal.SIGTERM)
        return True

    def wait_for_end(self) -> None:
        """Until the supervisor is gone, then end whatever it left. One that does not go is killed."""
        deadline = time.monotonic() + _STOP_PATIENCE
        while self.lock.is_held():
            if time.monotonic() > deadline:
                self._kill()
                break
            time.sleep(_LOOK_EVERY)
        self.clear()

    def clear(self) -> int:
        """End what a killed store left; how many processes. Does nothing to a store that runs."""
        if not self.store.run.exists():
            return 0
        lock = self.lock.take()
        if lock is None:
            return 0
        try:
            return leftovers.clear(self.store)
        finally:
            os.close(lock)

    def _kill(self) -> None:
        status = self.board.read()
        if status is None:
            raise Refusal(f"A supervisor holds {self.lock.path} and cannot be found. Who has it: lsof {self.lock.path}")
        with suppress(ProcessLookupError):
            os.kill(status.pid, signal.SIGKILL)


def as_it_runs() -> Store:
    """The store of this project: with the ports it was started with, where it runs."""
    store = locate()
    status = Control(store).status()
    return store if status is None else replace(store, offset=status.offset, replicas=status.replicas)


def running() -> Store:
    """The store that runs, with the ports it was started with.

    Raises:
        Refusal: none runs, or it is not usable yet.
    """
    store = locate()
    status = Control(store).status()
    if status is None:
        raise Refusal(f"The store is not running. Start it first: {words.typed('up')}")
    if status.phase != "running":
        raise Refusal(f"The store is {status.phase}; try again when it runs: {words.typed('status')}")
    return replace(store, offset=status.offset, replicas=status.replicas)
