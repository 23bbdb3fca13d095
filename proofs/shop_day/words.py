"""The shop in two languages: products are found and shown in German, and an old address leads to the new one."""

from __future__ import annotations

from functools import partial
from typing import Any

from proofs.shop_day.mapped_file import SLUG
from proofs.shop_day.shop import Shop

_SETTINGS, _ITEMS = "/api/v1/admin/shop", "/api/v1/admin/content/items/products"
_CHANGED = ("name", "logo_url", "colours", "currencies", "time_zone", "mail_sender", "seller", "version")
NEW_SLUG = "woolly-cap"
# Of the first product that was made by API, and of the imported one.
_GERMAN: dict[str, dict[str, Any]] = {
    "day-stool": {
        "title": "Filzhocker",
        "options": [{"option": "Colour", "name": "Farbe", "values": [{"value": "Grey", "shown": "Grau"}]}],
    },
    SLUG: {"title": "Wollmütze"},
}


async def translate(shop: Shop) -> None:
    """Say which languages the shop speaks, write texts in German, and give a product another slug."""
    settings = await shop.ask("GET", _SETTINGS)
    wish = {name: settings[name] for name in _CHANGED if name in settings}
    await shop.ask("PUT", _SETTINGS, {**wish, "languages": ["en", "de"]})
    ask = shop.merchandiser.ask
    for slug, texts in _GERMAN.items():
        product = await ask("GET", f"/api/v1/admin/products/{slug}")
        await ask("PUT", f"{_ITEMS}/{product['id']}/translations/de", texts)
        if slug == SLUG:
            await ask("PUT", f"{_ITEMS}/{product['id']}/slug", {"slug": NEW_SLUG})
    for language, title in (("de", "Filzhocker"), ("en", "Felt stool"), ("fr", "Felt stool")):
        await shop.until(partial(_shows, shop, language, title), f"{title} to be shown in {language}")
    await shop.until(partial(_finds, shop), "a search in German")
    await shop.until(partial(_moved, shop), "the address of before to lead on")
    print("  the shop speaks English and German; an address of before leads on", flush=True)


async def _shows(shop: Shop, language: str, title: str) -> bool:
    """Whether a shopper who reads this language sees this title."""
    answer = await shop.boss.who.call("GET", f"/api/v1/products/day-stool?language={language}")
    return bool(answer.status == 200 and answer.body["title"] == title)


async def _finds(shop: Shop) -> bool:
    answer = await shop.boss.who.call("GET", "/api/v1/products?search=filzhocker&language=de")
    return [each["slug"] for each in answer.body["items"]] == ["day-stool"]


async def _moved(shop: Shop) -> bool:
    who = shop.boss.who
    async with who.http.get(f"{who.base}/api/v1/products/{SLUG}", allow_redirects=False) as answer:
        return (answer.status, answer.headers.get("Location", "").rpartition("/")[2]) == (301, NEW_SLUG)
