"""Products of the day, made by API with pictures: in collections and a category, on sale by date, published by date."""

from __future__ import annotations

import io
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from PIL import Image

from proofs.shop_day.shop import Article, Shop
from proofs.shop_day.wishes import CURRENCIES

_PRODUCTS, _PICTURES = "/api/v1/admin/products", "/api/v1/admin/pictures"
TAG, HAND, RULE, CATEGORY = "shop-day-made", "by-hand-today", "by-rule-today", "of-the-day"
ON_HAND = 200
# Seconds until a sale begins, another one ends, and a product is published.
SOON = 6
_FORMATS = ("JPEG", "PNG", "AVIF")
# What the camera of the pictures noted; nobody is shown it.
NOTED = b"Taken at home, Torstr. 7"


class Made(NamedTuple):
    """A product that the merchant makes, and its prices: by currency its own one and that of a sale."""

    slug: str
    title: str
    prices: dict[str, tuple[int, int]]
    tax_class: str

    @property
    def skus(self) -> tuple[str, str]:
        """Of its two variants."""
        return f"{self.slug}-grey".upper(), f"{self.slug}-green".upper()


# The first is on sale from this morning on, the second was until this morning, the third is published this morning.
MADE = (
    Made("day-stool", "Felt stool", {"EUR": (4_900, 3_900), "CHF": (4_700, 3_750)}, "standard"),
    Made("day-lamp", "Paper lamp", {"EUR": (3_200, 1_600), "CHF": (3_050, 1_500)}, "standard"),
    Made("day-book", "Book of patterns", {"EUR": (2_450, 2_000), "CHF": (2_300, 1_900)}, "reduced"),
)


async def make_goods(shop: Shop) -> None:
    """All three, and the shelf with them."""
    for made in MADE:
        wish: dict[str, Any] = {
            "title": made.title,
            "slug": made.slug,
            "status": "draft" if made is MADE[2] else "active",
            "tags": [TAG],
            "tax_class": made.tax_class,
            "options": ["Colour"],
            "variants": [_variant(made, sku, colour) for sku, colour in zip(made.skus, ("Grey", "Green"), strict=True)],
        }
        await shop.merchandiser.ask("POST", _PRODUCTS, wish)
        await _pictures(shop, made)
    await _dates(shop)
    await _groups(shop)
    for made in MADE:
        product = await shop.merchandiser.ask("GET", f"{_PRODUCTS}/{made.slug}")
        (grey,) = [each for each in product["variants"] if each["sku"] == made.skus[0]]
        costs = {currency: made.prices[currency][made is MADE[0]] for currency in CURRENCIES}
        shop.shelf.append(Article(grey["id"], grey["sku"], ON_HAND, costs))
    print(f"  {len(MADE)} products are made by API, with pictures, collections, a sale and a date", flush=True)


def _variant(made: Made, sku: str, colour: str) -> dict[str, Any]:
    prices = [{"price": {"amount": own, "currency": currency}} for currency, (own, _) in made.prices.items()]
    return {"sku": sku, "option_values": [colour], "on_hand": ON_HAND, "prices": prices}


async def _pictures(shop: Shop, made: Made) -> None:
    """Upload one of each format, each as a double click does; turn their order, and give one to a variant."""
    found = [await _upload(shop, made.slug, kind, number) for number, kind in enumerate(_FORMATS)]
    place = f"{_PRODUCTS}/{made.slug}/pictures"
    await shop.merchandiser.ask("PUT", f"{place}/order", {"picture_ids": found[::-1]})
    alt = {"alt": f"{made.title} by the window"}
    await shop.merchandiser.ask("PATCH", f"{place}/{found[2]}", alt)
    product = await shop.merchandiser.ask("GET", f"{_PRODUCTS}/{made.slug}")
    green = next(each["id"] for each in product["variants"] if each["sku"] == made.skus[1])
    await shop.merchandiser.ask("PUT", f"{place}/{found[0]}/variants", {"variant_ids": [green]})


async def _upload(shop: Shop, slug: str, kind: str, number: int) -> str:
    """The id of a new picture: sent twice with one key it is there once."""
    drawn, exif = io.BytesIO(), Image.Exif()
    exif[0x010E] = NOTED.decode()
    Image.new("RGB", (480, 320 + number), (40 * number, 92, 77)).save(drawn, kind, exif=exif)
    path, key = f"{_PICTURES}?product={slug}&alt=Number+{number}", uuid.uuid4().hex
    send = partial(shop.merchandiser.send, path, drawn.getvalue(), f"image/{kind.lower()}", key)
    ids = [(await send())["picture"]["id"] for _ in range(2)]
    assert ids[0] == ids[1], f"one key made {ids}"
    return str(ids[0])


async def _dates(shop: Shop) -> None:
    """A sale that begins in some seconds, one that ends then, and a product that is published then."""
    now: datetime = await shop.store.value("catalog", "select statement_timestamp()")
    soon = now + timedelta(seconds=SOON)
    began, ended, published = MADE
    await _sale(shop, began, soon, soon + timedelta(days=1))
    await _sale(shop, ended, now - timedelta(days=1), soon)
    date = {"publish_at": soon.isoformat()}
    await shop.merchandiser.ask("PUT", f"{_PRODUCTS}/{published.slug}/publication", date)
    hidden = await shop.boss.who.call("GET", f"/api/v1/products/{published.slug}")
    assert hidden.status == 404, f"a product is shown before its date: {hidden}"
    for made, at in ((began, 1), (ended, 0), (published, 0)):
        await shop.until(partial(_costs, shop, made, at), f"{made.slug} to be shown at its price from {soon} on")


async def _sale(shop: Shop, made: Made, begins: datetime, ends: datetime) -> None:
    prices = [
        {"sku": sku, "price": {"amount": made.prices[currency][1], "currency": currency}}
        for sku in made.skus
        for currency in CURRENCIES
    ]
    dates = {"starts_at": begins.isoformat(), "ends_at": ends.isoformat()}
    await shop.merchandiser.ask("POST", f"{_PRODUCTS}/{made.slug}/sales", {"name": "Today", **dates, "prices": prices})


async def _costs(shop: Shop, made: Made, at: int) -> bool:
    """Whether shoppers see its own price (0) or that of the sale (1), with the price before, in each currency."""
    for currency in CURRENCIES:
        answer = await shop.boss.who.call("GET", f"/api/v1/products/{made.slug}?currency={currency}")
        shown = answer.body["variants"] if answer.status == 200 else []
        amounts = {each["price"]["amount"] for each in shown}
        before = {each["compare_at"]["amount"] if each["compare_at"] else None for each in shown}
        if (amounts, before) != ({made.prices[currency][at]}, {made.prices[currency][0] if at else None}):
            return False
    return True


async def _groups(shop: Shop) -> None:
    """A collection by hand in an order of its own, one by rule, and a category."""
    ask = shop.merchandiser.ask
    ids = {made.slug: (await ask("GET", f"{_PRODUCTS}/{made.slug}"))["id"] for made in MADE}
    hand = await ask("POST", "/api/v1/admin/collections", {"slug": HAND, "title": "By hand", "published": True})
    chosen = {"version": hand["version"], "product_ids": [ids["day-book"], ids["day-stool"]]}
    await ask("PUT", f"/api/v1/admin/collections/{hand['id']}/products", chosen)
    limit = {"about": "price", "relation": "at_most", "price": {"amount": 3_500, "currency": "EUR"}}
    rule = {"match": "all", "conditions": [{"about": "tag", "relation": "is", "value": TAG}, limit]}
    wish = {"slug": RULE, "title": "By rule", "published": True, "rule": rule}
    await ask("POST", "/api/v1/admin/collections", wish)
    category = await ask("POST", "/api/v1/admin/categories", {"slug": CATEGORY, "title": "Of the day"})
    await ask(
        "POST",
        "/api/v1/admin/categories/assignments",
        {"category_id": category["id"], "product_ids": list(ids.values()), "preview": False},
    )
    await shop.until(partial(_found, shop, f"collections/{HAND}/products", ["day-book", "day-stool"]), "what is chosen")
    await shop.until(
        partial(_found, shop, f"collections/{RULE}/products", ["day-book", "day-lamp"]), "what a rule says"
    )
    of_category = f"products?category={CATEGORY}"
    await shop.until(partial(_found, shop, of_category, sorted(ids)), "the products of the category")


async def _found(shop: Shop, path: str, slugs: Sequence[str]) -> bool:
    """Whether shoppers find these products there; those that were chosen in their order."""
    answer = await shop.boss.who.call("GET", f"/api/v1/{path}")
    found = [each["slug"] for each in answer.body["items"]] if answer.status == 200 else []
    return (found if HAND in path else sorted(found)) == list(slugs)


async def goods_complaints(shop: Shop) -> list[str]:
    """Lines of orders at another price than the shelf's, and pictures that are not shown as they were arranged."""
    costs = {each.sku: each.prices for each in shop.shelf}
    found = [
        f"{bought.name}: {line['sku']} at {line['unit_price']}, not {costs[line['sku']][bought.wish.currency]}"
        for bought in shop.bought
        for line in bought.order["lines"]
        if line["unit_price"]["amount"] != costs[line["sku"]][bought.wish.currency]
    ]
    for made in MADE:
        shown = (await shop.boss.who.call("GET", f"/api/v1/products/{made.slug}")).body
        alts = [each["alt"] for each in shown["images"]]
        if alts != [f"{made.title} by the window", "Number 1", "Number 0"]:
            found.append(f"pictures of {made.slug}: {alts}")
        found += [complaint for image in shown["images"] for complaint in await _picture_complaints(shop, image)]
    return found


async def _picture_complaints(shop: Shop, image: dict[str, Any]) -> list[str]:
    found = []
    for size in image["sizes"]:
        async with shop.boss.who.http.get(shop.boss.who.base + size["url"]) as answer:
            content = await answer.read()
            shown = Image.open(io.BytesIO(content))
            told = (answer.status, answer.headers["Content-Type"], shown.format, shown.size, NOTED in content)
        if told != (200, "image/webp", "WEBP", (size["width"], size["height"]), False):
            found.append(f"{size['url']}: {told}")
    return found
