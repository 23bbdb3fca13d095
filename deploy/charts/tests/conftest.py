from __future__ import annotations

import pytest


@pytest.fixture(scope="session", autouse=True)
def _helm(needs_helm: None) -> None:
    """All of these render charts."""
