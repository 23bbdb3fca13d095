"""Which worker runs which file of tests, and when: a pytest plugin of `make test`.

All tests of a file run in one worker, so that few servers are started. The first worker takes the files whose tests
mostly wait for other processes; the others those whose tests compute, so that each core has work. A worker that has run
all of its own helps with the rest. Of both, the long files come first: at the end no worker is left alone with one.

`TEST_SECONDS=tools/turns.yaml make test` writes the table of the long files anew.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest
import yaml
from xdist.remote import Producer
from xdist.scheduler.loadfile import LoadFileScheduling
from xdist.workermanage import WorkerController

# From what waits most. The services last, since servers that their tests share run until the end, and what the chassis
# costs is counted without them.
WAITING = ("proofs", "deploy", "mercat", "tools", "examples")
COMPUTING = ("chassis", "stripe_double", "local_servers", "services")
FIRST_WORKER = "gw0"
TABLE = Path(__file__).with_name("turns.yaml")
SHORT_SECONDS = 2.0  # of a file that is not in the table
LONG_SECONDS = 10.0
WRITE = "TEST_SECONDS"


def table() -> dict[str, float]:
    """The seconds of the files that take long."""
    found: dict[str, float] = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return found


class InTurn:
    """The order of files for each worker."""

    def __init__(self, seconds: dict[str, float]) -> None:
        self._seconds = seconds

    def next(self, worker: str, left: list[str]) -> str:
        """The file that this worker is to run, of those that are left."""
        own = WAITING if worker == FIRST_WORKER else COMPUTING
        return min(left, key=lambda file: self._place(file, own))

    def _place(self, file: str, own: tuple[str, ...]) -> tuple[bool, int, float]:
        folder = file.split("/", 1)[0]
        # Each folder that computes in its turn; those that wait are one.
        turn = COMPUTING.index(folder) if folder in COMPUTING else 0
        return (folder in WAITING) != (own is WAITING), turn, -self._seconds.get(file, SHORT_SECONDS)


class Scheduling(LoadFileScheduling):  # type: ignore[misc]  # it has no types
    """That order for pytest-xdist."""

    def __init__(self, config: pytest.Config, log: Producer | None, in_turn: InTurn) -> None:
        super().__init__(config, log)
        self._in_turn = in_turn

    def _assign_work_unit(self, node: WorkerController) -> None:
        """See pytest-xdist: it takes the first."""
        file = self._in_turn.next(node.gateway.id, list(self.workqueue))
        self.workqueue.move_to_end(file, last=False)
        super()._assign_work_unit(node)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    """See pytest-xdist."""
    return Scheduling(config, log, InTurn(table()))


class Seconds:
    """How long the tests of each file take; written when they have ended."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seconds: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """See pytest's reference."""
        self._seconds[report.nodeid.split("::", 1)[0]] += report.duration  # type: ignore[assignment]  # not whole

    def pytest_sessionfinish(self) -> None:
        """See pytest's reference."""
        long = {file: round(took) for file, took in self._seconds.most_common() if took >= LONG_SECONDS}
        self._path.write_text(yaml.safe_dump(long, sort_keys=False), encoding="utf-8")


def pytest_configure(config: pytest.Config) -> None:
    """Not in pytest-xdist's workers: the first process hears of all tests."""
    if WRITE in os.environ and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Seconds(Path(os.environ[WRITE])))
