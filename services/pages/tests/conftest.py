"""The catalog and the shop as processes, with something to sell; pages in this process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from chassis.testing import RunningApp, live_service, running_app
from chassis.testing.keys import Bench
from pages.tests.staff import Staff

CURRENCIES = "EUR,CHF,JPY"
PUBLIC_URL = "https://shop.example"
# The databases of these two: others start such services meanwhile.
PURPOSE = "pages"


@pytest.fixture(scope="session")
def staff(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staff]:
    """Who fills the catalog and the shop that these pages show."""
    settings: Any = {"purpose": PURPOSE, "CURRENCIES": CURRENCIES}
    folder = str(tmp_path_factory.mktemp("media"))
    with ExitStack() as stack:
        shop = stack.enter_context(live_service("shop", bench, **settings))
        settings |= {"MEDIA_DIR": folder, "PUBLIC_URL": PUBLIC_URL, "urls": {"shop": [shop.url]}}
        catalog = stack.enter_context(live_service("catalog", bench, **settings))
        made = stack.enter_context(Staff(bench, catalog.url, shop.url))
        made.open_shop()
        yield made


@pytest.fixture(scope="session")
def urls(staff: Staff) -> dict[str, list[str]]:
    return {"catalog": [staff.catalog], "shop": [staff.shop]}


@pytest.fixture
async def pages(bench: Bench, urls: dict[str, list[str]]) -> AsyncIterator[RunningApp]:
    async with running_app("pages", bench, urls=urls, currencies=CURRENCIES, public_url=PUBLIC_URL) as app:
        yield app
