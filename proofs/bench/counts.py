"""What work costs in counts: those that the tests of the budgets record, of this tree or another one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from proofs.bench import recording
from proofs.bench.figures import Figure
from proofs.bench.history import ROOT

# Of the log of writes a page more or less is written with a checkpoint, and ids differ in length.
MARGINS = {"wal bytes": 0.05}
# For all of them, on a busy machine.
_SECONDS = 1800
# What a surrounding run of tests tells its own processes.
_NOT_FOR_TESTS = ("PYTEST_", "COV_", "COVERAGE_")


class Counts(msgspec.Struct):
    """By name; the test of each; and the end of what pytest said, if a test failed."""

    found: dict[str, int] = {}
    tests: dict[str, str] = {}
    failed: str = ""

    def least(self, other: Counts) -> Counts:
        """The lesser of each count: which of two answers comes first, for one, costs a statement more or less."""
        found = self.found | {name: min(value, self.found.get(name, value)) for name, value in other.found.items()}
        return Counts(found, self.tests | other.tests, self.failed or other.failed)


def of_tree(tree: Path, python: Path | str, tests: Sequence[str] = ()) -> Counts:
    """Run the tests that record counts: all of them, or of these files or names."""
    files = [*tests] or recording_files(tree)
    if not files:
        return Counts()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_FOR_TESTS)}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "counts.json"
        argv = [str(python), "-m", "pytest", "-q", "--show-capture=no", "-p", recording.__name__, *files]
        environment[recording.FILE] = str(file)
        done = subprocess.run(
            argv, cwd=tree, env=environment, capture_output=True, text=True, check=False, timeout=_SECONDS
        )
        told = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    values = {name: value for name, (value, _) in told.items()}
    named = {name: test for name, (_, test) in told.items()}
    return Counts(values, named, "" if done.returncode == 0 else (done.stdout + done.stderr)[-3000:])


def recording_files(tree: Path) -> list[str]:
    """The test files with the fixture that records."""
    argv = ["git", "grep", "--untracked", "-lw", recording.FIXTURE, "--", "*/test_*.py"]
    return subprocess.run(argv, cwd=tree, capture_output=True, text=True, check=False).stdout.split()


async def run(tests: Sequence[str]) -> list[Figure]:
    """A figure for each count of this tree, by these files of tests or by all.

    Raises:
        RuntimeError: a test failed.
    """
    counts = of_tree(ROOT, sys.executable, tests).least(of_tree(ROOT, sys.executable, tests))
    if counts.failed or not counts.found:
        raise RuntimeError(f"counts could not be measured:\n{counts.failed or 'no test records any'}")
    return figures(counts.found)


def figures(found: Mapping[str, int]) -> list[Figure]:
    """A figure for each count."""
    return [Figure(f"counts.{name}", name, value, "", "count") for name, value in found.items()]


def grown(before: Mapping[str, float], after: Mapping[str, float]) -> list[str]:
    """The names of the counts that grew."""
    return [name for name, value in after.items() if name in before and grew(name, before[name], value)]


def grew(name: str, before: float, after: float) -> bool:
    """Whether a count is more than before, and its margin."""
    margin = next((margin for kind, margin in MARGINS.items() if name.endswith(kind)), 0.0)
    return after > before * (1 + margin)
