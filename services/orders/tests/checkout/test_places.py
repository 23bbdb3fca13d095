"""Orders to all kinds of addresses, through the API; and what a checkout is told of countries."""

from __future__ import annotations

from typing import Any

import pytest

from orders.tests.shop import ADDRESS, Shop, order_of

# "absent": not sent at all.
_ACCEPTED: list[dict[str, Any]] = [
    {"country": "HK", "city": "Tai Wai", "postal_code": None},
    {"country": "AE", "postal_code": "absent"},
    {"country": "IE", "postal_code": "absent"},
    {"country": "SG", "city": "absent", "postal_code": "018956"},
    {"line2": ""},
    {"region": ""},
    {"phone": ""},
    {"phone": " +49 30 123456 "},
    {"phone": "+33\u00a01\u00a023\u00a045\u00a067\u00a089"},
    {"phone": "+44 20 7946 0958 ext. 12"},
]
_REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"country": "DE", "postal_code": "absent"}, "postal_code"),
    ({"line1": "a\nb"}, "line1"),
    ({"name": " "}, "name"),
]


def changed(change: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**ADDRESS, **change}.items() if value != "absent"}


async def test_valid_unusual_addresses_are_accepted_and_stored(shop: Shop) -> None:
    article = shop.shelves.article(stock=50)
    for change in _ACCEPTED:
        body = {**order_of((article, 1)), "shipping_address": changed(change)}
        answer = await shop.post_order(body)
        assert answer.status_code == 201, (change, answer.text)
        kept = answer.json()["order"]["shipping_address"]
        for name, value in changed(change).items():
            assert kept[name] == (value.replace("\u00a0", " ").strip() or None if value else None)
    placed = await shop.post_order({**order_of((article, 1)), "shipping_address": changed(_ACCEPTED[3])})
    shown = placed.json()["order"]["shipping_address"]
    assert (shown["city"], shown["line2"], shown["region"], shown["phone"]) == (None, None, None, None)


@pytest.mark.parametrize(("change", "field"), _REFUSED)
async def test_an_invalid_address_is_refused_by_field(shop: Shop, change: dict[str, Any], field: str) -> None:
    body = {**order_of((shop.shelves.article(), 1)), "shipping_address": changed(change)}
    answer = await shop.post_order(body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [f"shipping_address.{field}"]
    assert await shop.value("select count(*) from orders") == 0


async def test_a_mail_about_an_order_without_a_city_has_the_other_lines(shop: Shop) -> None:
    singapore = {**changed(_ACCEPTED[3]), "region": None}
    answer = await shop.post_order({**order_of((shop.shelves.article(), 1)), "shipping_address": singapore})
    assert shop.double.pay(answer.json()["payment"]["client_secret"]).status_code == 200
    text = (await shop.mail()).get_body(("plain",)).get_content()
    assert "018956" in text
    assert "None" not in text


async def test_the_list_of_countries_is_cached_for_an_hour(shop: Shop) -> None:
    answer = await shop.client.get("/api/v1/checkout/countries")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=3600"
    same = await shop.client.get("/api/v1/checkout/countries", headers={"If-None-Match": answer.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    told = {country["code"]: country for country in answer.json()["items"]}
    assert len(told) == len(answer.json()["items"]) == 248
    assert {"US", "HK", "XK", "KP", "AQ", "TW", "EH"} <= set(told)
    ireland, hong_kong, singapore = told["IE"], told["HK"], told["SG"]
    assert ireland["labels"] == {"postal_code": "eircode", "city": "city", "region": "county"}
    assert "postal_code" in ireland["fields"]
    assert "postal_code" not in ireland["required"]
    assert "postal_code" not in hong_kong["fields"]
    assert hong_kong["one_of"] == ["region", "city"]
    assert "city" not in singapore["fields"]
    assert told["IN"]["labels"]["postal_code"] == "pin"
    assert told["JP"]["labels"]["region"] == "prefecture"
    assert told["US"]["required"] == ["name", "line1", "city", "region", "postal_code"]
    assert (told["DE"]["postal_code_pattern"], told["DE"]["postal_code_example"]) == (r"\d{5}", "26133")
