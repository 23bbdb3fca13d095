"""What an order would cost, as shoppers ask."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from chassis.testing.databases import database_name
from chassis.testing.statements import counted
from orders.tests.pricing.office import Office, flat
from orders.tests.shop import Shop, euros

PATH = "/api/v1/checkout/calculations"
HERE = {"country": "DE", "postal_code": "10115"}


async def calculated(shop: Shop, headers: dict[str, str] | None = None, **wanted: Any) -> dict[str, Any]:
    answer = await shop.client.post(PATH, json=wanted, headers=headers or {})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_without_rules_it_is_what_the_cart_says(shop: Shop):
    article = shop.shelves.article(price="25.00")
    key = await shop.cart((article, 2))
    found = await calculated(shop, key)
    cart = (await shop.client.get("/api/v1/cart", headers=key)).json()
    for name in ("subtotal", "shipping", "rounding", "total"):
        assert found[name] == cart[name]
    assert (found["tax"], found["discount"], found["shipping_problem"]) == (euros(0), euros(0), None)
    assert [(method["id"], method["price"]) for method in found["methods"]] == [(None, euros(500))]


async def test_ways_of_shipping_and_taxes_of_a_destination(shop: Shop):
    article, office = shop.shelves.article(price="11.90"), Office(shop.service)
    zone = await office.zone({"country": "DE"})
    parcel = await office.method(zone, flat(595))
    express = await office.method(zone, flat(1190), title="Express", min_days=1, max_days=1)
    await office.rate()
    line = {"variant_id": article.variant_id, "quantity": 2}
    found = await calculated(shop, lines=[line], destination=HERE)
    assert [method["id"] for method in found["methods"]] == [parcel["id"], express["id"]]
    assert (found["method_id"], found["total"]) == (parcel["id"], euros(2380 + 595))
    # 2380 x 19/119 = 380; 595 x 19/119 = 95.
    assert (found["lines"][0]["tax"], found["shipping_tax"], found["tax"]) == (euros(380), euros(95), euros(475))
    assert [(each["rate"], each["net"], each["tax"]) for each in found["taxes"]] == [(190_000, euros(2500), euros(475))]
    chosen = await calculated(shop, lines=[line], destination=HERE, method_id=express["id"])
    assert chosen["total"] == euros(2380 + 1190)
    wrong = await calculated(shop, lines=[line], destination=HERE, method_id=str(uuid4()))
    assert wrong["shipping_problem"] == "method-not-offered"


async def test_a_business_abroad_pays_the_net_price(shop: Shop):
    article, office = shop.shelves.article(price="11.90"), Office(shop.service)
    await office.rate()
    await office.settings({"country": "DE"})
    line = {"variant_id": article.variant_id, "quantity": 1}
    found = await calculated(shop, lines=[line], destination={"country": "FR"}, vat_id="FR 40 303 265 045")
    assert (found["reverse_charge"], found["tax"]) == (True, euros(0))
    # 1190 holds 190; the flat rate of 500 holds 79.83.
    assert (found["tax_relief"], found["total"]) == (euros(190 + 80), euros(1000 + 420))


async def test_a_calculation_of_lines_costs_a_look_at_the_version_at_most(shop: Shop):
    article = shop.shelves.article()
    line = {"variant_id": article.variant_id, "quantity": 1}
    await calculated(shop, lines=[line])
    async with counted(shop.service.bench.postgres, database_name("orders")) as cost:
        await calculated(shop, lines=[line])
    sweeps = ("update orders set attempts", "with due as", "select coalesce(array_agg(order_id")
    # Events of other tests' payments, which a new database reads from the beginning.
    read = ("with moved as", "select status, payment, stock, cancel_reason, attention", "for update of o")
    work = cost.work("orders", *sweeps, *read)
    assert work.begun == 0, work.told()
    assert work.statements <= 1, work.told()


async def test_what_cannot_be_priced_is_refused_by_its_field(shop: Shop):
    article = shop.shelves.article()
    line = {"variant_id": article.variant_id, "quantity": 1}
    for wrong, field in (
        ({"lines": [{"variant_id": str(uuid4()), "quantity": 1}]}, "lines.0.variant_id"),
        ({"lines": [line], "currency": "GBP"}, "currency"),
        ({"lines": [line], "destination": {"country": "ZZ"}}, "destination.country"),
        ({"lines": [line], "destination": {"country": "DE", "postal_code": "1\u0000"}}, "destination.postal_code"),
        ({"lines": [line], "vat_id": "DE123456789"}, "vat_id"),
        ({"lines": [line], "codes": ["A"] * 6}, "codes"),
        ({"lines": []}, "lines"),
    ):
        answer = await shop.client.post(PATH, json=wrong)
        assert answer.status_code == 422, answer.text
        assert field in [error["field"] for error in answer.json()["errors"]], answer.text
    assert (await shop.client.post(PATH, json={})).status_code == 404
