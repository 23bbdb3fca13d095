"""`make test` runs all tests, then checks the coverage floors and that no process of the tests still runs. The ids of
the tests that failed are its last lines, so that a log that was cut at its beginning names them.

Up to three tests that fail run once more, without others beside them. One that passes then is called unstable: the run
is green, and names it at its end: of ten thousand tests that share two cores with dozens of servers, now and then one
fails for want of time. More than three are no accident.

With arguments for pytest only these tests run, once and without the floors: `make test ARGS="services/orders -x"`.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

import psutil

from chassis.testing.skipping import in_ci
from deploy.tests.double.run import missing
from tools import failed_tests

ROOT = Path(__file__).resolve().parent.parent
# The least line coverage in percent, by folder. All lines of the chassis are covered, but which branch a race takes
# differs from run to run: the floor allows five missed lines.
FLOORS = {"chassis": 99.85, "services": 95, "stripe_double": 95, "mercat": 80}
FLOOR_OF_DEPLOY = 90  # where Terraform can be tested
MARK = "MERCAT_TEST_RUN"
PATIENCE = 10.0
MOST_UNSTABLE = 3
TESTS_FAILED = 1  # pytest's code: it came to its end, and some failed
# Hundreds of processes import the same: also where this is set, each keeps what it has compiled. Empty: not set.
COMPILED = {"PYTHONDONTWRITEBYTECODE": ""}


def pytest(arguments: list[str], environment: dict[str, str]) -> int:
    """Run pytest; returns its exit code."""
    command = [sys.executable, "-m", "pytest", "-q", "--show-capture=no", "-p", "tools.failed_tests"]
    command += ["-m", "not image"]  # those take minutes: `make test-image`
    if not arguments:
        # One worker more than cores, since tests wait for other processes: with two, a third of two cores was idle.
        command += ["-n", os.environ.get("TEST_WORKERS", "3"), "--dist", "loadfile", "-p", "tools.turns"]
        command += ["--cov", "--cov-report="]
        command += ["--durations=25", "--durations-min=5"]
    return subprocess.run([*command, *arguments], cwd=ROOT, env=environment, check=False).returncode


def run(arguments: list[str], environment: dict[str, str]) -> tuple[int, list[str]]:
    """Run pytest; returns its exit code and the ids of the tests that failed."""
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "failed"
        status = pytest(arguments, {**environment, failed_tests.FILE: str(kept)})
        return status, failed_tests.ids(kept)


def run_again(failed: list[str], environment: dict[str, str]) -> tuple[int, list[str]]:
    """Run some failed tests alone; as `run`. Prints which are unstable."""
    print(f"\nOnce more, alone: {', '.join(failed)}", flush=True)
    status, again = run(failed, environment)
    for each in failed:
        if each not in again:
            print(f"UNSTABLE: it failed beside other tests and passed alone; look into it: {each}", flush=True)
    return status, again


def uncovered(floors: dict[str, float]) -> list[str]:
    """Complaints about folders below their floor; prints the coverage reports."""
    coverage = [sys.executable, "-m", "coverage"]
    below = []
    for folder, floor in floors.items():
        print(f"\nCoverage of {folder} (at least {floor} %):", flush=True)
        options = [f"--include={folder}/*", f"--fail-under={floor}", "--precision=2"]
        if subprocess.run([*coverage, "report", *options], cwd=ROOT, check=False).returncode != 0:
            below.append(f"{folder} is covered less than {floor} %")
    return below


def left_behind(mark: str) -> list[str]:
    """The processes started by the tests that still run after ten seconds."""
    deadline = time.monotonic() + PATIENCE
    while True:
        found = [f"{process.pid} {' '.join(process.cmdline())[:150]}" for process in _marked(mark)]
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(0.2)


def cost(began: float) -> str:
    """What the processes that have ended used of the machine, since this moment of the monotonic clock."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds, elapsed = used.ru_utime + used.ru_stime, time.monotonic() - began
    return f"{seconds:.0f} s of CPU in {elapsed:.0f} s: {seconds / elapsed:.1f} of {os.cpu_count()} cores were busy."


def untested(left_out: str) -> list[str]:
    """In CI a complaint about skipped tests; `left_out` is the reason."""
    return [f"CI=true leaves nothing out, and {left_out}"] if in_ci() else []


def _marked(mark: str) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get(MARK) == mark:
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def handle_interrupts() -> None:
    """Restore the default handling of SIGINT and SIGQUIT, which shells disable for background processes."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)


def main() -> None:
    """Run the tests, and check the floors and the remaining processes."""
    handle_interrupts()
    arguments = sys.argv[1:]
    left_out = missing()
    mark = uuid.uuid4().hex
    for old in ROOT.glob(".coverage*"):
        old.unlink()
    environment, began = {**os.environ, **COMPILED, MARK: mark}, time.monotonic()
    status, failed = run(arguments, environment)
    print(f"\n{cost(began)}", flush=True)
    if not arguments and status == TESTS_FAILED and len(failed) <= MOST_UNSTABLE:
        status, failed = run_again(failed, environment)
    complaints = [] if status == 0 else [f"pytest ended with {status}"]
    if not arguments:
        subprocess.run([sys.executable, "-m", "coverage", "combine", "-q"], cwd=ROOT, check=False)
        complaints += uncovered(FLOORS if left_out else {**FLOORS, "deploy": FLOOR_OF_DEPLOY})
    complaints += [f"a process still runs: {line}" for line in left_behind(mark)]
    if left_out:
        print(f"\nNOT TESTED: everything about AWS: {left_out}.")
        complaints += untested(left_out)
    complaints += [f"failed: {each}" for each in failed]
    if complaints:
        sys.exit("\n".join(["", *complaints]))
    print("\nAll tests passed, every floor is met, no process still runs." if not arguments else "")


if __name__ == "__main__":
    main()
