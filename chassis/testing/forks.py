"""Starts of one service without its imports, for tests that start it again and again.

A process imports the service once, and is forked for each start: what runs then is chassis.serve from its `main` on,
with arguments and an environment of its own. To import takes seconds, to fork none.

The tests send it a JSON object a line, and it answers each with a number: `{"start": ...}` with the id of the process,
`{"ended": id}` with its exit code, or null while it runs.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chassis import serve
from chassis.resilience.parent_death import die_with_parent
from chassis.testing.waiting import wait_until

_PATIENCE_SECONDS = 20


@dataclass(frozen=True)
class Fork:
    """A started service."""

    pid: int
    _imported: Imported

    def poll(self) -> int | None:
        """Its exit code, or None while it runs: as subprocess.Popen has it."""
        code: int | None = self._imported.ask(ended=self.pid)
        return code


class Imported:
    """The process that has imported a service."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, **request: Any) -> Any:
        """The answer to a request."""
        asked, answers = self._process.stdin, self._process.stdout
        assert asked is not None and answers is not None  # noqa: S101, PT018 -- narrows the type: both are pipes
        asked.write(f"{json.dumps(request)}\n")
        asked.flush()
        return json.loads(answers.readline())

    @contextmanager
    def started(self, environment: Mapping[str, str], log: Path, port: int) -> Iterator[Fork]:
        """The service at this port, its output appended to the log; ended with the block, as by `child_process`."""
        start = {"environment": dict(environment), "log": str(log), "arguments": ["--port", str(port)]}
        fork = Fork(self.ask(start=start), self)
        try:
            yield fork
        finally:
            if fork.poll() is None:
                os.kill(fork.pid, signal.SIGTERM)
            try:
                wait_until(lambda: fork.poll() is not None, _PATIENCE_SECONDS)
            except TimeoutError:
                os.kill(fork.pid, signal.SIGKILL)


@contextmanager
def imported(package: str) -> Iterator[Imported]:
    """A process that has imported this service; it ends with the block, and what it started with it."""
    argv = [sys.executable, "-m", "chassis.testing.forks", package]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Imported(process)


def main(package: str) -> None:
    """Import the service, and answer the requests that come; ends with the input."""
    serve.load(package)
    importlib.import_module("granian.server.embed")
    ended: dict[int, int | None] = {}
    for line in sys.stdin:
        request = json.loads(line)
        if "start" in request:
            pid = os.fork()
            if pid == 0:
                _serve(package, **request["start"])
                return
            ended[pid] = None
            _answer(pid)
        else:
            pid = request["ended"]
            ended[pid] = _exit_code(pid, ended)
            _answer(ended[pid])


def _answer(number: int | None) -> None:
    sys.stdout.write(f"{json.dumps(number)}\n")
    sys.stdout.flush()


def _exit_code(pid: int, known: Mapping[int, int | None]) -> int | None:
    if known[pid] is None:
        found, status = os.waitpid(pid, os.WNOHANG)
        return os.waitstatus_to_exitcode(status) if found else None
    return known[pid]


def _serve(package: str, environment: dict[str, str], log: str, arguments: list[str]) -> None:
    die_with_parent()
    os.environ.clear()
    os.environ.update(environment)
    with Path(log).open("ab") as output, Path(os.devnull).open("rb") as nothing:
        for stream, number in ((nothing, 0), (output, 1), (output, 2)):
            os.dup2(stream.fileno(), number)
    sys.argv = ["chassis.serve", package, *arguments]
    serve.main()


if __name__ == "__main__":
    main(*sys.argv[1:])
