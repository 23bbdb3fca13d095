"""The development server: serves one service and reloads its code when it is saved.

    python -m mercat.stack.dev_server catalog --port 8002 --watch services/catalog --watch chassis

The libraries are imported once, in this process; a fork of it imports the service's code. The old child serves until
the new one has imported its code, and goes on if that fails: the error is printed.
"""

from __future__ import annotations

import argparse
import importlib
import os
import select
import signal
import socket
import sys
import time
import traceback
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from chassis.resilience import backoff
from chassis.resilience.parent_death import die_with_parent
from mercat.config import source_changes

_POLL_INTERVAL = 0.1
# Seconds for the requests in progress.
_STOP_TIMEOUT = 0.5
# Seconds for a start.
_START_TIMEOUT = 20.0


@dataclass
class DevServer:
    """Runs the child process that serves one service. `seen` are the files that it was loaded from."""

    package: str
    port: int
    paths: list[Path]
    child: int | None = None
    seen: dict[Path, tuple[int, int]] = field(default_factory=dict)
    failures: int = 0
    again_at: float = 0.0
    stopping: bool = False

    def run(self) -> None:
        """Serve and reload until SIGTERM."""
        signal.signal(signal.SIGTERM, self._stop)
        self.seen = source_changes.snapshot(self.paths)
        self._exchange()
        while not self.stopping:
            time.sleep(_POLL_INTERVAL)
            self._reap_child()
            now = source_changes.snapshot(self.paths)
            saved = source_changes.changed_files(self.seen, now)
            self.seen = now
            if saved:
                self._apply_saved(saved)
            elif self.child is None and time.monotonic() >= self.again_at:
                self._exchange()
        self._end()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _apply_saved(self, saved: list[Path]) -> None:
        began = time.monotonic()
        names = ", ".join(os.path.relpath(path) for path in saved[:3])
        if mistakes := source_changes.syntax_errors(saved):
            _log_line("\n".join([f"{self.package} goes on with the code it had; {names} cannot be read:", *mistakes]))
        elif self._exchange():
            _log_line(f"{self.package} runs the new code, {time.monotonic() - began:.1f} s after {names} was saved")

    def _exchange(self) -> bool:
        """Load the code in a new child and replace the old one by it; returns whether that succeeded."""
        loaded, tell = os.pipe()
        wait, go = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        new = os.fork()
        if new == 0:
            os.close(loaded)
            os.close(go)
            _serve(self.package, self.port, tell, wait)
        os.close(tell)
        os.close(wait)
        try:
            if not select.select([loaded], [], [], _START_TIMEOUT)[0] or os.read(loaded, 1) != b"1":
                os.kill(new, signal.SIGKILL)
                os.waitpid(new, 0)
                _log_line(
                    f"{self.package} goes on with the code it had, if any: the new one cannot be loaded, see above"
                )
                self._failed()
                return False
            self._end()
            os.write(go, b"1")
        finally:
            os.close(loaded)
            os.close(go)
        self.child = new
        return self._wait_until_listening()

    def _wait_until_listening(self) -> bool:
        """Wait until the new child listens; returns whether it does."""
        deadline = time.monotonic() + _START_TIMEOUT
        while self.child is not None and time.monotonic() < deadline:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                self.failures = 0
                return True
            time.sleep(0.01)
            self._reap_child()
        return False

    def _end(self) -> None:
        """End the old child: SIGTERM, and SIGKILL half a second later."""
        if self.child is None:
            return
        with suppress(ProcessLookupError):
            os.kill(self.child, signal.SIGTERM)
        deadline = time.monotonic() + _STOP_TIMEOUT
        while self.child is not None:
            if time.monotonic() > deadline:
                with suppress(ProcessLookupError):
                    os.kill(self.child, signal.SIGKILL)
            if os.waitpid(self.child, os.WNOHANG)[0]:
                self.child = None
            else:
                time.sleep(0.01)

    def _reap_child(self) -> None:
        if self.child is None:
            return
        pid, status = os.waitpid(self.child, os.WNOHANG)
        if pid:
            self.child = None
            _log_line(f"{self.package} ended with status {os.waitstatus_to_exitcode(status)}")
            self._failed()

    def _failed(self) -> None:
        self.failures += 1
        self.again_at = time.monotonic() + backoff.pause(self.failures, first=1, longest=30)


def _log_line(line: str) -> None:
    print(f"--- {time.strftime('%Y-%m-%dT%H:%M:%S%z')} {line}", flush=True)


def _serve(package: str, port: int, tell: int, wait: int) -> None:
    """In the child: import the code, write a byte to `tell`, wait for a byte from `wait`, then serve. Never returns."""
    status = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        die_with_parent()
        _unload_own_code(package)
        app = importlib.import_module(f"{package}.app").app
        os.write(tell, b"1")
        if os.read(wait, 1) == b"1":
            import uvicorn

            options = {"loop": "uvloop", "http": "httptools", "ws": "none", "proxy_headers": False}
            uvicorn.run(app, port=port, access_log=False, log_level="warning", server_header=False, **options)  # type: ignore[arg-type]
            status = 0
    except BaseException:  # noqa: BLE001 -- whatever it is, it is printed, and the fork must end here
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _unload_own_code(package: str) -> None:
    for name in list(sys.modules):
        if name.partition(".")[0] in {"chassis", package}:
            del sys.modules[name]


def preload_libraries(package: str) -> None:
    """Import the third-party libraries that the service uses. A forked child finds out which they are."""
    read, write = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.close(read)
        before = set(sys.modules)
        # nosemgrep: cancellation-swallowed -- a child of its own, which ends a few lines below
        with suppress(BaseException):
            importlib.import_module(f"{package}.app")
        names = [name for name in list(sys.modules) if name not in before and _is_third_party(name)]
        with os.fdopen(write, "w") as pipe:
            pipe.write("\n".join(names))
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        names = pipe.read().split()
    os.waitpid(child, 0)
    for name in [
        *names,
        "uvicorn",
        "uvloop",
        "httptools",
        "uvicorn.protocols.http.httptools_impl",
        "uvicorn.lifespan.on",
    ]:
        with suppress(ImportError):
            importlib.import_module(name)


def _is_third_party(name: str) -> bool:
    """Whether a module belongs to a library or to Python. Our own modules must be imported anew by each child."""
    spec = getattr(sys.modules[name], "__spec__", None)
    place = getattr(spec, "origin", None) or ""
    return spec is not None and ("site-packages" in place or place.startswith(sys.base_prefix))


def main() -> None:
    """Parse the arguments and serve until SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--watch", type=Path, action="append", required=True)
    arguments = parser.parse_args()
    sys.dont_write_bytecode = True  # its time stamps have whole seconds: a second save would be missed
    preload_libraries(arguments.package)
    DevServer(arguments.package, arguments.port, arguments.watch).run()


if __name__ == "__main__":
    main()
