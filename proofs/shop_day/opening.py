"""The morning: a merchandiser sets the shop up by API, with prices in two currencies, taxes, shipping and discounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from proofs.shop_day.goods import ON_HAND, make_goods
from proofs.shop_day.mapped_file import import_goods
from proofs.shop_day.shop import Article, Shop
from proofs.shop_day.wishes import CURRENCIES
from proofs.shop_day.words import translate

# Articles of the demo shop, beside those that are made by API.
IMPORTED = 2
DRAWN = 8
_PRICING = "/api/v1/admin"
_RATES = (
    ("DE", 190_000, "standard", "MwSt 19 %"),
    ("DE", 70_000, "reduced", "MwSt 7 %"),
    ("AT", 200_000, "standard", "USt 20 %"),
    ("AT", 100_000, "reduced", "USt 10 %"),
    ("FR", 200_000, "standard", "TVA 20 %"),
    ("FR", 55_000, "reduced", "TVA 5,5 %"),
    ("CH", 81_000, "standard", "MWST 8,1 %"),
    ("CH", 26_000, "reduced", "MWST 2,6 %"),
)
# By zone: its countries, and its ways of shipping with their prices in both currencies.
_ZONES: dict[str, tuple[tuple[str, ...], dict[str, tuple[int, int]]]] = {
    "Germany": (("DE",), {"Collected": (0, 0), "Parcel": (490, 520), "Express": (1290, 1350)}),
    "Neighbours": (("AT", "FR"), {"Parcel": (950, 990), "Express": (1990, 2090)}),
    "Switzerland": (("CH",), {"Parcel": (1190, 1250), "Express": (2490, 2650)}),
}
_FREE_FROM = 30_000
_LEVELS = ["line", "order", "shipping"]


async def open_shop(shop: Shop) -> None:
    """All of it, and the shelf as it is in the morning."""
    await _fill_the_shelf(shop)
    await import_goods(shop)
    await make_goods(shop)
    await translate(shop)
    await _tax(shop)
    for title, (countries, methods) in _ZONES.items():
        await _zone(shop, title, countries, methods)
    await _discount(shop)
    print(f"  the shop is set up: {len(shop.shelf)} articles, {' and '.join(CURRENCIES)}", flush=True)


async def _fill_the_shelf(shop: Shop) -> None:
    """Choose articles of an import that are sent, give them a price in the second currency, and count their stock."""
    cards = await shop.all_pages(f"{_PRICING}/products?status=active")
    for card in cards:
        product = await shop.merchandiser.ask("GET", f"{_PRICING}/products/{card['slug']}")
        sold = [each for each in product["variants"] if each["requires_shipping"] and each["price"] and each["active"]]
        if len(shop.shelf) == IMPORTED or not sold:
            continue
        if len(shop.shelf) % 3 == 0:
            await shop.merchandiser.ask("PATCH", f"{_PRICING}/products/{card['slug']}", {"tax_class": "reduced"})
        price = [{"sku": each["sku"], "amount": _in_francs(each["price"]["amount"])} for each in sold]
        wish = {"currency": "CHF", "prices": price}
        await shop.merchandiser.ask("PUT", f"{_PRICING}/products/{card['slug']}/prices", wish)
        await shop.merchandiser.ask("PUT", f"{_PRICING}/stock/{sold[0]['sku']}", {"on_hand": ON_HAND, "tracked": True})
        costs = {"EUR": sold[0]["price"]["amount"], "CHF": _in_francs(sold[0]["price"]["amount"])}
        shop.shelf.append(Article(sold[0]["id"], sold[0]["sku"], ON_HAND, costs))
    assert len(shop.shelf) == IMPORTED, shop.shelf


def _in_francs(euros: int) -> int:
    return euros * 93 // 100 + 7


async def _tax(shop: Shop) -> None:
    path = f"{_PRICING}/taxes/settings"
    version = (await shop.merchandiser.ask("GET", path))["version"]
    settings = {"home": {"country": "DE", "postal_code": "10115"}, "prices_without_tax": [], "shipping": []}
    await shop.merchandiser.ask("PUT", path, {**settings, "version": version})
    for country, rate, tax_class, title in _RATES:
        wish = {"country": country, "rate": rate, "tax_class": tax_class, "title": title}
        await shop.merchandiser.ask("POST", f"{_PRICING}/taxes/rates", wish)


async def _zone(shop: Shop, title: str, countries: Sequence[str], methods: dict[str, tuple[int, int]]) -> None:
    path = f"{_PRICING}/shipping/zones"
    zone = await shop.merchandiser.ask(
        "POST", path, {"title": title, "places": [{"country": each} for each in countries]}
    )
    for position, (name, prices) in enumerate(methods.items()):
        wish: dict[str, Any] = {"title": name, "position": position, "rates": _rates(prices, free=name == "Parcel")}
        if name == "Collected":
            wish |= {"kind": "pickup", "pickup_at": "Torstr. 1, 10115 Berlin"}
        await shop.merchandiser.ask("POST", f"{path}/{zone['id']}/methods", wish)


def _rates(prices: tuple[int, int], *, free: bool) -> list[dict[str, Any]]:
    return [
        {
            "currency": currency,
            "bands": [{"at_least": 0, "price": price}],
            "free_from": _FREE_FROM if free else None,
        }
        for currency, price in zip(CURRENCIES, prices, strict=True)
    ]


async def _discount(shop: Shop) -> None:
    """Codes of all kinds, one automatic discount, and codes that are good for one order each."""
    off = [{"amount": 500, "currency": currency} for currency in CURRENCIES]
    await _code(shop, "TEN", {"kind": "percent", "target": "order", "rate": 100_000, "max_uses_per_customer": 20})
    await _code(shop, "GIFT", {"kind": "percent", "target": "order", "rate": 1_000_000, "max_uses": 1})
    await _code(shop, "FIVE", {"kind": "amount", "target": "order", "amounts": off})
    await _code(shop, "FREE-SHIPPING", {"kind": "free_shipping", "target": "shipping"})
    four = {"kind": "buy_get", "target": "lines", "buy_get": {"buy": 4, "get": 1}, "combines_with": _LEVELS}
    await shop.merchandiser.ask(
        "POST", f"{_PRICING}/discounts", {"title": "Four, and one more", **four, "automatic": True}
    )
    once = await _discounted(shop, "ONCE", {"kind": "percent", "target": "lines", "rate": 150_000})
    await shop.merchandiser.ask("POST", f"{_PRICING}/discounts/{once}/codes/drawn", {"count": DRAWN, "prefix": "DAY-"})
    shop.drawn = [each["code"] for each in await shop.all_pages(f"{_PRICING}/discounts/{once}/codes")]
    assert len(shop.drawn) == DRAWN, shop.drawn


async def _code(shop: Shop, code: str, discount: dict[str, Any]) -> None:
    made = await _discounted(shop, code, discount)
    await shop.merchandiser.ask("POST", f"{_PRICING}/discounts/{made}/codes", {"codes": [code]})


async def _discounted(shop: Shop, title: str, discount: dict[str, Any]) -> str:
    """The id of a new discount that needs a code; how often it is used is counted."""
    wish = {"title": title, "automatic": False, "max_uses": 50, "combines_with": _LEVELS, **discount}
    return str((await shop.merchandiser.ask("POST", f"{_PRICING}/discounts", wish))["id"])
