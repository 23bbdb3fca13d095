"""The history of `make bench`: one line of JSON an entry, in the file BENCH_HISTORY or .mercat-bench/history.jsonl."""

from __future__ import annotations

import fcntl
import os
import platform
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from local_servers import embedded
from proofs.bench.figures import Figure

ROOT = Path(__file__).resolve().parents[2]


class Machine(msgspec.Struct, frozen=True):
    """What figures other than counts depend on."""

    cores: int
    cpu: str
    python: str
    postgresql: str

    def __str__(self) -> str:
        return f"{self.cores} cores of {self.cpu}, Python {self.python}, PostgreSQL {self.postgresql}"


class Entry(msgspec.Struct, frozen=True):
    """One run. `dirty`: the tree was not that of the commit. `load`: of the machine, when the run began."""

    when: str
    commit: str
    dirty: bool
    load: float
    machine: Machine
    figures: dict[str, Figure]

    @property
    def name(self) -> str:
        """Its commit, shortened, with a + if the tree was dirty."""
        return f"{self.commit[:8]}{'+' if self.dirty else ''}"

    def __str__(self) -> str:
        return f"{self.name} of {self.when} (load {self.load:.1f})"


def place(environment: Mapping[str, str] = os.environ) -> Path:
    """The file of the history."""
    return Path(environment.get("BENCH_HISTORY") or ROOT / ".mercat-bench" / "history.jsonl")


def began() -> Entry:
    """An entry without figures, of now, this tree and this machine."""
    return Entry(
        when=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        commit=git("rev-parse", "HEAD"),
        dirty=bool(git("status", "--porcelain")),
        load=round(os.getloadavg()[0], 2),
        machine=machine(),
        figures={},
    )


def git(*words: str, folder: Path = ROOT) -> str:
    """What git answers.

    Raises:
        SystemExit: it failed; the message is git's.
    """
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"git {' '.join(words)} failed: {done.stderr.strip()}")
    return done.stdout.strip()


def machine() -> Machine:
    """This one."""
    version = subprocess.run(
        [embedded.postgres_binary("postgres"), "--version"], capture_output=True, text=True, check=True
    )
    return Machine(os.cpu_count() or 0, _cpu(), platform.python_version(), version.stdout.split()[2])


def _cpu() -> str:
    """The CPU's model; where it is not told, its architecture."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()


def append(file: Path, entry: Entry) -> None:
    """Add an entry. A line that a killed run left incomplete is ended first; runs at once wait for each other."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+b") as opened:
        fcntl.flock(opened, fcntl.LOCK_EX)
        end = opened.seek(0, os.SEEK_END)
        opened.seek(max(0, end - 1))
        torn = opened.read(1) not in {b"", b"\n"}
        opened.write((b"\n" if torn else b"") + msgspec.json.encode(entry) + b"\n")


def replace(file: Path, text: str) -> None:
    """Write the whole file in one step."""
    with tempfile.NamedTemporaryFile("w", dir=file.parent, prefix=file.name, delete=False, encoding="utf-8") as draft:
        draft.write(text)
    Path(draft.name).chmod(0o644)
    Path(draft.name).replace(file)


def read(file: Path) -> list[Entry]:
    """All entries, the oldest first, without incomplete lines; none if there is no file."""
    return list(_entries(file.read_bytes().splitlines())) if file.exists() else []


def _entries(lines: Sequence[bytes]) -> Iterator[Entry]:
    for number, line in enumerate(lines, 1):
        try:
            yield msgspec.json.decode(line, type=Entry)
        except msgspec.DecodeError as error:
            print(f"Line {number} of the history is left out: {error}")
