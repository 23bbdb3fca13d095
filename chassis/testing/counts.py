"""Names counts of a test, so that `make bench-base` can compare them with the same counts of another commit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import pytest


class RecordCount(Protocol):
    """`record_count("a sign-in", statements=7)`, before what the test asserts of it."""

    def __call__(self, work: str, /, **counts: int) -> None:
        """Record each of these counts under the name of the work."""


@pytest.fixture
def record_count(record_property: Callable[[str, object], None]) -> RecordCount:
    """Keeps counts in the test's report. What is measured in another way needs another name of the work."""

    def record(work: str, /, **counts: int) -> None:
        for name, count in counts.items():
            record_property(f"{work}: {name.replace('_', ' ')}", count)

    return record
