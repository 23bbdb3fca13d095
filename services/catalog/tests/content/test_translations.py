"""Texts in other languages: written by staff, shown to who asks for one, and searched."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest

from catalog.domain.translations import OptionWords, Texts, fitting, merged, option_names, option_values
from catalog.tests.content.desk import ITEMS, PRODUCTS, Desk
from catalog.tests.shop import PRINT, simple
from chassis.testing.databases import database_name
from chassis.testing.statements import counted

GERMAN: dict[str, Any] = {
    "title": "Gezeiten Nr. 4",
    "description_html": "<p>Tinte auf Papier.</p><script>alert(1)</script>",
    "options": [{"option": "Size", "name": "Größe", "values": [{"value": "30 x 40", "shown": "30 mal 40"}]}],
}


def test_each_field_is_that_of_the_nearest_language():
    assert fitting("de-AT") == ["de-AT", "de"]
    assert fitting("de") == ["de"]
    near = Texts(title="Sackerl", options={"Size": OptionWords("Größe")})
    wide = Texts(title="Tüte", seo_title="Tüten", options={"Size": OptionWords("Maß"), "Hue": OptionWords("Ton")})
    both = merged([near, wide])
    assert (both.title, both.seo_title, both.description_html) == ("Sackerl", "Tüten", None)
    assert option_names(["Size", "Hue"], both) == ["Größe", "Ton"]


def test_two_values_are_never_shown_as_the_same():
    texts = Texts(options={"Hue": OptionWords("Size", {"Blue": "Navy", "Red": "Rot"})})
    variants = [["S", "Blue"], ["S", "Navy"], ["L", "Red"]]
    assert option_values(["Size", "Hue"], variants, texts) == variants
    assert option_values(["Size", "Hue"], variants[::2], texts) == [["S", "Navy"], ["L", "Rot"]]
    assert option_names(["Size", "Hue"], texts) == ["Size", "Hue"]
    assert option_values([], [[]], texts) == [[]]
    assert option_values(["Size"], [], texts) == []


async def test_a_product_is_shown_in_the_language_that_is_asked_for_and_else_in_the_shops_own(desk: Desk):
    before = await desk.shown()
    written = await desk.translate("de", **GERMAN)
    assert written["description_html"] == "<p>Tinte auf Papier.</p>"
    assert (written["version"], await desk.shop.events("product.changed")) != (1, [])
    await desk.translate("de-AT", seo_title="Gezeiten aus Linz")
    german = await desk.shown(language="de-AT")
    assert (german["title"], german["seo_title"]) == ("Gezeiten Nr. 4", "Gezeiten aus Linz")
    assert german["options"] == ["Größe"]
    assert [each["title"] for each in german["variants"]] == ["30 mal 40", "50 x 70"]
    assert (await desk.shown(language="de"))["seo_title"] == ""
    own = {name: value for name, value in before.items() if name != "updated_at"}
    for same in (await desk.shown(), await desk.shown(language="fr")):
        assert {name: value for name, value in same.items() if name != "updated_at"} == own
    shown = (await desk.client.get(PRODUCTS, params={"language": "de"})).json()["items"]
    assert [item["title"] for item in shown] == ["Gezeiten Nr. 4"]


async def test_a_search_finds_words_of_the_language_and_of_the_shops_own(desk: Desk):
    await desk.shop.stock_up(simple("BOAT", title="Boat"))
    await desk.translate("de", title="Gezeitenbild", description_html="<p>Handschöpfpapier</p>")
    assert await desk.found("handschöpfpapier", language="de") == ["Gezeitenbild"]
    assert await desk.found("gezeitenblid", language="de-AT") == ["Gezeitenbild"]
    assert await desk.found("boat", language="de") == ["Boat"]
    assert await desk.found("tide", language="de") == ["Gezeitenbild"]
    assert await desk.found("handschöpfpapier") == []
    assert await desk.found("handschöpfpapier", language="fr") == []


async def test_a_read_in_a_language_is_one_statement_more(desk: Desk):
    await desk.translate("de", **GERMAN)
    for path, statements in ((f"{PRODUCTS}/tide-no-4", 1), (PRODUCTS, 1)):
        for query, more in (("", 0), ("?language=de", 1)):
            async with counted(desk.shop.app.bench.postgres, database_name("catalog")) as found:
                assert (await desk.client.get(path + query)).status_code == 200
            work = found.work("catalog", "catalog.collections.filling")
            assert work.statements == statements + more, work.told()


async def test_collections_and_categories_have_texts_too(desk: Desk):
    made = await desk.done(
        "POST",
        "/api/v1/admin/collections",
        {"slug": "warm", "title": "Warm", "description_html": "<p>For winter.</p>", "published": True},
    )
    put = {"version": 1, "product_ids": [str(desk.product_id)]}
    await desk.done("PUT", f"/api/v1/admin/collections/{made['id']}/products", put)
    node = await desk.done("POST", "/api/v1/admin/categories", {"slug": "prints", "title": "Prints"})
    await desk.translate("de", title="Gezeiten")
    await desk.translate("de", f"{ITEMS}/collections/{made['id']}", title="Warmes", seo_description="Für den Winter.")
    await desk.translate("de", f"{ITEMS}/categories/{node['id']}", title="Drucke")
    seo = {"title": "Warm things", "description": ""}
    assert (await desk.done("PUT", f"{ITEMS}/collections/{made['id']}/seo", seo))["version"] == 4
    read = (await desk.client.get("/api/v1/collections/warm?language=de")).json()
    assert (read["title"], read["description_html"]) == ("Warmes", "<p>For winter.</p>")
    assert (read["seo_title"], read["seo_description"]) == ("Warm things", "Für den Winter.")
    for path in ("/api/v1/collections", "/api/v1/category-tree", "/api/v1/collections/warm/products"):
        titles = [(await desk.client.get(path + query)).json()["items"][0]["title"] for query in ("", "?language=de")]
        assert titles in (["Warm", "Warmes"], ["Prints", "Drucke"], ["Tide No. 4", "Gezeiten"])
    refused = await desk.ask("PUT", f"{ITEMS}/categories/{node['id']}/translations/de", {"seo_title": "Drucke"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "seo_title")
    assert (await desk.ask("PUT", f"{ITEMS}/categories/{node['id']}/seo", seo)).status_code == 422
    view = await desk.done("GET", f"{ITEMS}/categories/{node['id']}")
    assert (view["seo"]["title"], view["old_slugs"], view["translations"][0]["title"]) == ("", [], "Drucke")


MANY = range(400)
WRONG: list[tuple[dict[str, Any], str]] = [
    ({}, "body"),
    ({"title": "a\x00b"}, "title"),
    ({"title": "t" * 201}, "title"),
    ({"seo_description": ""}, "seo_description"),
    ({"options": [{"option": "Colour", "name": "Farbe"}]}, "options.0.option"),
    ({"options": [{"option": "Size", "name": "A"}, {"option": "Size", "name": "B"}]}, "body"),
    ({"options": [{"option": "Size", "values": [{"value": v, "shown": "X"} for v in "ab"]}]}, "options.0"),
    (
        {"options": [{"option": "Size", "values": [{"value": f"{n:0250}", "shown": f"{n}"} for n in range(400)]}]},
        "body",
    ),
]


async def test_what_is_wrong_is_named_and_changes_nothing(desk: Desk):
    before = await desk.done("GET", desk.product)
    for body, field in WRONG:
        refused = await desk.ask("PUT", f"{desk.product}/translations/de", body)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field), refused.text
    for path in (f"{desk.product}/translations/german", f"{ITEMS}/shelves/{desk.product_id}/translations/de"):
        assert (await desk.ask("PUT", path, {"title": "x"})).status_code == 422
    missing = f"{ITEMS}/products/{'0' * 8}-0000-7000-8000-{'0' * 12}"
    for method in ("GET", "PUT", "DELETE"):
        assert (await desk.ask(method, f"{missing}/translations/de", {"title": "x"})).status_code == 404
    assert (await desk.ask("GET", f"{desk.product}/translations/de")).status_code == 404
    assert (await desk.client.get(f"{PRODUCTS}?language=german")).status_code == 422
    assert (await desk.client.get("/api/v1/category-tree?language=DE")).status_code == 422
    assert await desk.done("GET", desk.product) == before


async def test_of_many_who_have_read_one_version_one_writes(desk: Desk):
    version = (await desk.done("GET", desk.product))["version"]
    path, headers = f"{desk.product}/translations/de", {"If-Match": f'"{version}"'}
    answers = await asyncio.gather(*(desk.ask("PUT", path, {"title": f"T{n}"}, **headers) for n in range(6)))
    assert sorted(each.status_code for each in answers) == [200, *[412] * 5]
    assert (await desk.ask("DELETE", path, **headers)).status_code == 412
    written = await desk.ask("GET", path)
    assert (written.json()["version"], written.headers["etag"]) == (version + 1, f'"{version + 1}"')
    for _ in range(2):
        assert (await desk.ask("DELETE", path)).status_code == 204
    assert (await desk.done("GET", desk.product))["version"] == version + 2


async def test_there_are_20_languages_at_most_whoever_writes_at_once(desk: Desk):
    codes = [f"a{letter}" for letter in "abcdefghijklmnopqrstuvwx"]
    answers = await asyncio.gather(
        *(desk.ask("PUT", f"{desk.product}/translations/{code}", {"title": code}) for code in codes)
    )
    assert sorted(each.status_code for each in answers) == [*[200] * 20, *[409] * 4]
    assert {each.json()["type"] for each in answers if each.status_code == 409} == {"too-many-translations"}
    assert len((await desk.done("GET", desk.product))["translations"]) == 20
    sql = "insert into translations (product_id, place, language, title) values ($1, $2, 'zz', 'x')"
    owner = await asyncpg.connect(desk.shop.app.db_owner_url)
    for place in (1, 21):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await owner.execute(sql, desk.product_id, place)
    await owner.close()


async def test_texts_for_search_engines_are_shown_and_may_be_taken_away(desk: Desk):
    await desk.done("PUT", f"{desk.product}/seo", {"title": "Tide, a print", "description": "Signed."})
    shown = await desk.shown()
    assert (shown["seo_title"], shown["seo_description"]) == ("Tide, a print", "Signed.")
    assert PRINT.title == shown["title"]
    done = await desk.done("PUT", f"{desk.product}/seo", {"title": "", "description": ""})
    assert (await desk.shown())["seo_title"] == ""
    assert (await desk.ask("PUT", f"{desk.product}/seo", done | {"title": "x" * 256})).status_code == 422
