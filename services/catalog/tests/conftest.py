"""A running catalog on an empty database, and products to sell."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from catalog.tests.shop import Shop
from chassis.db import Database
from chassis.testing import running_app
from chassis.testing.databases import empty_database
from chassis.testing.keys import Bench


@pytest.fixture
async def shop(bench: Bench, tmp_path: Path) -> AsyncIterator[Shop]:
    async with running_app("catalog", bench, media_dir=tmp_path / "media") as app:
        yield Shop(app)


@pytest.fixture
async def db(bench: Bench) -> AsyncIterator[Database]:
    """The catalog's database, empty, without the service."""
    database = Database(await empty_database(bench.postgres, "catalog", "load"), name="catalog-test", size=2)
    await database.connect()
    yield database
    await database.close()
