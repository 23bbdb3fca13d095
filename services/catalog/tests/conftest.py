"""A running catalog on an empty database, and products to sell."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from catalog.tests.pictures.server import PictureServer, names, picture_server
from catalog.tests.shop import Shop
from chassis.db import Database
from chassis.http import public_connector
from chassis.testing import running_app
from chassis.testing.databases import empty_database
from chassis.testing.keys import Bench

# Of a row that another one has locked: a busy machine is no reason to give up.
LOCK_SECONDS = 14


@pytest.fixture(autouse=True)
def no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Picture addresses of the tests' exports are not looked up on the internet."""
    monkeypatch.setattr(public_connector, "make_resolver", names())


@pytest.fixture
async def pictures() -> AsyncIterator[PictureServer]:
    """A server of pictures, http://pictures.test at its port."""
    async with picture_server() as running:
        yield running


@pytest.fixture
async def picture_shop(bench: Bench, tmp_path: Path, pictures: PictureServer) -> AsyncIterator[Shop]:
    """A shop that may fetch pictures from that server."""
    own: dict[str, Any] = {"picture_ports": [80, 443, pictures.port], "picture_networks": ["127.0.0.0/8"]}
    async with running_app("catalog", bench, media_dir=tmp_path / "media", **own) as app:
        yield Shop(app)


@pytest.fixture
async def shop(bench: Bench, tmp_path: Path) -> AsyncIterator[Shop]:
    own: dict[str, Any] = {"currencies": ("EUR", "USD", "CHF"), "database_lock_seconds": LOCK_SECONDS}
    async with running_app("catalog", bench, media_dir=tmp_path / "media", **own) as app:
        yield Shop(app)


@pytest.fixture
async def db(bench: Bench) -> AsyncIterator[Database]:
    """The catalog's database, empty, without the service."""
    database = Database(await empty_database(bench.postgres, "catalog", "load"), name="catalog-test", size=2)
    await database.connect()
    yield database
    await database.close()


@pytest.fixture
async def replicas(shop: Shop) -> AsyncIterator[list[Database]]:
    """The databases of three processes, as it were."""
    url = shop.app.ctx.settings.database_url.get_secret_value()
    found = [Database(url, name=f"catalog-{number}", size=8) for number in range(3)]
    for db in found:
        await db.connect()
    yield found
    for db in found:
        await db.close()
