"""Files that say the same leave the same, however they are cut and ordered; and nothing is lost on the way."""

from __future__ import annotations

import random
from typing import Any

import pytest

from catalog.importing import ImportOptions, ImportResult, import_export
from catalog.tests.catalog_state import identities, state
from catalog.tests.importing.sheets import sheet
from chassis.db import Database

OPTIONS = {"Size": ["S", "M", "L"], "Colour": ["Red", "Blue"], "Stuff": ["Oak", "Ash"]}
Block = list[dict[str, str]]


def catalog(dice: random.Random) -> list[Block]:
    """Some products; SKUs are their own, shared within a product, or missing."""
    return [product(dice, f"p{number}") for number in range(dice.randint(2, 5))]


def product(dice: random.Random, handle: str) -> Block:
    names = dice.sample(sorted(OPTIONS), dice.randint(0, 3))
    skus = dice.choice(["own", "shared", "none"])
    rows: Block = []
    for number in range(dice.randint(1, 4) if names else 1):
        cells = {f"Option{n} Value": dice.choice(OPTIONS[name]) for n, name in enumerate(names, 1)}
        if any(all(row.get(key) == value for key, value in cells.items()) for row in rows):
            continue
        price = {"Variant Price": f"{dice.randint(1, 99)}.00", "Variant Inventory Tracker": "shopify"}
        sku = {"own": f"{handle}-{number}".upper(), "shared": handle.upper(), "none": ""}[skus]
        rows.append({"Handle": handle, **cells, **price, "Variant SKU": sku, "Variant Inventory Qty": str(number + 3)})
    lead = {f"Option{n} Name": name for n, name in enumerate(names, 1)}
    rows[0] |= {
        "Title": handle.title(),
        "Vendor": "Acme",
        "Tags": "a, b",
        "Status": dice.choice(["active", "draft"]),
        **lead,
    }
    if not names:
        rows[0] |= {"Option1 Name": "Title", "Option1 Value": "Default Title"}
    return rows


async def load(db: Database, *blocks: Block, **options: Any) -> ImportResult:
    data = sheet(*(row for block in blocks for row in block)).encode()
    done = await import_export(db, data, ImportOptions("EUR", **options))
    assert done.refused_rows == 0, done.problems
    return done


def plainly(found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Without the ids, which differ between two shops."""
    return {
        slug: {
            **product,
            "variants": {
                name: {key: value for key, value in variant.items() if key != "id"}
                for name, variant in product["variants"].items()
            },
        }
        for slug, product in found.items()
    }


async def empty(db: Database) -> None:
    async with db.write() as tx:
        await tx.execute("delete from stock_movements")
        await tx.execute("delete from stock")
        await tx.execute("delete from products")


@pytest.mark.parametrize("seed", range(6))
async def test_split_reordered_and_repeated_files_leave_what_the_whole_leaves(db: Database, seed: int):
    dice = random.Random(seed)
    blocks = catalog(dice)
    await load(db, *blocks)
    whole = await state(db)
    shuffled = dice.sample(blocks, len(blocks))
    for again in ([*blocks], shuffled, blocks[:1], shuffled[1:]):
        done = await load(db, *again)
        assert (done.created, done.updated, done.retired) == (0, 0, 0)
        assert await state(db) == whole
    await empty(db)
    for block in shuffled:
        await load(db, block)
    assert plainly(await state(db)) == plainly(whole)
    await empty(db)
    await load(db, *shuffled)
    assert plainly(await state(db)) == plainly(whole)


def reordered(block: Block, dice: random.Random) -> Block:
    """Its options in another order, and its rows too; the first row leads."""
    used = [n for n in (1, 2, 3) if any(row.get(f"Option{n} Value") for row in block)]
    order = dice.sample(used, len(used))
    lead = {key: value for key, value in block[0].items() if key in {"Title", "Vendor", "Tags", "Status"}}
    names = {f"Option{n} Name": block[0][f"Option{old} Name"] for n, old in enumerate(order, 1)}
    rows = []
    for row in dice.sample(block, len(block)):
        cells = {key: value for key, value in row.items() if "Option" not in key and key not in lead}
        rows.append(cells | {f"Option{n} Value": row[f"Option{old} Value"] for n, old in enumerate(order, 1)})
    rows[0] |= lead | names
    return rows


@pytest.mark.parametrize("seed", range(6))
async def test_identity_stock_and_what_carts_hold_survive_options_in_another_order(db: Database, seed: int):
    dice = random.Random(100 + seed)
    blocks = catalog(dice)
    await load(db, *blocks)
    before = await state(db)
    async with db.write() as tx:
        await tx.execute("update stock set reserved = 2, on_hand = on_hand + 1")
    await load(db, *(reordered(block, dice) for block in blocks))
    await load(db, *(reordered(block, dice) for block in blocks), overwrite_stock=True)
    after = await state(db)
    assert identities(after) == identities(before)
    for slug, product in before.items():
        by_id = {variant["id"]: variant for variant in after[slug]["variants"].values()}
        for variant in product["variants"].values():
            now = by_id[variant["id"]]
            assert (now["price"], now["stock"], now["active"]) == (variant["price"], variant["stock"], True)
            assert now["sku"] == variant["sku"]
    async with db.read() as tx:
        assert await tx.value("select count(*) from stock where reserved <> 2") == 0


@pytest.mark.parametrize("seed", range(6))
async def test_parts_of_a_file_and_then_the_rest_give_the_whole(db: Database, seed: int):
    """Rows cut off a product retire its variants; its other rows, or the whole, bring them back as they were."""
    dice = random.Random(200 + seed)
    blocks = catalog(dice)
    await load(db, *blocks)
    whole = await state(db)
    cut = [dice.randint(1, len(block)) for block in blocks]
    await load(db, *(block[:size] for block, size in zip(blocks, cut, strict=True)))
    rest = [block[size:] for block, size in zip(blocks, cut, strict=True) if block[size:]]
    if rest:
        await load(db, *rest)
    assert await state(db) == whole
