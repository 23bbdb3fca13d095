"""What shipping costs, by currency and by whether anything is shipped."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from chassis.config import WrongSettings, read_settings
from chassis.values import uuid7
from orders.settings import OrdersSettings
from orders.shipping import Shipping
from orders.tests.shop import ADDRESS, Placed, Shop, amounts, euros


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    monkeypatch.setenv("DATABASE_URL", "postgresql://a:b@127.0.0.1/c")
    monkeypatch.setenv("SERVICE_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("CALLERS_FILE", str(tmp_path / "callers"))
    return monkeypatch


def read(environment: pytest.MonkeyPatch, **values: str) -> OrdersSettings:
    for name, value in values.items():
        environment.setenv(name, value)
    return read_settings(OrdersSettings)


def test_without_rates_the_flat_one_is_of_the_default_currency(environment: pytest.MonkeyPatch) -> None:
    values = {"CURRENCY": "JPY", "SHIPPING_FLAT_RATE": "800", "SHIPPING_FREE_FROM": "9000", "SHIPPING_RATES": ""}
    settings = read(environment, **values)
    assert settings.shipping("JPY") == Shipping(800, 9000)


def test_each_currency_has_its_own_rate(environment: pytest.MonkeyPatch) -> None:
    rates = '{"EUR": {"rate": 500, "free_from": 10000}, "HUF": {"rate": 199000}, "KWD": {"rate": 0}}'
    settings = read(environment, CURRENCIES="EUR,HUF", SHIPPING_RATES=rates)
    assert settings.shipping("EUR") == Shipping(500, 10_000)
    assert settings.shipping("HUF") == Shipping(199_000, None)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"CURRENCIES": "EUR,HUF"}, 'SHIPPING_RATES has no rate for HUF, which the shop sells in: add "HUF"'),
        ({"SHIPPING_RATES": '{"HUF": {"rate": 1}}'}, "SHIPPING_RATES has no rate for EUR"),
        ({"SHIPPING_RATES": '{"EUR": {"rate": 1}, "CLF": {"rate": 1}}'}, "SHIPPING_RATES: CLF is no currency"),
        ({"SHIPPING_RATES": '{"EUR": {"rate": -1}}'}, "SHIPPING_RATES_EUR_RATE: "),
        ({"SHIPPING_RATES": '{"EUR": {"rate": 1, "free": 2}}'}, "SHIPPING_RATES_EUR_FREE: "),
        ({"SHIPPING_RATES": "EUR=500"}, 'SHIPPING_RATES: it must be JSON such as {"EUR": {"rate": 500'),
        ({"SHIPPING_RATES": "[1]"}, "SHIPPING_RATES: "),
    ],
)
def test_a_currency_without_a_rate_ends_the_start(
    environment: pytest.MonkeyPatch, values: dict[str, str], said: str
) -> None:
    with pytest.raises(WrongSettings) as wrong:
        read(environment, **values)
    assert said in str(wrong.value)


def wish_of(total: int, **more: Any) -> dict[str, Any]:
    return {"email": "ada@example.com", "expected_total": euros(total), **more}


async def test_what_needs_no_shipping_pays_none_and_needs_no_address(shop: Shop) -> None:
    key = await shop.cart((shop.shelves.article(price="9.00", ships=False), 1))
    cart = (await shop.client.get("/api/v1/cart", headers=key)).json()
    assert amounts(cart, "subtotal", "shipping", "total") == (900, 0, 900)
    assert (cart["requires_shipping"], cart["lines"][0]["requires_shipping"]) == (False, False)
    answer = await shop.post_order(wish_of(900), key)
    assert answer.status_code == 201, answer.text
    placed = Placed(answer.json(), {"Order-Token": answer.json()["order_token"]})
    order = placed.body["order"]
    assert (*amounts(order, "shipping", "total"), order["shipping_address"]) == (0, 900, None)
    assert (order["requires_shipping"], order["lines"][0]["requires_shipping"]) == (False, False)
    await shop.paid(placed)
    mail = await shop.mail()
    for part in ("plain", "html"):
        text = mail.get_body((part,)).get_content()
        assert "Nothing in it is sent by post." in text
        assert not {"Shipping", "It goes to", "None"} & set(text.replace(":", "\n").splitlines())
    read = (await shop.client.get(f"/api/v1/orders/{placed.id}", headers=placed.key)).json()
    assert (read["status"], read["shipping_address"], read["requires_shipping"]) == ("paid", None, False)


async def test_an_address_that_is_not_needed_is_not_kept(shop: Shop) -> None:
    article = shop.shelves.article(price="9.00", ships=False)
    lines = [{"variant_id": article.variant_id, "quantity": 2}]
    answer = await shop.post_order(wish_of(1800, lines=lines, shipping_address=ADDRESS))
    assert (answer.status_code, answer.json()["order"]["shipping_address"]) == (201, None)
    assert await shop.value("select shipping_address from orders") is None


async def test_a_cart_with_one_physical_article_needs_an_address(shop: Shop) -> None:
    digital, print_ = shop.shelves.article(price="9.00", ships=False), shop.shelves.article(price="25.00")
    key = await shop.cart((digital, 1), (print_, 1))
    cart = (await shop.client.get("/api/v1/cart", headers=key)).json()
    assert (*amounts(cart, "shipping", "total"), cart["requires_shipping"]) == (500, 3900, True)
    refused = await shop.post_order(wish_of(3900), key)
    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["field"], error["code"]) == (422, "shipping_address", "missing")
    assert await shop.value("select count(*) from orders") == 0
    answer = await shop.post_order(wish_of(3900, shipping_address=ADDRESS), key)
    assert answer.json()["order"]["shipping_address"]["city"] == "London"
    ships = {line["sku"]: line["requires_shipping"] for line in answer.json()["order"]["lines"]}
    assert ships == {digital.sku: False, print_.sku: True}


async def test_the_database_refuses_sums_that_do_not_add_up(shop: Shop) -> None:
    placed = await shop.place((shop.shelves.article(), 1))
    copied = "id, number, token_hash, email, shipping_address, currency, subtotal, shipping, total, next_attempt_at"
    again = """
    insert into orders ({0}, expires_at, rounding)
    select $2, 'M-222222', token_hash, email, shipping_address, currency, subtotal, shipping, total, now(), now(), 1
    from orders where id = $1
    """
    for sql, said in (
        ("update orders set rounding = 1 where id = $1 or id = $2", "kept as they were written"),
        (again.format(copied), "orders_sums_add_up"),
    ):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError, match=said):
            async with shop.service.ctx.db.write() as tx:
                await tx.execute(sql, UUID(placed.id), uuid7())
