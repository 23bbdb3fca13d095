"""Taking over products, and doing it again."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from catalog.importing import ImportOptions, MediaDraft, ProductDraft, VariantDraft, import_products
from catalog.tests.shop import PRINT, Shop, simple

SMALL, LARGE = PRINT.variants


async def rows(shop: Shop, sql: str) -> list[dict[str, Any]]:
    async with shop.db.read() as tx:
        return await tx.rows(dict, sql)


async def variants(shop: Shop) -> list[tuple[str, list[str], bool]]:
    sql = "select sku, option_values, active from variants order by active desc, position, sku"
    return [(row["sku"], row["option_values"], row["active"]) for row in await rows(shop, sql)]


def counts(done: Any) -> tuple[int, int, int, int]:
    return (done.created, done.updated, done.unchanged, done.refused)


async def test_a_repeated_import_changes_nothing(shop: Shop):
    drafts = (replace(PRINT, media=(MediaDraft(source_url="https://a.example/1.jpg"),)), simple("A"), simple("B"))
    assert counts(await shop.stock_up(*drafts)) == (3, 0, 0, 0)
    before = await rows(shop, "select * from products order by slug"), await shop.events("product.changed")
    assert counts(await shop.stock_up(*drafts)) == (0, 0, 3, 0)
    assert (await rows(shop, "select * from products order by slug"), await shop.events("product.changed")) == before
    assert [event["slug"] for event in before[1]] == ["tide-no-4", "a", "b"]


@pytest.mark.parametrize(
    "changed",
    [
        replace(PRINT, title="Ebb"),
        replace(PRINT, description_html=""),
        replace(PRINT, vendor="Other"),
        replace(PRINT, product_type="Poster"),
        replace(PRINT, tags=("sea",)),
        replace(PRINT, options=("Format",)),
        replace(PRINT, status="draft"),
        replace(PRINT, media=(MediaDraft(source_url="https://a.example/1.jpg"),)),
        replace(PRINT, variants=(replace(SMALL, price=2400), LARGE)),
        replace(PRINT, variants=(SMALL, replace(LARGE, compare_at=None))),
        replace(PRINT, variants=(replace(SMALL, weight_grams=1), LARGE)),
        replace(PRINT, variants=(replace(SMALL, barcode="1"), LARGE)),
        replace(PRINT, variants=(replace(SMALL, requires_shipping=False), LARGE)),
        replace(PRINT, variants=(replace(SMALL, taxable=False), LARGE)),
        replace(PRINT, variants=(LARGE, SMALL)),
        replace(PRINT, variants=(SMALL,)),
        replace(PRINT, variants=(SMALL, LARGE, VariantDraft("TIDE-70", ("70 x 100",), 6500))),
    ],
)
async def test_a_changed_product_is_updated_once_and_an_event_published(shop: Shop, changed: ProductDraft):
    await shop.stock_up(PRINT)
    assert counts(await shop.stock_up(changed)) == (0, 1, 0, 0)
    assert counts(await shop.stock_up(changed)) == (0, 0, 1, 0)
    assert len(await shop.events("product.changed")) == 2
    assert [row["version"] for row in await rows(shop, "select version from products")] == [2]


async def test_a_variant_keeps_its_identity_and_its_stock(shop: Shop):
    await shop.stock_up(PRINT)
    small = await shop.variant("TIDE-30")
    await shop.reserve(TIDE_30=2)
    renamed = replace(SMALL, sku="TIDE-S", quantity=99)
    moved = replace(LARGE, option_values=("larger",), quantity=99)
    await shop.stock_up(replace(PRINT, variants=(renamed, moved)))
    assert await shop.variant("TIDE-S") == small
    assert await shop.level("TIDE-S") == (10, 2)
    assert await shop.level("TIDE-50") == (5, 0)


async def test_variants_may_exchange_their_skus(shop: Shop):
    """What a shopper chose stays what it was; so does its stock."""
    await shop.stock_up(PRINT)
    ids = await shop.variant("TIDE-30"), await shop.variant("TIDE-50")
    swapped = (replace(SMALL, sku=LARGE.sku), replace(LARGE, sku=SMALL.sku))
    done = await shop.stock_up(replace(PRINT, variants=swapped))
    assert counts(done) == (0, 1, 0, 0)
    assert [problem.code for problem in done.problems] == ["sku_moved", "sku_moved"]
    assert (await shop.variant("TIDE-50"), await shop.variant("TIDE-30")) == ids
    assert await variants(shop) == [("TIDE-50", ["30 x 40"], True), ("TIDE-30", ["50 x 70"], True)]
    assert (await shop.level("TIDE-50"), await shop.level("TIDE-30")) == ((10, 0), (5, 0))
    assert counts(await shop.stock_up(replace(PRINT, variants=swapped))) == (0, 0, 1, 0)


async def test_a_variant_that_left_is_kept_unsold_and_comes_back(shop: Shop):
    await shop.stock_up(PRINT)
    done = await shop.stock_up(replace(PRINT, variants=(SMALL,)))
    assert [(problem.code, problem.handle) for problem in done.problems] == [("variant_retired", "tide-no-4")]
    assert await variants(shop) == [("TIDE-30", ["30 x 40"], True), ("TIDE-50", ["50 x 70"], False)]
    assert (await shop.reserve(TIDE_50=1)).status_code == 409
    await shop.stock_up(PRINT)
    assert (await shop.reserve(TIDE_50=1)).status_code == 200


async def test_a_row_that_could_not_be_read_retires_nothing(shop: Shop):
    await shop.stock_up(PRINT)
    assert counts(await shop.stock_up(replace(PRINT, variants=(SMALL,), whole=False))) == (0, 0, 1, 0)
    other = replace(SMALL, option_values=("70 x 100",))
    await shop.stock_up(replace(PRINT, variants=(other,), whole=False))
    assert await variants(shop) == [("TIDE-30", ["70 x 100"], True), ("TIDE-50", ["50 x 70"], True)]


async def test_an_sku_of_another_product_stays_there(shop: Shop):
    await shop.stock_up(simple("TAKEN"))
    taken = await shop.variant("TAKEN")
    foreign = VariantDraft("TAKEN", ("70 x 100",), 100, row=7, derived_sku="TIDE-NO-4-70-X-100")
    wanted = replace(PRINT, variants=(SMALL, foreign))
    done = await shop.stock_up(wanted)
    assert counts(done) == (1, 0, 0, 0)
    (problem,) = done.problems
    assert (problem.row, problem.handle, problem.code, problem.severity) == (7, "tide-no-4", "duplicate_sku", "changed")
    assert "taken" in problem.message
    assert await shop.variant("TAKEN") == taken
    assert ("TIDE-NO-4-70-X-100", ["70 x 100"], True) in await variants(shop)
    again = await shop.stock_up(wanted)
    assert (counts(again), again.problems) == ((0, 0, 1, 0), [])


async def test_images_keep_their_address_while_they_stay(shop: Shop):
    one, two, three = (MediaDraft(source_url=f"https://a.example/{number}.jpg") for number in (1, 2, 3))
    small = replace(SMALL, image=one.key)
    await shop.stock_up(replace(PRINT, media=(one, two), variants=(small, LARGE)))
    sql = "select id, source_url, position, alt from media order by position"
    before = {row["source_url"]: row["id"] for row in await rows(shop, sql)}
    await shop.stock_up(replace(PRINT, media=(three, replace(two, alt="Two")), variants=(SMALL, LARGE)))
    after = await rows(shop, sql)
    assert [(row["source_url"][-5], row["position"], row["alt"]) for row in after] == [("3", 1, ""), ("2", 2, "Two")]
    assert after[1]["id"] == before[two.key]
    assert await rows(shop, "select 1 from variants where media_id is not null") == []
    swapped = replace(PRINT, media=(replace(two, alt="Two"), three))
    assert counts(await shop.stock_up(swapped)) == (0, 1, 0, 0)


async def test_stock_of_what_is_here_is_kept_unless_told_otherwise(shop: Shop):
    await shop.stock_up(simple("A", 10))
    order = await shop.reserve(A=3)
    assert order.status_code == 200
    more = simple("A", 50)
    assert counts(await shop.stock_up(more)) == (0, 0, 1, 0)
    assert await shop.level("A") == (10, 3)
    await shop.stock_up(more, overwrite_stock=True)
    assert await shop.level("A") == (50, 3)
    done = await shop.stock_up(simple("A", 1), overwrite_stock=True)
    assert await shop.level("A") == (3, 3)
    assert [(problem.code, problem.severity) for problem in done.problems] == [("stock_held", "changed")]
    assert (await shop.events("stock.changed"))[-1]["on_hand"] == 3


async def test_an_import_with_stock_also_sets_whether_it_is_tracked(shop: Shop):
    await shop.stock_up(simple("A", 10))
    await shop.stock_up(simple("A", None, tracked=False), overwrite_stock=True)
    assert (await rows(shop, "select on_hand, tracked from stock")) == [{"on_hand": 10, "tracked": False}]
    await shop.stock_up(simple("A", None, tracked=False), overwrite_stock=True)
    await shop.stock_up(simple("A", -4, backorder=True), overwrite_stock=True)
    assert (await rows(shop, "select on_hand, tracked, backorder from stock")) == [
        {"on_hand": -4, "tracked": True, "backorder": True}
    ]
    moved = await rows(shop, "select delta from stock_movements order by id")
    assert [row["delta"] for row in moved] == [10, -14]


async def test_two_imports_at_once_make_each_product_once(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("catalog.importing.products.BATCH_PRODUCTS", 25)
    drafts = [simple(f"S{number}") for number in range(60)]
    both = await asyncio.gather(shop.stock_up(*drafts), shop.stock_up(*reversed(drafts)))
    assert sum(done.created for done in both) == 60
    assert sum(done.unchanged for done in both) == 60
    heard: list[int] = []
    await import_products(shop.db, drafts, ImportOptions("EUR"), progress=lambda done, _: heard.append(done))
    assert heard == [25, 50, 60]
    monkeypatch.setattr("catalog.importing.products.BATCH_VARIANTS", 10)
    await import_products(shop.db, drafts[:22], ImportOptions("EUR"), progress=lambda done, _: heard.append(done))
    assert heard[3:] == [10, 20, 22]


async def test_the_price_range_of_a_product_is_that_of_its_variants(shop: Shop):
    """The sums that lists are sorted by stay true, whatever is written."""
    sums = "select currency, amount_from, amount_to, compare_at from product_prices order by currency"
    await shop.stock_up(PRINT)
    await shop.stock_up(replace(PRINT, variants=(replace(SMALL, price=2900), LARGE)), currency="USD")
    assert [tuple(row.values()) for row in await rows(shop, sums)] == [
        ("EUR", 2500, 4500, None),
        ("USD", 2900, 4500, None),
    ]
    await shop.stock_up(replace(PRINT, variants=(LARGE,)))
    assert [tuple(row.values()) for row in await rows(shop, sums)] == [
        ("EUR", 4500, 4500, 5000),
        ("USD", 4500, 4500, 5000),
    ]
    body = {"currency": "CHF", "prices": [{"sku": "TIDE-50", "amount": 99}, {"sku": "TIDE-30", "amount": 1}]}
    url = "/api/v1/admin/products/tide-no-4/prices"
    assert (await shop.client.put(url, json=body, headers=shop.staff)).status_code == 200
    assert tuple((await rows(shop, sums))[0].values()) == ("CHF", 99, 99, None)
    await shop.stock_up(replace(PRINT, variants=(SMALL,)))
    assert [tuple(row.values()) for row in await rows(shop, sums)] == [
        ("CHF", 1, 1, None),
        ("EUR", 2500, 2500, None),
        ("USD", 2900, 2900, None),
    ]
    new = VariantDraft("TIDE-70", ("70 x 100",), 6500)
    await shop.stock_up(replace(PRINT, variants=(new,)))
    assert [tuple(row.values()) for row in await rows(shop, sums)] == [("EUR", 6500, 6500, None)]


async def test_a_title_whose_product_other_rows_change_is_refused_by_that_product(shop: Shop):
    await shop.stock_up(PRINT)
    unnamed = replace(PRINT, slug="by-its-title", slug_made=True, variants=(replace(SMALL, sku="TIDE-99"),))
    done = await shop.stock_up(PRINT, unnamed)
    (found,) = [each for each in done.problems if each.code == "which_product"]
    assert found.message.startswith(f"The title {PRINT.title} is that of {PRINT.slug}, which other rows")
