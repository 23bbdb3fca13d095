"""Staff who fill a shop by the APIs, as people would."""

from __future__ import annotations

import io
from typing import Any, Self
from uuid import uuid4

import httpx
from PIL import Image

from chassis.testing.keys import Bench
from chassis.testing.waiting import wait_until

SCOPES = ("catalog:read", "catalog:write", "stock:write", "settings:read", "settings:write")
HOSTILE = "<script>alert(1)</script>\"'&{{ 7 * 7 }}"
SHOP: dict[str, Any] = {
    "name": "Tide & Fifth",
    "logo_url": None,
    "colours": {"primary": "#7fd0b0", "accent": "#c8553d", "background": "#fffffe"},
    "currencies": ["EUR", "CHF", "JPY"],
    "languages": ["en", "de", "fr"],
    "time_zone": "Europe/Berlin",
    "mail_sender": {"name": None, "reply_to": None},
}


def price(amount: int, currency: str = "EUR", compare_at: int | None = None) -> dict[str, Any]:
    before = None if compare_at is None else {"amount": compare_at, "currency": currency}
    return {"price": {"amount": amount, "currency": currency}, "compare_at": before}


class Staff:
    """Writes to a catalog and a shop; a context manager."""

    def __init__(self, bench: Bench, catalog: str, shop: str) -> None:
        self.bench = bench
        self.catalog = catalog
        self.shop = shop
        self._client = httpx.Client(timeout=30)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def ask(self, method: str, url: str, **more: Any) -> dict[str, Any]:
        token = self.bench.keyring.access_token(scopes=SCOPES, aud=["catalog", "shop"])
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": uuid4().hex, **more.pop("headers", {})}
        answer = self._client.request(method, url, headers=headers, **more)
        assert answer.status_code in {200, 201, 204}, answer.text
        return dict(answer.json()) if answer.content else {}

    def admin(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        return self.ask(method, f"{self.catalog}/api/v1/admin/{path}", json=body)

    def product(self, slug: str, title: str = "", **fields: Any) -> dict[str, Any]:
        """A product for sale: one variant of 25 EUR, unless `fields` say otherwise."""
        variant = {"sku": slug.upper(), "on_hand": 10, "prices": [price(2500), price(2600, "CHF"), price(3500, "JPY")]}
        own = {"slug": slug, "title": title or slug, "status": "active", "variants": [variant]}
        return self.admin("POST", "products", {**own, **fields})

    def picture(self, slug: str, colour: tuple[int, int, int] = (40, 90, 120)) -> None:
        content = io.BytesIO()
        Image.new("RGB", (1200, 1500), colour).save(content, "JPEG")
        url = f"{self.catalog}/api/v1/admin/pictures"
        headers = {"Content-Type": "image/jpeg"}
        self.ask("POST", url, params={"product": slug}, content=content.getvalue(), headers=headers)

    def open_shop(self) -> None:
        """Everything that the tests of pages look at."""
        self.ask("PUT", f"{self.shop}/api/v1/admin/shop", json={**SHOP, "version": 1})
        for language, title in (("en", "Returns"), ("de", "Rückgabe")):
            text = {"title": title, "body": f"# {title}\n\n- one\n- <b>two</b>\n\n[mail](mailto:a@example.com)"}
            self.ask("PUT", f"{self.shop}/api/v1/admin/shop/policies/returns/{language}", json=text)
        tide = self._tide()
        self.product("hostile", HOSTILE, vendor=HOSTILE, product_type=HOSTILE, tags=[HOSTILE])
        self.product("sold-out", variants=[{"sku": "SOLD-OUT", "on_hand": 0, "prices": [price(900)]}])
        self.product("left", status="active")
        self.admin("PATCH", "products/left", {"status": "archived"})
        for number in range(26):
            self.product(f"wave-{number:02}", f"Wave {number:02}", product_type="Wave", vendor="Orrel")
        self._shelves(tide)
        self.admin("POST", "content/redirects", {"from_path": "/summer-2019", "to_path": "/products/tide"})

    def _tide(self) -> str:
        sizes = [
            {"sku": "TIDE-S", "option_values": ["30 x 40"], "on_hand": 3, "prices": [price(2500, compare_at=3000)]},
            {"sku": "TIDE-L", "option_values": ["50 x 70"], "on_hand": 0, "prices": [price(4500)]},
        ]
        text = '<p>Ink on <strong>paper</strong>.</p><p><a href="https://example.com/">More</a></p>'
        fields = {"options": ["Size"], "variants": sizes, "vendor": "Atelier Nord", "product_type": "Print"}
        made = self.product("tide-one", "Tide", description_html=text, tags=["sea"], **fields)
        self.picture("tide-one")
        self.picture("tide-one", (200, 180, 20))
        item = f"content/items/products/{made['id']}"
        german = {"title": "Flut", "description_html": "<p>Tinte auf Papier.</p>"}
        self.admin("PUT", f"{item}/translations/de", german)
        self.admin("PUT", f"{item}/slug", {"slug": "tide"})
        return str(made["id"])

    def _shelves(self, tide: str) -> None:
        warm = {"slug": "warm", "title": "Warm lines", "published": True, "description_html": "<p>For winter.</p>"}
        made = self.admin("POST", "collections", warm)
        self.admin("PUT", f"collections/{made['id']}/products", {"version": made["version"], "product_ids": [tide]})
        top = self.admin("POST", "categories", {"slug": "prints", "title": "Prints"})
        below = self.admin("POST", "categories", {"slug": "sea", "title": "Sea", "parent_id": top["id"]})
        self.admin("POST", "categories/assignments", {"category_id": below["id"], "product_ids": [tide]})
        url = f"{self.catalog}/api/v1/products/tide"
        wait_until(lambda: self._client.get(url).json()["images"][0]["sizes"], what="the sizes of a picture")
