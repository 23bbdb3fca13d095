"""What a person is told of pictures that could not be fetched."""

from __future__ import annotations

from dataclasses import replace

import asyncpg
import pytest

from chassis.testing.databases import empty_database
from mercat.commands import import_products, load_report, pictures
from mercat.installation import command_line
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
def shop(installation, catalog):
    add_service(installation, "catalog", 9001)
    return replace(installation, user_settings={**installation.user_settings, "DATABASE_URL_CATALOG": catalog[1]})


async def test_missing_pictures_are_listed_and_fetched_again(shop, catalog, capsys):
    pictures.show_pictures(shop, retry=False)
    assert "All pictures are here." in capsys.readouterr().out
    connection, _ = catalog
    await connection.execute(FAILED, await connection.fetchval(PRODUCT), 51)
    pictures.show_pictures(shop, retry=False)
    said = capsys.readouterr().out
    assert (
        "! lamp, Image Src: The picture https://img.example.com/51.jpg could not be fetched. There is nothing [here]"
        in said
    )
    assert "and 1 more" in said
    assert f"51 pictures could not be fetched. To try again: {command_line.mercat_command('pictures retry')}" in said
    pictures.show_pictures(shop, retry=True)
    assert "51 pictures are still to come: the catalog fetches them in the background." in capsys.readouterr().out
    assert await connection.fetchval("select count(*) from jobs where name = 'catalog.fetch_picture'") == 51


async def test_import_prints_each_reason_once(shop, catalog, tmp_path, capsys):
    connection, _ = catalog
    await connection.execute(FAILED, await connection.fetchval(PRODUCT), 51)
    file = tmp_path / "export.csv"
    file.write_text("Handle,Title,Variant Price\ncup,Cup,free\n")
    options = {"currency": None, "encoding": None, "stock": None, "remove-prices": None}
    assert import_products.import_file(shop, file, options) == 1
    said = capsys.readouterr().out
    assert "row 2, cup, Variant Price" in said
    assert said.count("could not be fetched") == 2
    assert "51 pictures could not be fetched. There is nothing [here] (404)." in said
    assert f"Which, of the whole shop: {command_line.mercat_command('pictures')}" in said


def test_progress_text_has_both_counts():
    assert (
        load_report.pictures_progress({"waiting": 3, "failed": 1})
        == "Fetching pictures: 3 to come, 1 could not be fetched"
    )
