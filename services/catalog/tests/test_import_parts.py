"""Parts of products: what they add, and what cannot be told from them."""

from __future__ import annotations

from catalog.importing import ImportOptions, import_export
from catalog.tests.catalog_state import state
from catalog.tests.importing.sheets import sheet
from chassis.db import Database

URL = "https://img.example.com/{}.jpg".format
TEE = {"Handle": "tee", "Option1 Value": "S", "Variant Price": "5", "Variant SKU": "A"}
LEAD = {"Title": "Tee", "Option1 Name": "Size"}
FULL = [*LEAD, *TEE, "Option2 Name", "Option2 Value", "Variant Barcode", "Image Src", "Image Alt Text"]


async def codes(db: Database, *rows: dict[str, str], header: list[str] | None = None) -> list[str]:
    done = await import_export(db, sheet(*rows, header=header or FULL).encode(), ImportOptions("EUR"))
    return [problem.code for problem in done.problems if problem.code != "part_of_product"]


async def test_a_part_adds_its_images_and_keeps_the_others(db: Database):
    assert await codes(db, LEAD | TEE | {"Image Src": URL("a")}) == []
    part = {"Handle": "tee", "Image Src": URL("b")}
    assert await codes(db, part, {"Handle": "tee", "Image Src": URL("a"), "Image Alt Text": "Front"}) == []
    assert (await state(db))["tee"]["images"] == [URL("a"), URL("b")]
    async with db.read() as tx:
        assert await tx.value("select alt from media where position = 1") == "Front"
    without_alt = [name for name in FULL if name != "Image Alt Text"]
    assert await codes(db, LEAD | TEE | {"Image Src": URL("b")}, header=without_alt) == []
    assert (await state(db))["tee"]["images"] == [URL("b")]


async def test_a_part_with_other_options_than_the_product_is_refused(db: Database):
    await codes(db, LEAD | TEE, TEE | {"Option1 Value": "M", "Variant SKU": "B"})
    before = await state(db)
    wider = TEE | {"Option1 Name": "Size", "Option2 Name": "Stuff", "Option2 Value": "Oak"}
    assert await codes(db, wider, {"Handle": "tee", "Image Src": URL("a")}) == ["options_differ", "product_refused"]
    assert await state(db) == before


async def test_an_sku_that_two_variants_share_tells_neither(db: Database):
    await codes(db, LEAD | TEE, TEE | {"Option1 Value": "M"})
    before = await state(db)
    assert await codes(db, {"Handle": "tee", "Variant SKU": "A", "Variant Price": "9"}) == ["which_variant"]
    assert await state(db) == before


async def test_a_new_product_without_options_has_one_variant(db: Database):
    row = {"Handle": "cup", "Variant SKU": "C-1", "Variant Price": "5"}
    assert await codes(db, {"Title": "Cup"} | row, row | {"Variant SKU": "C-2"}) == ["duplicate_variant"]
    assert [variant["sku"] for variant in (await state(db))["cup"]["variants"].values()] == ["C-1"]


async def test_a_barcode_without_its_zeros_is_not_taken_for_the_whole_one(db: Database):
    row = LEAD | TEE | {"Variant Barcode": "00123"}
    assert await codes(db, row) == []
    assert await codes(db, row | {"Variant Barcode": "123"}) == ["barcode_kept"]
    assert (await state(db))["tee"]["variants"]["S"]["barcode"] == "00123"
    assert await codes(db, row | {"Variant Barcode": "9"}) == []
    assert (await state(db))["tee"]["variants"]["S"]["barcode"] == "9"
