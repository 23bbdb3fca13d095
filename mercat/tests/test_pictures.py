"""What a person is told of pictures that could not be fetched."""

from __future__ import annotations

from dataclasses import replace

import asyncpg
import pytest

from chassis.testing.databases import empty_database
from mercat import import_command, pictures_command, words
from mercat.tests.conftest import add_service

PRODUCT = "insert into products (slug, title, status) values ('lamp', 'Lamp', 'active') returning id"
FAILED = """
insert into media (product_id, position, source_url, tries, failure, failure_reason, given_up_at)
select $1, n, 'https://img.example.com/' || n || '.jpg', 1, 'not-found', 'There is nothing [here] (404).', now()
from generate_series(1, $2) n
"""


@pytest.fixture
async def catalog(bench):
    """The catalog's database: a connection, and its URL."""
    url = await empty_database(bench.postgres, "catalog", "mercat_pictures")
    connection = await asyncpg.connect(url)
    yield connection, url
    await connection.close()


@pytest.fixture
def shop(store, catalog):
    add_service(store, "catalog", 9001)
    return replace(store, person={**store.person, "DATABASE_URL_CATALOG": catalog[1]})


async def test_pictures_that_could_not_be_fetched_are_named_and_tried_again(shop, catalog, capsys):
    pictures_command.tell(shop, retry=False)
    assert "All pictures are here." in capsys.readouterr().out
    connection, _ = catalog
    await connection.execute(FAILED, await connection.fetchval(PRODUCT), 51)
    pictures_command.tell(shop, retry=False)
    said = capsys.readouterr().out
    assert (
        "! lamp, Image Src: The picture https://img.example.com/51.jpg could not be fetched. There is nothing [here]"
        in said
    )
    assert "and 1 more" in said
    assert f"51 pictures could not be fetched. To try again: {words.command('pictures retry')}" in said
    pictures_command.tell(shop, retry=True)
    assert "51 pictures are still to come: the catalog fetches them in the background." in capsys.readouterr().out
    assert await connection.fetchval("select count(*) from jobs where name = 'catalog.fetch_picture'") == 51


async def test_an_import_names_each_reason_once(shop, catalog, tmp_path, capsys):
    connection, _ = catalog
    await connection.execute(FAILED, await connection.fetchval(PRODUCT), 51)
    file = tmp_path / "export.csv"
    file.write_text("Handle,Title,Variant Price\ncup,Cup,free\n")
    options = {"currency": None, "encoding": None, "stock": None, "remove-prices": None}
    assert import_command.import_file(shop, file, options) == 1
    said = capsys.readouterr().out
    assert "row 2, cup, Variant Price" in said
    assert said.count("could not be fetched") == 2
    assert "51 pictures could not be fetched. There is nothing [here] (404)." in said
    assert f"Which, of the whole shop: {words.command('pictures')}" in said


def test_how_far_it_is_is_said_in_words():
    assert (
        pictures_command.progress({"waiting": 3, "failed": 1}) == "Fetching pictures: 3 to come, 1 could not be fetched"
    )
