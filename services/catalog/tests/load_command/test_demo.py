"""The demo shop, loaded from the command line."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from catalog.media import MediaObjects
from catalog.tests.load_command.support import DEMO, SVG, Run, edit, fetch


def test_the_demo_shop_is_loaded_with_its_images(run: Run, url: str, tmp_path: Path):
    (tmp_path / "tide.svg").write_bytes(SVG)
    file = tmp_path / "products.json"
    dollars = {**DEMO, "handle": "ebb", "currency": "USD", "variants": [{**DEMO["variants"][0], "sku": "E"}]}
    file.write_text(json.dumps([DEMO, dollars]))
    events = run("--demo", file, "--media", tmp_path)
    assert events[-1] == {"event": "done", "created": 2, "updated": 0, "unchanged": 0, "refused_rows": 0}
    assert run("--demo", file)[-1]["unchanged"] == 2
    ((digest, kind, alt),) = fetch(url, "select distinct digest, content_type, alt from media")
    assert (kind, alt) == ("image/svg+xml", "Tide No. 4")
    assert asyncio.run(MediaObjects((tmp_path / "media").as_uri()).get(digest)) == SVG
    assert fetch(
        url, "select sku, amount, compare_at from variants join variant_prices on id = variant_id order by 1"
    ) == [
        ("E", 2500, None),
        ("T-30", 2500, None),
        ("T-50", 4500, 5000),
    ]


def test_images_that_cannot_be_kept_end_it_with_a_reason(run: Run, url: str, tmp_path: Path):
    (tmp_path / "tide.svg").write_bytes(SVG)
    (tmp_path / "media").write_text("no folder")
    file = tmp_path / "products.json"
    file.write_text(json.dumps([DEMO]))
    with pytest.raises(SystemExit, match="images cannot be kept"):
        run("--demo", file)
    assert fetch(url, "select 1 from products") == []


EDITS = """
update products set title = 'My title', description_html = '<p>Mine</p>', status = 'archived', version = version + 1;
update variant_prices set amount = 1;
update variants set active = false where sku = 'T-50';
update stock set on_hand = 77;
delete from media;
"""
STATE = """
select p.slug, p.title, p.description_html, p.status, p.version, v.sku, v.active, s.on_hand, r.amount,
       (select count(*) from media m where m.product_id = p.id)
from products p join variants v on v.product_id = p.id join stock s on s.variant_id = v.id
join variant_prices r on r.variant_id = v.id where p.slug <> 'ebb' order by v.sku
"""


def test_the_demo_shop_undoes_no_edit_and_adds_what_is_missing(run: Run, url: str, tmp_path: Path):
    (tmp_path / "tide.svg").write_bytes(SVG)
    file = tmp_path / "products.json"
    file.write_text(json.dumps([DEMO]))
    run("--demo", file)
    edit(url, EDITS)
    before = fetch(url, STATE)
    more = {**DEMO, "handle": "ebb", "variants": [{**DEMO["variants"][0], "sku": "E"}]}
    file.write_text(json.dumps([DEMO, more]))
    done = run("--demo", file)[-1]
    assert (done["created"], done["unchanged"], done["updated"]) == (1, 1, 0)
    assert fetch(url, "select slug from products order by 1") == [("ebb",), ("tide-no-4",)]
    assert fetch(url, STATE) == before


def test_a_renamed_demo_product_is_not_loaded_again(run: Run, url: str, tmp_path: Path):
    (tmp_path / "tide.svg").write_bytes(SVG)
    file = tmp_path / "products.json"
    file.write_text(json.dumps([DEMO]))
    run("--demo", file)
    edit(url, "update products set slug = 'mine'")
    assert run("--demo", file)[-1]["unchanged"] == 1
    assert fetch(url, "select slug from products") == [("mine",)]
