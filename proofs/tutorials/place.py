"""Where pages are tried: a copy of the project, with a store of its own that nothing else knows."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from mercat.config import services
from mercat.installation.installation import PORTS
from mercat.stack import orphans
from mercat.stack.ports import free_offset
from mercat.stack.status_file import StatusFile
from tools.copies import copy_repository

_MARK = "MERCAT_TUTORIAL"
# What a reader's shell has; a setting of this one must reach no store.
_KEPT = ("PATH", "HOME", "LANG", "USER", "SSL_CERT_FILE", "PIP_INDEX_URL", "PIP_CONFIG_FILE", "NPM_CONFIG_USERCONFIG")
_ADDRESS = re.compile(r"\b(localhost|127\.0\.0\.1):(\d{4,5})\b")
# Of servers that pages start beside the store.
_MORE_PORTS = frozenset({2525})
_PATIENCE = 10.0


@dataclass(frozen=True)
class Place:
    """`folder` is the copy; its store has the ports of `offset` and its state in `.mercat`, as a reader's."""

    folder: Path
    scratch: Path
    offset: int
    environment: dict[str, str]
    ports: frozenset[int]

    def here(self, text: str) -> str:
        """The text with the addresses of this store in place of the usual ones."""
        return _ADDRESS.sub(lambda found: self._moved(found, self.ports, self.offset), text)

    def usual(self, text: str) -> str:
        """The text with the usual addresses in place of this store's, and the reader's folder in place of this one."""
        mine = frozenset(port + self.offset for port in self.ports)
        return _ADDRESS.sub(lambda found: self._moved(found, mine, -self.offset), text)

    @staticmethod
    def _moved(found: re.Match[str], ports: frozenset[int], by: int) -> str:
        port = int(found[2])
        return f"{found[1]}:{port + by if port in ports else port}"

    def runs(self) -> bool:
        """Whether the store can be used."""
        status = StatusFile(self.folder / ".mercat" / "run").read()
        return status is not None and status.phase == "running"


@contextmanager
def place() -> Iterator[Place]:
    """A place that is gone afterwards, with all that was started in it."""
    mark, offset = uuid.uuid4().hex, free_offset()
    base = Path(tempfile.mkdtemp(prefix="mercat-tutorial-"))
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    environment |= {_MARK: mark, "MERCAT_PORT_OFFSET": str(offset), "NO_COLOR": "1", "TERM": "dumb"}
    try:
        folder = copy_repository(base / "mercat", types=False)
        (base / "blocks").mkdir()
        numbers = {*PORTS.values(), *(spec.port for spec in services.discover(folder))}
        yield Place(folder, base / "blocks", offset, environment, _MORE_PORTS | numbers)
    finally:
        _end(base / "mercat", environment, mark)
        shutil.rmtree(base, ignore_errors=True)


def _end(folder: Path, environment: dict[str, str], mark: str) -> None:
    """Stop the store in order if there is one, then end whatever of the blocks still runs."""
    if (folder / ".mercat").exists():
        stop = [str(folder / ".venv" / "bin" / "mercat"), "down"]
        with suppress(subprocess.TimeoutExpired):  # what still runs is ended below
            subprocess.run(stop, cwd=folder, env=environment, capture_output=True, timeout=120, check=False)
        orphans.end(folder / ".mercat")
    deadline = time.monotonic() + _PATIENCE
    while (left := marked(mark)) and time.monotonic() < deadline:
        for process in left:
            with suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(left, timeout=1)


def marked(mark: str) -> list[psutil.Process]:
    """The processes of a place."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.environ().get(_MARK) == mark:
                found.append(process)
    return found
