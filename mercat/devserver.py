"""Serves one service and starts it again whenever its code is saved.

    python -m mercat.devserver catalog --port 8002 --watch services/catalog --watch chassis

The libraries are loaded once, into this process; each new code is loaded by a fork of it. The old code goes on serving
until the new one is loaded, and stays when that fails: the mistake is printed, and mended by the next save.
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
from mercat import sources

_LOOK_EVERY = 0.1
# For the requests under way, in seconds.
_GRACE = 0.5
# For a start.
_PATIENCE = 20.0


@dataclass
class Server:
    """The serving child of one service, and what it was loaded from."""

    package: str
    port: int
    paths: list[Path]
    child: int | None = None
    seen: dict[Path, tuple[int, int]] = field(default_factory=dict)
    failures: int = 0
    again_at: float = 0.0
    stopping: bool = False

    def run(self) -> None:
        """Until it is asked to end."""
        signal.signal(signal.SIGTERM, self._stop)
        self.seen = sources.look(self.paths)
        self._exchange()
        while not self.stopping:
            time.sleep(_LOOK_EVERY)
            self._look_after_the_child()
            now = sources.look(self.paths)
            saved = sources.differences(self.seen, now)
            self.seen = now
            if saved:
                self._take_in(saved)
            elif self.child is None and time.monotonic() >= self.again_at:
                self._exchange()
        self._end()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _take_in(self, saved: list[Path]) -> None:
        began = time.monotonic()
        names = ", ".join(os.path.relpath(path) for path in saved[:3])
        if mistakes := sources.syntax_errors(saved):
            _say("\n".join([f"{self.package} goes on with the code it had; {names} cannot be read:", *mistakes]))
        elif self._exchange():
            _say(f"{self.package} runs the new code, {time.monotonic() - began:.1f} s after {names} was saved")

    def _exchange(self) -> bool:
        """Load the code as it is now in a new child, and let it take the old one's place; whether it could."""
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
            if not select.select([loaded], [], [], _PATIENCE)[0] or os.read(loaded, 1) != b"1":
                os.kill(new, signal.SIGKILL)
                os.waitpid(new, 0)
                _say(f"{self.package} goes on with the code it had, if any: the new one cannot be loaded, see above")
                self._failed()
                return False
            self._end()
            os.write(go, b"1")
        finally:
            os.close(loaded)
            os.close(go)
        self.child = new
        return self._listens()

    def _listens(self) -> bool:
        """Whether the new child got as far as to listen."""
        deadline = time.monotonic() + _PATIENCE
        while self.child is not None and time.monotonic() < deadline:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                self.failures = 0
                return True
            time.sleep(0.01)
            self._look_after_the_child()
        return False

    def _end(self) -> None:
        """Ask the old child to end, and make it after a moment."""
        if self.child is None:
            return
        with suppress(ProcessLookupError):
            os.kill(self.child, signal.SIGTERM)
        deadline = time.monotonic() + _GRACE
        while self.child is not None:
            if time.monotonic() > deadline:
                with suppress(ProcessLookupError):
                    os.kill(self.child, signal.SIGKILL)
            if os.waitpid(self.child, os.WNOHANG)[0]:
                self.child = None
            else:
                time.sleep(0.01)

    def _look_after_the_child(self) -> None:
        if self.child is None:
            return
        pid, status = os.waitpid(self.child, os.WNOHANG)
        if pid:
            self.child = None
            _say(f"{self.package} ended with status {os.waitstatus_to_exitcode(status)}")
            self._failed()

    def _failed(self) -> None:
        self.failures += 1
        self.again_at = time.monotonic() + backoff.pause(self.failures, first=1, longest=30)


def _say(line: str) -> None:
    print(f"--- {time.strftime('%Y-%m-%dT%H:%M:%S%z')} {line}", flush=True)


def _serve(package: str, port: int, tell: int, wait: int) -> None:
    """In the child: load, say so, wait for the word, serve. It never returns."""
    status = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        die_with_parent()
        _forget_own_code(package)
        app = importlib.import_module(f"{package}.app").app
        os.write(tell, b"1")
        if os.read(wait, 1) == b"1":
            import uvicorn

            options = {"loop": "uvloop", "http": "httptools", "ws": "none", "proxy_headers": False}
            uvicorn.run(app, port=port, access_log=False, log_level="warning", server_header=False, **options)  # type: ignore[arg-type]
            status = 0
    except BaseException:  # noqa: BLE001 -- whatever it is, it is the person's to see, and the fork must end here
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _forget_own_code(package: str) -> None:
    for name in list(sys.modules):
        if name.partition(".")[0] in {"chassis", package}:
            del sys.modules[name]


def load_libraries(package: str) -> None:
    """Load what the service needs of other people's code. A child finds out what that is."""
    read, write = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.close(read)
        before = set(sys.modules)
        with suppress(BaseException):
            importlib.import_module(f"{package}.app")
        names = [name for name in list(sys.modules) if name not in before and _is_others(name)]
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


def _is_others(name: str) -> bool:
    """Of a library, or of Python itself: what of ours was imported must not be kept."""
    spec = getattr(sys.modules[name], "__spec__", None)
    place = getattr(spec, "origin", None) or ""
    return spec is not None and ("site-packages" in place or place.startswith(sys.base_prefix))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--watch", type=Path, action="append", required=True)
    arguments = parser.parse_args()
    sys.dont_write_bytecode = True  # two saves within a second would be taken for one
    load_libraries(arguments.package)
    Server(arguments.package, arguments.port, arguments.watch).run()


if __name__ == "__main__":
    main()
