"""Which page an address is, in which language and currency."""

from __future__ import annotations

import pytest

from pages.domain import addresses
from pages.domain.site import name_of, site

SITE = site(["en", "de", "de-AT"], ["EUR", "CHF"])
ID = "0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c02"


@pytest.mark.parametrize(
    ("path", "page", "prefix", "own"),
    [
        ("/", "home", "", "/"),
        ("/de/", "home", "/de", "/"),
        ("/en-chf/products", "shelf", "/en-chf", "/products"),
        ("/de-at/products/tide-no-4", "product", "/de-at", "/products/tide-no-4"),
        ("/de-at-chf/cart", "cart", "/de-at-chf", "/cart"),
        ("/categories/prints/sea", "category", "", "/categories/prints/sea"),
        ("/orders/find", "find_order", "", "/orders/find"),
        (f"/orders/{ID}", "order", "", f"/orders/{ID}"),
        (f"/de/orders/{ID}/pay", "pay", "/de", f"/orders/{ID}/pay"),
        ("/account/take-back", "take_back", "", "/account/take-back"),
        ("/policies/returns", "policy", "", "/policies/returns"),
    ],
)
def test_page_of_an_address(path, page, prefix, own):
    place = addresses.find(path, SITE)
    assert (place.kind.page, place.choice.prefix, place.path, place.canonical) == (page, prefix, own, True)
    assert place.address == path


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/de", "/de/"),
        ("/en/", "/"),
        ("/en/products", "/products"),
        ("/en-eur/cart", "/cart"),
        ("/DE/cart", "/de/cart"),
        ("/de-EUR/cart", "/de/cart"),
        ("/de-AT/products/a", "/de-at/products/a"),
        ("/products/", "/products"),
        ("/de/products/tide/", "/de/products/tide"),
    ],
)
def test_another_spelling_leads_to_the_address_to_use(path, address):
    place = addresses.find(path, SITE)
    assert (place.canonical, place.address) == (False, address)


@pytest.mark.parametrize(
    "path",
    [
        "/fr/cart",
        "/de-usd/cart",
        "//evil.example/",
        "///",
        "/de//cart",
        "/products//tide",
        "/products/Tide",
        "/products/../cart",
        "/products/tide%00",
        "/products/tide\n",
        "/orders/1/pay",
        "/Products",
        "/cart/x",
        "/\\evil.example/",
        f"/{'a/' * 600}",
        "",
        "cart",
        "/policies/a-b",
        "/categories",
        "/products/tide//",
    ],
)
def test_nothing_is_at_other_addresses_and_they_lead_nowhere(path):
    place = addresses.find(path, SITE)
    assert place.kind is addresses.MISSING
    assert place.canonical


def test_programs_get_no_pages():
    assert all(map(addresses.of_programs, ("/api", "/api/v1/x", "/internal/a", "/health", "/metrics", "/webhooks/x")))
    assert not any(map(addresses.of_programs, ("/", "/apiary", "/products/api", "/de/api", "/healthy")))


def test_languages_are_named_in_themselves():
    assert [name_of(language) for language in ("en", "de", "xx")] == ["English", "Deutsch", "English"]


def test_shops_of_one_language_and_currency_have_no_prefix():
    small = site(["de"], ["EUR"])
    assert [choice.prefix for choice in small.choices] == [""]
    assert addresses.find("/de/cart", small).address == "/cart"


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("/api/v1/media/1?width=640", "https://shop.example/api/v1/media/1?width=640"),
        ("https://cdn.example/1.webp", "https://cdn.example/1.webp"),
        ("//cdn.example/1.webp", "https://cdn.example/1.webp"),
    ],
)
def test_files_are_the_shop_s_own_or_elsewhere(url, address):
    assert addresses.whole("https://shop.example", url) == address
