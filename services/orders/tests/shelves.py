"""The live catalog, as its staff uses it: every test sells articles of its own."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

import httpx

from chassis.testing.keys import Bench
from chassis.values import exponent

SCOPES = ("catalog:read", "catalog:write", "stock:write")
_numbers = count(1)


@dataclass(frozen=True)
class Article:
    """A product with one variant; its first price in minor units."""

    slug: str
    sku: str
    variant_id: str
    price: int

    @property
    def title(self) -> str:
        return f"Print No. {self.slug.removeprefix('print-')}"


@dataclass(frozen=True)
class Shelves:
    url: str
    bench: Bench

    def _ask(self, method: str, path: str, **options: Any) -> Any:
        token = self.bench.keyring.access_token(scopes=SCOPES)
        headers = {"Authorization": f"Bearer {token}", **options.pop("headers", {})}
        answer = httpx.request(method, f"{self.url}/api/v1/admin{path}", headers=headers, timeout=60, **options)
        answer.raise_for_status()
        return answer.json()

    def article(self, *, price: str = "25.00", stock: int = 10, currency: str = "EUR", ships: bool = True) -> Article:
        number = next(_numbers)
        slug, sku = f"print-{number}", f"PRINT-{number}"
        head = "Handle,Title,Variant SKU,Variant Price,Variant Requires Shipping"
        rows = f"{head}\n{slug},Print No. {number},{sku},{price},{str(ships).lower()}\n"
        headers = {"Content-Type": "text/csv"}
        report = self._ask("POST", f"/imports?currency={currency}", content=rows, headers=headers)
        assert report["created"] == 1, report
        level = self._ask("PUT", f"/stock/{sku}", json={"on_hand": stock, "tracked": True, "backorder": False})
        return Article(slug, sku, level["variant_id"], int(Decimal(price).scaleb(exponent(currency))))

    def articles(self, count: int) -> list[Article]:
        """As many articles of 25.00 EUR, never short."""
        numbers = [next(_numbers) for _ in range(count)]
        rows = "".join(f"print-{number},Print No. {number},PRINT-{number},25.00\n" for number in numbers)
        content = f"Handle,Title,Variant SKU,Variant Price\n{rows}"
        report = self._ask("POST", "/imports?currency=EUR", content=content, headers={"Content-Type": "text/csv"})
        assert report["created"] == count, report
        return [self._tracked(number) for number in numbers]

    def _tracked(self, number: int) -> Article:
        level = self._ask("PUT", f"/stock/PRINT-{number}", json={"on_hand": 99, "tracked": True, "backorder": False})
        return Article(f"print-{number}", f"PRINT-{number}", level["variant_id"], 2500)

    def level(self, article: Article) -> tuple[int, int]:
        """On hand, and reserved."""
        level = self._ask("GET", f"/stock/{article.sku}")
        return level["on_hand"], level["reserved"]

    def set_stock(self, article: Article, on_hand: int) -> None:
        self._ask("PUT", f"/stock/{article.sku}", json={"on_hand": on_hand})

    def set_price(self, article: Article, amount: int, currency: str = "EUR") -> None:
        wish = {"currency": currency, "prices": [{"sku": article.sku, "amount": amount}]}
        self._ask("PUT", f"/products/{article.slug}/prices", json=wish)

    def withdraw(self, article: Article) -> None:
        self._ask("PATCH", f"/products/{article.slug}", json={"status": "archived"})

    def post_internal(self, path: str, order_id: UUID | str) -> httpx.Response:
        """What the service orders would ask."""
        token = self.bench.keyring.service_token("orders", "catalog")
        address = f"{self.url}/internal/reservations/{order_id}/{path}"
        return httpx.post(address, headers={"Authorization": f"Bearer {token}"}, timeout=60)
