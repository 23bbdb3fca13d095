"""A whole store of its own folder and ports, started and ended as a person does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

from mercat.installation import Installation
from mercat.stack import orphans
from mercat.stack.ports import free_offset
from mercat.stack.status_file import StackStatus, StatusFile
from mercat.tests.conftest import ROOT


class Stack:
    """One store, by its command."""

    def __init__(self, folder: Path) -> None:
        self.state = folder / "my store"
        self.installation = Installation(ROOT, self.state, {}, offset=free_offset())
        env = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.env = env | {
            "MERCAT_STATE": str(self.state),
            "MERCAT_PORT_OFFSET": str(self.installation.offset),
            "NO_COLOR": "1",
        }

    def start(self, *argv: str, more: dict[str, str] | None = None) -> subprocess.Popen[str]:
        """`more` are settings, in the environment."""
        command = [sys.executable, "-m", "mercat", *argv]
        pipe = subprocess.PIPE
        env = self.env | (more or {})
        return subprocess.Popen(command, env=env, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True)

    def run(self, *argv: str, fails: bool = False, stopped: bool = False, more: dict[str, str] | None = None) -> str:
        """What it says; on stderr where it `fails`. `stopped`: it is a status, of a store that does not run."""
        process = self.start(*argv, more=more)
        out, err = process.communicate(timeout=300)
        assert bool(process.returncode) == (fails or stopped), f"{out}\n{err}"
        return err if fails else out

    def status(self) -> StackStatus:
        found = StatusFile(self.state / "run").read()
        assert found is not None
        return found

    def pid(self, name: str) -> int | None:
        return next(entry.pid for entry in self.status().entries if entry.name == name)

    def is_well(self, name: str) -> bool:
        return next(entry.condition == "ready" for entry in self.status().entries if entry.name == name)

    def pids(self) -> dict[str, int | None]:
        """Of everything that runs, by name."""
        return {entry.name: entry.pid for entry in self.status().entries if not entry.once}

    def processes(self) -> list[psutil.Process]:
        return orphans.find(self.state)

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"http://localhost:{self.installation.port('http')}{path}", timeout=60)


@contextmanager
def running(folder: Path, *options: str) -> Iterator[Stack]:
    """A store that is started, and ended whatever becomes of it; nothing of it is left."""
    one = Stack(folder)
    try:
        one.run("up", *options)
        yield one
    finally:
        one.run("down")
        left = one.processes()
        orphans.end(one.state)
        assert left == []
        if one.installation.sockets.exists():
            shutil.rmtree(one.installation.sockets)
