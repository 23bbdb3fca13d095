"""All pages: what is in the head, in which language, how they are kept, and what they never have."""

from __future__ import annotations

import re

import pytest

from chassis.testing import RunningApp
from pages import caching
from pages.api.documents import VIEWS
from pages.domain import addresses
from pages.tests.reading import document, seen

ID = "0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c02"
PATHS = {
    "home": "/",
    "shelf": "/products",
    "search": "/search?search=tide",
    "product": "/products/tide",
    "collections": "/collections",
    "collection": "/collections/warm",
    "category": "/categories/prints/sea",
    "policy": "/policies/returns",
}
FRAMES = {kind.page: kind.path.replace("{id}", ID) for kind in addresses.KINDS if kind.page not in PATHS}


def test_every_kind_of_page_has_a_view():
    assert set(VIEWS) == {kind.page for kind in addresses.KINDS}


@pytest.mark.parametrize(("page", "path"), [*PATHS.items(), *FRAMES.items()])
@pytest.mark.parametrize("prefix", ["", "/de", "/en-chf"])
async def test_every_page_is_whole(pages: RunningApp, page, path, prefix):
    answer = await pages.client.get(prefix + path)
    shown = document(answer)
    html = shown.one("html")
    language, currency = ("de" if prefix == "/de" else "en"), ("CHF" if prefix == "/en-chf" else "EUR")
    assert (html["lang"], html["data-shop"], html["data-prefix"]) == (language, "Tide & Fifth", prefix)
    assert (html["data-language"], html["data-currency"], html["data-locale"]) == (language, currency, language)
    assert shown.one("body") == {"data-page": page}
    for tag, name in (("header", "top"), ("main", "main"), ("footer", "bottom"), ("p", "status"), ("form", "search")):
        shown.one(tag, id=name)
    assert shown.one("a", id="cart-link")["href"] == f"{prefix}/cart"
    assert "hidden" in shown.one("button", data_consent="")
    assert len(shown.json(id="page")) == 1
    assert len(shown.text("h1")) == (0 if page in FRAMES else 1)
    assert "set-cookie" not in answer.headers
    # Frames are of one person, and a shared cache never keeps them.
    cache_control = caching.FRAME if page in FRAMES else caching.DOCUMENT
    assert answer.headers["cache-control"] == cache_control == caching.rule_of(path.partition("?")[0]).cache_control
    assert bool(shown.all("meta", name="robots", content="noindex")) is (page in FRAMES or page == "search")


@pytest.mark.parametrize(("page", "path"), [*PATHS.items(), *FRAMES.items()])
async def test_nothing_is_inline_and_only_the_pay_page_runs_a_script_of_stripe(pages: RunningApp, page, path):
    answer = await pages.client.get(path)
    shown = document(answer)
    for _, attributes in shown.elements:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
    scripts = [each.get("src", each.get("type", "")) for each in shown.all("script")]
    assert all(re.fullmatch(r"/assets/\w{16}/js/main\.js|application/(ld\+)?json", each) for each in scripts)
    policy = answer.headers["content-security-policy"]
    assert "'unsafe" not in policy
    assert policy.startswith("default-src 'none'; script-src 'self'")
    assert ("https://js.stripe.com" in policy) is (page == "pay")
    opener = "same-origin-allow-popups" if page == "pay" else "same-origin"
    assert answer.headers["cross-origin-opener-policy"] == opener
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_what_a_document_loads_is_there(pages: RunningApp):
    for path in (*PATHS.values(), FRAMES["cart"]):
        shown = await seen(pages, path)
        loaded = [each["href"] for each in shown.all("link") if each["rel"] in {"stylesheet", "modulepreload", "icon"}]
        loaded += [each["src"] for each in shown.all("script") if "src" in each]
        for address in loaded:
            assert (await pages.client.get(address)).headers["cache-control"] == caching.IMMUTABLE, address


async def test_head_names_the_page_in_all_languages(pages: RunningApp):
    shown = await seen(pages, "/de/products/tide")
    assert shown.one("link", rel="canonical")["href"] == "https://shop.example/de/products/tide"
    others = {each["hreflang"]: each["href"] for each in shown.all("link", rel="alternate")}
    base = "https://shop.example"
    assert others == {
        "en": f"{base}/products/tide",
        "de": f"{base}/de/products/tide",
        "fr": f"{base}/fr/products/tide",
        "x-default": f"{base}/products/tide",
    }
    assert shown.text("title") == ["Flut · Tide & Fifth"]
    assert shown.one("meta", name="description")["content"] == "Tinte auf Papier."
    assert shown.one("meta", property="og:title")["content"] == "Flut"
    assert shown.one("meta", property="og:image")["content"].startswith(f"{base}/api/v1/media/")


async def test_structured_data_can_be_read(pages: RunningApp):
    product, trail = (await seen(pages, "/en-chf/products/hostile")).json(type="application/ld+json")
    assert (product["@type"], product["name"]) == ("Product", "<script>alert(1)</script>\"'&{{ 7 * 7 }}")
    offer = {"price": "26.00", "priceCurrency": "CHF", "availability": "https://schema.org/InStock"}
    assert offer.items() <= product["offers"][0].items()
    assert [step["position"] for step in trail["itemListElement"]] == [1, 2, 3]
    assert (await seen(pages, "/")).json(type="application/ld+json")[0]["@type"] == "Organization"
    steps = (await seen(pages, "/categories/prints/sea")).json(type="application/ld+json")[0]["itemListElement"]
    assert [step["name"] for step in steps] == ["Tide & Fifth", "Prints", "Sea"]


async def test_words_of_products_are_never_html(pages: RunningApp):
    for path in (
        "/products/hostile",
        "/products?sort=title",
        "/search?search=%3Cscript%3Ealert(1)",
        "/products?type=%3Cb%3E",
    ):
        answer = await pages.client.get(path)
        shown = document(answer)
        assert "<script>alert" not in answer.text, path
        assert "49" not in "".join(shown.text("h1")), path
        assert all("alert" not in text for text in shown.text("script", type="module")), path
    assert (await seen(pages, "/products/hostile")).json(id="page")[0]["product"]["slug"] == "hostile"


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("/de", "/de/"),
        ("/en-eur/products/tide?variant=TIDE-L", "/products/tide?variant=TIDE-L"),
        ("/DE/cart", "/de/cart"),
        ("/products/", "/products"),
        ("/products/tide-one", "/products/tide"),
        ("/de-chf/products/tide-one", "/de-chf/products/tide"),
        ("/summer-2019", "/products/tide"),
        ("/de/summer-2019", "/de/products/tide"),
        ("/categories/sea", "/categories/prints/sea"),
        ("/?search=tide&in_stock=1", "/products?search=tide&in_stock=1"),
    ],
)
async def test_other_addresses_lead_to_the_one_to_use(pages: RunningApp, path, to):
    answer = await pages.client.get(path)
    assert (answer.status_code, answer.headers["location"], answer.content) == (301, to, b"")
    assert answer.headers["cache-control"] == caching.DOCUMENT
    assert (await pages.client.get(to)).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/products/never-was",
        "/collections/never-was",
        "/categories/never-was",
        "/policies/imprint",
        "/policies/nonsense",
        "/xx/products",
        "/de-usd/",
        "/products/Tide",
        "/products/%00",
        "/%ff%fe",
        "/%2e%2e/%2e%2e/etc/passwd",
        "//evil.example/%2e%2e",
        "/de//evil.example/",
        "/\\evil.example",
        "/" + "a" * 3000,
        "/favicon.ico",
        "/{{7*7}}",
    ],
)
async def test_nothing_is_a_page_that_says_so(pages: RunningApp, path):
    answer = await pages.client.get(path)
    shown = document(answer, 404)
    assert shown.one("body") == {"data-page": "missing"}
    assert answer.headers["cache-control"] == "no-store"
    assert shown.all("meta", name="robots", content="noindex")
    assert not shown.all("link", rel="canonical")


async def test_what_is_not_sold_any_more_is_gone(pages: RunningApp):
    answer = await pages.client.get("/de/products/left")
    assert document(answer, 410).one("body") == {"data-page": "gone"}
    assert answer.headers["cache-control"] == "no-store"
    assert "nicht mehr verkauft" in answer.text


@pytest.mark.parametrize(
    "path", ["/api/v1/nothing", "/internal/x", "/health/x", "/webhooks/x", "/.well-known/x", "/metrics/x"]
)
async def test_programs_get_problems(pages: RunningApp, path):
    answer = await pages.client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_pages_are_read_only(pages: RunningApp, method):
    answer = await pages.client.request(method, "/cart")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


async def test_head_and_conditions(pages: RunningApp):
    whole = await pages.client.get("/products/tide")
    assert (whole.headers["content-encoding"], whole.headers["vary"]) == ("gzip", "Accept-Encoding")
    plain = await pages.client.get("/products/tide", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert (plain.text, plain.headers["etag"]) == (whole.text, whole.headers["etag"].replace("-gzip", ""))
    head = await pages.client.head("/products/tide")
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", whole.headers["etag"])
    again = await pages.client.get("/products/tide", headers={"If-None-Match": whole.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_footer_leads_to_this_page_in_other_languages_and_currencies(pages: RunningApp):
    shown = await seen(pages, "/de/products?type=Wave&sort=title")
    links = [each["href"] for each in shown.all("a")]
    for address in ("/products", "/fr/products", "/de-chf/products", "/de-jpy/products"):
        assert f"{address}?type=Wave&sort=title" in links
    assert "Rückgabe" in shown.text("a", href="/de/policies/returns")
    assert "Returns" in (await seen(pages, "/fr/")).text("a", href="/fr/policies/returns")


async def test_a_policy_is_written_in_the_page_s_language(pages: RunningApp):
    shown = await seen(pages, "/de/policies/returns")
    assert (shown.text("h1"), shown.all("b")) == (["Rückgabe"], [])
    assert "<b>two</b>" in shown.text("li")
    assert shown.one("article")["lang"] == "de"
