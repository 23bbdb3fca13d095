"""Keeps the ids of failed tests in a file: a pytest plugin of `make test`, which prints them once more at its end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

FILE = "MERCAT_FAILED_TESTS"


class Kept:
    """Appends an id a line. A test whose call and teardown both fail is written twice."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """See pytest's reference."""
        self._keep(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Files that cannot be imported."""
        self._keep(report)

    def _keep(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.failed:
            with self.path.open("a") as file:
                file.write(f"{report.nodeid}\n")


def pytest_configure(config: pytest.Config) -> None:
    """Not in pytest-xdist's workers: the first process hears of all tests."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Kept(Path(os.environ[FILE])))


def ids(path: Path) -> list[str]:
    """The failed tests, each once, in the order in which they ended."""
    return list(dict.fromkeys(path.read_text().splitlines())) if path.exists() else []
