"""An order with a way of shipping, tax and discounts: priced as shown, kept as sold, given back when it ends."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx

from orders.tests.discounts.desk import Desk
from orders.tests.pricing.office import Office, flat
from orders.tests.shelves import Article
from orders.tests.shop import ADDRESS, Placed, Shop, euros, order_of


def _wanted(article: Article, total: int, pieces: int = 1, **fields: Any) -> dict[str, Any]:
    return {**order_of((article, pieces)), "expected_total": euros(total), **fields}


def _placed(answer: httpx.Response) -> Placed:
    assert answer.status_code == 201, answer.text
    return Placed(answer.json(), {"Order-Token": answer.json()["order_token"]})


async def test_an_order_keeps_what_it_was_priced_by(shop: Shop) -> None:
    office, desk = Office(shop.service), Desk(shop.service)
    zone = await office.zone({"country": "GB"}, title="Britain")
    method = await office.method(zone, flat(600), title="Parcel", min_days=2, max_days=4)
    await office.settings({"country": "GB"})
    await office.rate("GB", 200_000)
    await desk.make("SPRING")
    article = shop.shelves.article(price="25.00", stock=10)
    body = _wanted(article, 5100, 2, discount_codes=["spring"], shipping_method=method["id"], locale="en")
    shown = await shop.client.post(
        "/api/v1/checkout/calculations",
        json={
            "lines": body["lines"],
            "codes": ["spring"],
            "destination": {"country": "GB", "postal_code": ADDRESS["postal_code"]},
        },
    )
    assert shown.status_code == 200, shown.text
    assert shown.json()["total"] == euros(5100)
    placed = _placed(await shop.post_order(body))
    order, (line,) = placed.body["order"], placed.body["order"]["lines"]
    # 2 x 25.00 less 10 %, of which a sixth is tax; and shipping of 6.00, of which a sixth is tax.
    assert (line["total"], line["discount"], line["tax"], line["charged"]) == tuple(map(euros, (5000, 500, 750, 4500)))
    assert [share["code"] for share in line["discounts"]] == ["SPRING"]
    assert (order["tax"], order["shipping_tax"], order["shipping_charged"]) == tuple(map(euros, (850, 100, 600)))
    assert order["shipping_method"] == {
        "id": method["id"],
        "title": "Parcel",
        "zone": "Britain",
        "pickup": False,
        "min_days": 2,
        "max_days": 4,
    }
    why = "select array[tax_title, treatment] from order_lines where order_id = $1"
    assert await shop.value(why, UUID(placed.id)) == ["VAT", "taxed"]
    await shop.paid(placed)
    assert (await shop.client.get(f"/api/v1/orders/{placed.id}", headers=placed.key)).json()["total"] == euros(5100)


async def test_an_address_that_nothing_ships_to_and_a_code_that_does_not_count_are_refused(shop: Shop) -> None:
    office = Office(shop.service)
    zone = await office.zone({"country": "FR"}, title="France")
    await office.method(zone, flat(600))
    settings = (await shop.client.get("/api/v1/checkout/settings")).json()
    assert settings["shipping_by_address"] is True
    assert [(each["shipping_rate"], each["free_from"]) for each in settings["currencies"]] == [(None, None)]
    article = shop.shelves.article(price="25.00")
    refused = await shop.post_order(_wanted(article, 3000))
    assert (refused.status_code, refused.json()["type"], refused.json()["reason"]) == (
        *(422, "shipping-not-offered"),
        "no-method",
    )
    address = {**ADDRESS, "country": "FR", "postal_code": "75001", "city": "Paris"}
    refused = await shop.post_order(_wanted(article, 3100, shipping_address=address, discount_codes=["NOTHING"]))
    assert (refused.status_code, refused.json()["type"]) == (422, "discount-rejected")
    assert [error["field"] for error in refused.json()["errors"]] == ["discount_codes.0"]
    typed = _wanted(article, 3100, shipping_address=address, discount_codes=["spring 1", "nothing", "Nothing"])
    await Desk(shop.service).make("SPRING1")
    refused = await shop.post_order(typed)
    assert [error["field"] for error in refused.json()["errors"]] == ["discount_codes.1"]
    refused = await shop.post_order(_wanted(article, 3100, shipping_address=address, payment_method="cash"))
    assert (refused.status_code, refused.json()["type"]) == (422, "payment-method-not-offered")
    assert [error["field"] for error in refused.json()["errors"]] == ["payment_method"]
    wrong = await shop.post_order(_wanted(article, 3100, shipping_address=address, vat_id="DE000000000"))
    assert (wrong.status_code, [error["field"] for error in wrong.json()["errors"]]) == (422, ["vat_id"])
    assert await shop.value("select count(*) from orders") == 0
    wide = "DE136695976".translate({ord(sign): ord(sign) + 0xFEE0 for sign in "DE0123456789"})
    taken = _placed(await shop.post_order(_wanted(article, 3100, shipping_address=address, vat_id=wide)))
    assert taken.body["order"]["vat_id"] == "DE136695976"


async def test_the_last_use_of_a_code_goes_to_one_order_and_comes_back_with_it(shop: Shop) -> None:
    desk = Desk(shop.service)
    discount = await desk.make("LAST", max_uses=1)
    article = shop.shelves.article(price="25.00", stock=50)
    body = _wanted(article, 2750, discount_codes=["LAST"])
    answers = await asyncio.gather(*(shop.post_order(body) for _ in range(8)))
    won = [answer for answer in answers if answer.status_code == 201]
    assert len(won) == 1, [answer.text for answer in answers]
    assert {answer.json()["type"] for answer in answers if answer not in won} <= {
        *("discount-used-up", "discount-rejected"),
    }
    assert (await desk.figures(discount))["used"] == 1
    placed = _placed(won[0])
    assert (await shop.client.post(f"/api/v1/orders/{placed.id}/cancel", headers=placed.key)).status_code == 200
    await shop.push(placed, "cancelled")
    assert (await desk.figures(discount))["used"] == 0
    _placed(await shop.post_order(body))


async def test_what_a_customer_has_used_is_not_offered_to_them_again(shop: Shop) -> None:
    await Desk(shop.service).make("ONCE", max_uses_per_customer=1)
    article = shop.shelves.article(price="25.00", stock=10)
    who = shop.customer()
    body = _wanted(article, 2750, discount_codes=["ONCE"])
    placed = await shop.post_order(body, who)
    assert placed.status_code == 201, placed.text
    wanted = {"lines": body["lines"], "codes": ["ONCE"]}
    shown = (await shop.client.post("/api/v1/checkout/calculations", json=wanted, headers=who)).json()
    assert [each["reason"] for each in shown["rejected_codes"]] == ["used-by-you"]
    assert shown["total"] == euros(3000)
    other = (await shop.client.post("/api/v1/checkout/calculations", json=wanted, headers=shop.customer())).json()
    assert (other["rejected_codes"], other["total"]) == ([], euros(2750))


async def test_a_cart_shows_what_its_order_costs_where_a_customer_has_used_a_discount(shop: Shop) -> None:
    await Desk(shop.service).make(automatic=True, max_uses_per_customer=1)
    article = shop.shelves.article(price="25.00", stock=10)
    who = shop.customer()
    first = await shop.post_order(_wanted(article, 2750), who)
    assert first.status_code == 201, first.text
    await shop.client.put(f"/api/v1/cart/lines/{article.variant_id}", json={"quantity": 1}, headers=who)
    assert (await shop.client.get("/api/v1/cart", headers=who)).json()["total"] == euros(3000)
    second = await shop.post_order(order_of(), who)
    assert second.status_code == 201, second.text


async def test_an_order_is_priced_again_where_another_replica_has_changed_the_rules(shop: Shop) -> None:
    article = shop.shelves.article(price="25.00", stock=10)
    await shop.place((article, 1))
    async with shop.service.ctx.db.write() as tx:
        await tx.execute("update pricing_versions set version = version + 1")
        await tx.execute(
            "insert into shipping_zones (id, title, elsewhere) values ($1, 'Everywhere', true)", UUID(int=7)
        )
    refused = await shop.post_order(order_of((article, 1)), {"Idempotency-Key": str(uuid4())})
    assert (refused.status_code, refused.json()["type"]) == (422, "shipping-not-offered")
