"""The supervisor's process, as commands see it: start it, read its status, stop it."""

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
from mercat.config.environment import SUPERVISED_VARIABLE
from mercat.installation import CommandError, Installation, command_line, locate
from mercat.stack import orphans
from mercat.stack.lock import SupervisorLock
from mercat.stack.status_file import StackStatus, StatusFile

_POLL_INTERVAL = 0.05
_FIRST_STATUS_TIMEOUT = 10.0
# Seconds: longer than the stop timeouts of the three layers together.
_STOP_TIMEOUT = 75.0


@dataclass(frozen=True, slots=True)
class SupervisorProcess:
    """The supervisor of one installation, whether it runs or not."""

    installation: Installation

    @property
    def status_file(self) -> StatusFile:
        """The file that the supervisor writes its status to."""
        return StatusFile(self.installation.run)

    @property
    def lock(self) -> SupervisorLock:
        """The lock that a running supervisor holds."""
        return SupervisorLock(self.installation.run)

    def status(self) -> StackStatus | None:
        """The status of a running supervisor, or None. Waits up to 10 s for the first status of one that starts."""
        deadline = time.monotonic() + _FIRST_STATUS_TIMEOUT
        while self.lock.is_held():
            found = self.status_file.read()
            if found is not None or time.monotonic() > deadline:
                return found
            time.sleep(_POLL_INTERVAL)
        return None

    def start(self, *, seed: bool, attached: bool = False) -> bool:
        """Start the supervisor; False if one runs already. It outlives this command unless `attached`."""
        self._refuse_interrupted_restore()
        self.installation.make_folders()
        unexpected_end = self.unexpected_end()
        lock = self.lock.take()
        if lock is None:
            return False
        try:
            self._log_unexpected_end(unexpected_end)
            self.status_file.path.unlink(missing_ok=True)
            self._launch(lock, seed=seed, attached=attached)
        finally:
            os.close(lock)  # the supervisor has inherited the open file, and so the lock
        return True

    def set_observed(self, *, observed: bool) -> None:
        """Keep for this and later starts whether the store is observed; a running one changes when it is applied."""
        self._refuse_interrupted_restore()
        self.installation.make_folders()
        if observed:
            self.installation.observed_marker.touch()
        else:
            self.installation.observed_marker.unlink(missing_ok=True)

    def unexpected_end(self) -> str:
        """A message if the last supervisor was killed, with the time of its last status; else an empty text."""
        last = None if self.lock.is_held() else self.status_file.read()
        if last is None or last.phase in {"stopped", "failed"}:
            return ""
        seen_at = time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(self.status_file.path.stat().st_mtime))
        return (
            f"The supervisor (process {last.pid}) ended without a word: it was killed, or the machine went down. "
            f"Its last word was of {seen_at}."
        )

    def _refuse_interrupted_restore(self) -> None:
        """Refuse to start if a restore was killed between its two renames: the data are not where they belong."""
        state, before = self.installation.state, self.installation.before_restore
        if not state.exists() and before.exists():
            raise CommandError(
                f"A restore was interrupted: {state} is gone; what was there is in {before}. "
                f"Repeat it: {command_line.mercat_command('restore FILE')}"
            )

    def _log_unexpected_end(self, message: str) -> None:
        if message:
            with (self.installation.logs / "supervisor.log").open("a", encoding="utf-8") as log:
                log.write(f"{time.strftime('%Y-%m-%dT%H:%M:%S%z')} {message}\n")

    def _launch(self, lock: int, *, seed: bool, attached: bool) -> None:
        argv = [sys.executable, "-m", "mercat.stack.supervisor_main", "--lock", str(lock)]
        argv += ["--offset", str(self.installation.offset), "--replicas", str(self.installation.replicas)]
        argv += [] if seed else ["--no-seed"]
        env = {
            **self.installation.user_settings,
            "MERCAT_STATE": str(self.installation.state),
            SUPERVISED_VARIABLE: str(self.installation.state),
        }
        env[command_line.TYPED_VARIABLE] = command_line.prefix()
        with (self.installation.logs / "supervisor.log").open("ab") as log:
            subprocess.Popen(
                child.command(argv, signal_number=signal.SIGTERM) if attached else argv,
                env=env,
                cwd=self.installation.root,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=[lock],
            )

    def follow(self, until: Callable[[StackStatus], bool]) -> Iterator[StackStatus]:
        """Yield each new status, up to and including the first that satisfies `until`, or the last before its end."""
        last = b""
        while True:
            alive = self.lock.is_held()
            status = self.status_file.read()
            if status is not None:
                seen = self.status_file.path.read_bytes() if self.status_file.path.exists() else b""
                if seen != last or until(status):
                    last = seen
                    yield status
                if until(status):
                    return
            if not alive:
                return
            time.sleep(_POLL_INTERVAL)

    def request_stop(self) -> bool:
        """Send SIGTERM to the supervisor; False if none runs."""
        status = self.status()
        if status is None:
            return False
        with suppress(ProcessLookupError):
            os.kill(status.pid, signal.SIGTERM)
        return True

    def wait_for_end(self) -> None:
        """Wait for the supervisor's end, then end orphans. After 75 s it is killed."""
        deadline = time.monotonic() + _STOP_TIMEOUT
        while self.lock.is_held():
            if time.monotonic() > deadline:
                self._kill()
                break
            time.sleep(_POLL_INTERVAL)
        self.end_orphans()

    def end_orphans(self) -> int:
        """End the orphans of a killed supervisor; returns their number. Does nothing if a supervisor runs."""
        if not self.installation.run.exists():
            return 0
        lock = self.lock.take()
        if lock is None:
            return 0
        try:
            return orphans.clean_up(self.installation)
        finally:
            os.close(lock)

    def _kill(self) -> None:
        status = self.status_file.read()
        if status is None:
            raise CommandError(
                f"A supervisor holds {self.lock.path} and cannot be found. Who has it: lsof {self.lock.path}"
            )
        with suppress(ProcessLookupError):
            os.kill(status.pid, signal.SIGKILL)


def current_installation() -> Installation:
    """The installation of this project; if it runs, with the port offset and replicas of its start."""
    installation = locate()
    status = SupervisorProcess(installation).status()
    return installation if status is None else replace(installation, offset=status.offset, replicas=status.replicas)


def running_installation() -> Installation:
    """The installation of this project, which must be running, with the port offset and replicas of its start.

    Raises:
        CommandError: it does not run, or is not usable yet.
    """
    installation = locate()
    status = SupervisorProcess(installation).status()
    if status is None:
        raise CommandError(f"The store is not running. Start it first: {command_line.typed_command('up')}")
    if status.phase != "running":
        raise CommandError(
            f"The store is {status.phase}; try again when it runs: {command_line.typed_command('status')}"
        )
    return replace(installation, offset=status.offset, replicas=status.replicas)
