"""A running catalog on an empty database, and products to sell."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from catalog.tests.shop import Shop
from chassis.testing import running_app
from chassis.testing.keys import Bench


@pytest.fixture
async def shop(bench: Bench, tmp_path: Path) -> AsyncIterator[Shop]:
    async with running_app("catalog", bench, media_dir=tmp_path / "media", currencies=("EUR", "USD", "CHF")) as app:
        yield Shop(app)
