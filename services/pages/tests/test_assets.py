"""The storefront's files: how they are sent, and which of them a page loads."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from chassis.testing import RunningApp
from pages import caching
from pages.assets import scripts
from pages.assets.files import Assets, WrongStorefront, load
from pages.settings import PagesSettings

STOREFRONT = Path(PagesSettings.model_fields["storefront_dir"].default)
SCRIPT = """// @ts-check
/** What it is. */
import { h } from "./dom.js"; // beside code
/**
 * Several lines
 */
const text = `
// not a comment
/* nor this */
`;
const url = "https://example.com"; /* beside */
  // indented
export const x = 1;
"""


def test_only_lines_that_are_comments_alone_are_left_out():
    assert scripts.without_comments(SCRIPT) == (
        'import { h } from "./dom.js"; // beside code\n'
        "const text = `\n// not a comment\n/* nor this */\n`;\n"
        'const url = "https://example.com"; /* beside */\n'
        "export const x = 1;\n"
    )


def test_imports_of_a_module():
    source = """import { a } from "./a.js";
import {
  b,
} from "../b.js";
import "./c.js";
export { d } from './d/d.js';
const later = () => import("./later.js");
const text = "from './no.js'";
"""
    assert scripts.imported("js/x/main.js", source) == ["js/x/a.js", "js/b.js", "js/x/c.js", "js/x/d/d.js"]


def test_modules_of_each_page():
    pages = """export const PAGES = {
  cart: { kind: "cart", view: () => import("./views/cart.js") },
  policy: { kind: "policy" },
};
"""
    sources = {
        "js/main.js": 'import { PAGES } from "./pages.js";\nimport "./gone.js";\n',
        "js/pages.js": pages,
        "js/views/cart.js": 'import "../cart.js";\n',
        "js/cart.js": 'import "./main.js";\n',
    }
    main = ["js/main.js", "js/pages.js"]
    found = scripts.closures(sources)
    assert found[""] == main
    assert sorted(found["cart"]) == sorted([*main, "js/views/cart.js", "js/cart.js"])
    assert "policy" not in found


def test_real_scripts_lose_comments_and_nothing_else():
    comment = re.compile(r"/\*[\s\S]*?\*/|(?<![:\"'`])//[^\n]*")
    for path in STOREFRONT.glob("js/**/*.js"):
        source = path.read_text()
        sent = scripts.without_comments(source)
        assert "".join(comment.sub("", sent).split()) == "".join(comment.sub("", source).split()), path


def test_every_module_that_one_imports_is_there():
    sources = {path.relative_to(STOREFRONT).as_posix(): path.read_text() for path in STOREFRONT.glob("js/**/*.js")}
    missing = {name for own, source in sources.items() for name in scripts.imported(own, source)} - set(sources)
    assert missing == set()


def test_every_page_that_has_a_module_loads_it_at_once():
    assets = load(STOREFRONT)
    views = (STOREFRONT / "js" / "pages.js").read_text().count("view: () =>")
    assert len(assets.modules) == views + 1
    assert "js/views/cart.js" in assets.modules_of("cart")
    assert "js/views/cart.js" not in assets.modules_of("product")
    assert assets.modules_of("policy") == assets.modules[""]


def test_no_storefront_is_refused(tmp_path):
    with pytest.raises(WrongStorefront, match=r"main\.js"):
        load(tmp_path)


def test_the_tree_changes_with_any_file(tmp_path):
    (tmp_path / "js").mkdir()
    (tmp_path / "css").mkdir()
    (tmp_path / "js" / "main.js").write_text("1;\n")
    (tmp_path / "css" / "pages.css").write_text("z{}")
    (tmp_path / "css" / "other.css").write_text("y{}")
    (tmp_path / "css" / "tokens.css").write_text("x{}")
    (tmp_path / "index.html").write_text("no")
    before = load(tmp_path)
    assert before.files["shop.css"].body == b"x{}y{}z{}"
    assert "index.html" not in before.files
    (tmp_path / "css" / "tokens.css").write_text("w{}")
    assert load(tmp_path).tree != before.tree


async def test_files_are_kept_for_good_by_their_own_address_alone(pages: RunningApp):
    assets = pages.ctx.get(Assets)
    own = f"/assets/{assets.tree}/shop.css"
    answer = await pages.client.get(own, headers={"Accept-Encoding": "identity"})
    assert answer.content == assets.files["shop.css"].body
    assert answer.headers["cache-control"] == caching.IMMUTABLE == caching.rule_of(own).cache_control
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "set-cookie" not in answer.headers
    other = await pages.client.get("/assets/0000000000000000/shop.css")
    assert (other.status_code, other.headers["cache-control"]) == (200, "no-store")
    again = await pages.client.get(
        own, headers={"If-None-Match": answer.headers["etag"], "Accept-Encoding": "identity"}
    )
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("accepted", "small"),
    [("gzip", True), ("br, gzip;q=0.5", True), ("gzip;q=0", False), ("gzip; q=0.0, br", False), ("xgzip", False)],
)
async def test_files_are_compressed_where_that_is_accepted(pages: RunningApp, accepted, small):
    assets = pages.ctx.get(Assets)
    url = f"/assets/{assets.tree}/js/main.js"
    async with pages.client.stream("GET", url, headers={"Accept-Encoding": accepted}) as answer:
        raw = b"".join([part async for part in answer.aiter_raw()])
    assert answer.headers["vary"] == "Accept-Encoding"
    assert (answer.headers.get("content-encoding") == "gzip") is small
    assert (gzip.decompress(raw) if small else raw) == assets.files["js/main.js"].body


@pytest.mark.parametrize("path", ["no.js", "../../settings.py", "%2e%2e/settings.py", "index.html", "", "js", "js/"])
async def test_other_files_are_not_there(pages: RunningApp, path):
    answer = await pages.client.get(f"/assets/{pages.ctx.get(Assets).tree}/{path}")
    assert answer.status_code == 404


async def test_head_has_no_body(pages: RunningApp):
    answer = await pages.client.head(f"/assets/{pages.ctx.get(Assets).tree}/js/main.js")
    assert (answer.status_code, answer.content) == (200, b"")


async def test_the_shop_s_colours_are_kept_by_their_own_address_alone(pages: RunningApp):
    home = (await pages.client.get("/")).text
    (address,) = re.findall(r'href="(/theme/\w+\.css)"', home)
    answer = await pages.client.get(address)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, caching.IMMUTABLE)
    assert "--accent:" in answer.text
    other = await pages.client.get("/theme/0.css")
    assert (other.text, other.headers["cache-control"]) == (answer.text, "no-store")
