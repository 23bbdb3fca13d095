"""Guests are told apart by secrets that they hold, not by where they ask from; tokens that are made up win nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any
from uuid import uuid4

import pytest

from orders.settings import RATES, OrdersSettings
from orders.tests.conftest import HOLDS
from orders.tests.shop import Placed, Shop, order_of

HERE, THERE = {"X-Forwarded-For": "203.0.113.7"}, {"X-Forwarded-For": "198.51.100.9"}


async def test_a_retry_from_another_network_gets_the_same_order(shop: Shop) -> None:
    article, key = shop.shelves.article(stock=5), {"Idempotency-Key": str(uuid4())}
    first = await shop.post_order(order_of((article, 1)), {**key, **HERE})
    again = await shop.post_order(order_of((article, 1)), {**key, **THERE})
    assert (again.status_code, again.content) == (201, first.content)
    assert await shop.value("select count(*) from orders") == 1


async def test_the_same_key_with_another_request_reveals_nothing(shop: Shop) -> None:
    article, key = shop.shelves.article(stock=5), {"Idempotency-Key": str(uuid4()), **HERE}
    first = await shop.post_order(order_of((article, 1)), key)
    body = order_of((article, 1), email="neighbour@example.com")
    with_a_cart = {**key, **await shop.cart()}
    for answer in (await shop.post_order(body, key), await shop.post_order(order_of((article, 1)), with_a_cart)):
        assert (answer.status_code, answer.json()["type"]) == (422, "idempotency-key-reused")
        assert first.json()["order_token"] not in answer.text
        assert first.json()["order"]["number"] not in answer.text


@pytest.mark.parametrize("key", ["1", "order-17", "0" * 40, "000000000000000000000000000000000017", "a" * 255])
async def test_a_guests_key_that_could_be_guessed_is_refused_and_a_customers_is_not(shop: Shop, key: str) -> None:
    article = shop.shelves.article()
    for cart in ({}, await shop.cart((article, 1))):
        answer = await shop.post_order(order_of((article, 1)), {"Idempotency-Key": key, **cart})
        assert (answer.status_code, answer.json()["type"]) == (422, "weak-idempotency-key")
        assert answer.json()["errors"][0]["field"] == "header.idempotency-key"
    assert await shop.value("select count(*) from orders") == 0
    mine = await shop.post_order(order_of((article, 1)), {"Idempotency-Key": key, **shop.customer()})
    assert mine.status_code == 201


async def test_a_replay_finds_the_order_when_the_cart_is_used_up_and_after_signing_in(shop: Shop) -> None:
    article = shop.shelves.article(stock=5)
    for cart in ({}, await shop.cart((article, 1))):
        me, key = shop.customer(), {"Idempotency-Key": str(uuid4()), **cart}
        body = order_of((article, 1))
        if cart:
            del body["lines"]
        first = await shop.post_order(body, key)
        assert first.status_code == 201, first.text
        for headers in (key, {**key, **me}):
            again = await shop.post_order(body, headers)
            assert (again.status_code, again.content) == (201, first.content)
        placed = Placed(first.json(), {"Order-Token": first.json()["order_token"]})
        assert await shop.status(placed) == "pending_payment"
        other = await shop.post_order(order_of((article, 2)), {**key, **me})
        assert (other.status_code, other.json()["type"]) == (422, "idempotency-key-reused")
        assert (await shop.client.get("/api/v1/orders", headers=me)).json()["items"] == []
    assert await shop.value("select count(*) from orders") == 2


class TestSchool:
    @pytest.fixture
    def overrides(self) -> dict[str, object]:
        return {name: OrdersSettings.model_fields[name].default for name in (*RATES, *HOLDS)}

    async def test_two_hundred_guests_of_one_address_each_order_a_piece(self, shop: Shop) -> None:
        article = shop.shelves.article(stock=200)
        carts = [await shop.cart((article, 1)) for _ in range(100)]
        asked = [(order_of(), cart) for cart in carts] + [(order_of((article, 1)), {})] * 100
        gate = asyncio.Semaphore(8)  # one process on a busy machine serves no more at a time in good time

        async def buy(body: dict[str, Any], cart: dict[str, str]) -> int:
            async with gate:
                return (await shop.post_order(body, {**cart, **HERE})).status_code

        answers = await asyncio.gather(*(buy(*wish) for wish in asked))
        assert set(answers) == {201}
        assert shop.shelves.level(article) == (200, 200)


class TestOffice:
    @pytest.fixture
    def overrides(self) -> dict[str, object]:
        """By the limits as they are, without Valkey: half of them, in one process."""
        return {name: OrdersSettings.model_fields[name].default for name in (*RATES, *HOLDS)} | {"valkey_url": None}

    async def test_three_hundred_guests_of_one_address_fill_carts_and_check_out(self, shop: Shop) -> None:
        articles = [shop.shelves.article(stock=1_000) for _ in range(10)]
        gate = asyncio.Semaphore(8)

        async def buy(number: int) -> list[int]:
            async with gate:
                made = await shop.client.post("/api/v1/cart", headers=HERE)
                if made.status_code != 201:
                    return [made.status_code]
                cart = {"Cart-Token": made.json()["cart_token"], **HERE}
                put = await shop.put(cart, articles[number % 10], 1)
                placed = await shop.post_order(order_of(), cart)
                return [made.status_code, put.status_code, placed.status_code]

        answers = await asyncio.gather(*map(buy, range(300)))
        assert Counter(map(tuple, answers)) == {(201, 200, 201): 300}


class TestMadeUpTokens:
    @pytest.fixture
    def overrides(self) -> dict[str, object]:
        return {
            "new_cart_limit": "5/h",
            "cart_limit": "3/h",
            "cart_address_limit": "40/h",
            "lookup_limit": "4/h",
            "lookup_address_limit": "12/h",
            "miss_limit": "6/h",
        }

    async def test_forged_tokens_create_no_carts_above_the_limit_of_the_address(self, shop: Shop) -> None:
        answers = [
            await shop.client.post("/api/v1/cart", headers={"Cart-Token": f"made up {number}", **HERE})
            for number in range(9)
        ]
        assert [answer.status_code for answer in answers] == [201] * 5 + [429] * 4
        assert await shop.value("select count(*) from carts") == 5
        elsewhere = await shop.client.post("/api/v1/cart", headers={"Cart-Token": "made up 1", **THERE})
        assert elsewhere.status_code == 201

    async def test_forged_cart_tokens_are_404_and_limited_by_address(self, shop: Shop) -> None:
        good = await shop.cart()
        article = shop.shelves.article()
        answers = []
        for number in range(9):
            token = {"Cart-Token": f"made up {number}", **HERE}
            answers.append(await shop.put(token, article, 1))
        assert [answer.status_code for answer in answers] == [404] * 6 + [429] * 3
        assert "retry-after" in answers[-1].headers
        shown = await shop.client.get("/api/v1/cart", headers={**good, **HERE})
        assert shown.status_code == 200, "whoever shows a good token is not in anybody's way"

    async def test_forged_order_tokens_are_404_and_limited_by_address(self, shop: Shop) -> None:
        placed = await shop.place((shop.shelves.article(), 1))
        path = f"/api/v1/orders/{placed.id}"
        answers = await asyncio.gather(
            *(shop.client.get(path, headers={"Order-Token": f"made up {number}", **HERE}) for number in range(30))
        )
        statuses = [answer.status_code for answer in answers]
        assert (statuses.count(404), statuses.count(429)) == (6, 24)
        refused = [answer for answer in answers if "order-lookup-address" in answer.headers.get("ratelimit-policy", "")]
        assert refused
        assert (await shop.client.get(path, headers={**placed.key, **THERE})).status_code == 200
        same = [(await shop.client.get(path, headers={**placed.key, **THERE})).status_code for _ in range(5)]
        assert same == [200, 200, 200, 429, 429], "of one token fewer than of an address"

    async def test_lists_of_an_accounts_orders_are_limited(self, shop: Shop) -> None:
        me = {**shop.customer(), **HERE}
        statuses = [(await shop.client.get("/api/v1/orders", headers=me)).status_code for _ in range(6)]
        assert statuses == [200] * 4 + [429] * 2
