"""Tests marked `terraform` need the program and the providers' bindings: without them they are skipped, loudly."""

from __future__ import annotations

import pytest

from deploy.double.run import missing


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reason = missing()
    for item in items:
        if reason and item.get_closest_marker("terraform"):
            item.add_marker(pytest.mark.skip(reason=f"NOT TESTED: {reason}"))
