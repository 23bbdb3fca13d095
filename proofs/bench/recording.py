"""A plugin of pytest: runs only the tests that record counts; writes each with its test to the file BENCH_COUNTS."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

FILE = "BENCH_COUNTS"
FIXTURE = "record_count"
_found: dict[str, tuple[int, str]] = {}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the other tests out."""
    others = [item for item in items if FIXTURE not in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in others]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep what a test recorded, whether or not it passed."""
    if report.when == "call":
        counts = [(name, value) for name, value in report.user_properties if isinstance(value, int)]
        _found.update({name: (value, report.nodeid) for name, value in counts})


def pytest_sessionfinish() -> None:
    """Write all of it."""
    Path(os.environ[FILE]).write_text(json.dumps(_found), encoding="utf-8")
