"""The synthetic shopper: what marks it, and that it takes nothing from anybody and nobody else can be it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from chassis.testing import eventually
from orders.checkout import metrics
from orders.settings import OrdersSettings
from orders.shoppers.callers import PROBE
from orders.tests.conftest import HOLDS
from orders.tests.shelves import Article, Shelves
from orders.tests.shop import Shop, euros

PRODUCT = Path(__file__).parents[2] / "catalog" / "probe.csv"
EMAIL = "probe@example.com"


@pytest.fixture
def overrides() -> dict[str, object]:
    return {name: 1 for name in HOLDS if OrdersSettings.model_fields[name].annotation is int}


@pytest.fixture(scope="session")
def article(shelves: Shelves) -> Article:
    """What it buys: a draft, whose stock is not counted."""
    answer = shelves._ask(
        "POST", "/imports?currency=EUR", content=PRODUCT.read_bytes(), headers={"Content-Type": "text/csv"}
    )
    assert answer["created"] + answer["unchanged"] == 1, answer
    found = shelves._ask("GET", "/products/mercat-probe")
    return Article("mercat-probe", "MERCAT-PROBE", found["variants"][0]["id"], 500)


def order(article: Article) -> dict[str, Any]:
    lines = [{"variant_id": article.variant_id, "quantity": 1}]
    return {"email": EMAIL, "expected_total": euros(article.price), "lines": lines}


def _figures() -> list[float]:
    kinds = [metrics.placed.value(kind, "EUR") for kind in ("account", "guest")]
    return [*kinds, metrics.cancelled.value("cancelled_by_customer"), metrics.checkouts.value("accepted")]


async def test_its_orders_are_marked_and_no_limit_figure_or_mail_counts_them(shop: Shop, article: Article) -> None:
    probe = shop.service.token(uuid4(), (PROBE, "catalog:read"))
    counted = _figures()
    placed = [await shop.post_order(order(article), probe) for _ in range(4)]
    assert [answer.status_code for answer in placed] == [201] * 4, placed[-1].text
    for answer in placed:
        body = answer.json()
        assert body["payment"]["client_secret"]
        path = f"/api/v1/orders/{body['order']['id']}"
        assert (await shop.client.post(f"{path}/cancel", headers=probe)).status_code == 200

        async def ended(path: str = path) -> bool:
            shown = (await shop.client.get(path, headers=probe)).json()
            return bool(shown["status"] == "cancelled")

        await eventually(ended)
    assert await shop.value("select count(*) filter (where probe) from orders") == 4
    assert await shop.value("select count(*) from order_holds") == 0
    assert _figures() == counted
    assert await shop.value("select count(*) from jobs") == 0
    assert [mail for mail in shop.mailbox.mails if EMAIL in str(mail)] == []


@pytest.mark.parametrize("scopes", [(), ("catalog:read",), ("orders:write", "catalog:write"), ("shop:probes",)])
async def test_nobody_else_buys_its_article(shop: Shop, article: Article, scopes: tuple[str, ...]) -> None:
    someone = shop.service.token(uuid4(), scopes, roles=["customer", "probe"])
    answer = await shop.post_order(order(article), someone)
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (422, "unknown-variant"), answer.text
    assert (await shop.put(someone, article, 1)).status_code == 422
    guest = await shop.post_order(order(article))
    assert guest.status_code == 422
    assert await shop.value("select count(*) from orders") == 0


async def test_it_buys_nothing_else(shop: Shop, article: Article) -> None:
    real = shop.shelves.article(ships=False)
    probe = shop.service.token(uuid4(), (PROBE,))
    both = order(article) | {"lines": [*order(article)["lines"], *order(real)["lines"]], "expected_total": euros(3000)}
    for body in (order(real), both):
        answer = await shop.post_order(body, probe)
        assert answer.status_code == 422, answer.text
    assert shop.shelves.level(real) == (10, 0)
    assert await shop.value("select count(*) from orders") == 0
