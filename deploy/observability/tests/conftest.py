import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from chassis.testing.skipping import skip_without

MONITORING = Path(__file__).resolve().parents[3] / ".venv" / "monitoring"

# Less often collected, promtool takes a third less.
ENVIRONMENT = {**os.environ, "GOGC": "400"}
Run = Callable[..., subprocess.CompletedProcess[str]]


def program(name: str) -> Path:
    path = MONITORING / name
    if not path.exists():
        skip_without(
            name, f"{path} is not there: `make .venv/.monitoring-ready` brings it where Debian's packages can be had"
        )
    return path


def _runner(name: str) -> Run:
    path = program(name)

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [str(path), *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, env=ENVIRONMENT)

    return run


@pytest.fixture(scope="session")
def promtool() -> Run:
    return _runner("promtool")


@pytest.fixture(scope="session")
def amtool() -> Run:
    return _runner("amtool")
