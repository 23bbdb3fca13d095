from __future__ import annotations

import re
from uuid import uuid4

import pytest

from orders.tests.shop import ADDRESS, Placed, Shop, euros, order_of


async def test_the_answer_to_an_order_has_all_fields(shop: Shop) -> None:
    article = shop.shelves.article(price="25.00")
    answer = await shop.post_order(order_of((article, 1), (article, 2)))
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    order = body["order"]
    assert answer.headers["location"] == f"/api/v1/orders/{order['id']}"
    assert re.fullmatch(r"M-[2-9A-HJ-KM-NP-TV-Z]{6}", order["number"])
    title = f"Print No. {article.slug.removeprefix('print-')}"
    assert order == {
        "id": order["id"],
        "number": order["number"],
        "status": "pending_payment",
        "payment_status": "pending",
        "fulfilment_status": "unfulfilled",
        "life": "open",
        "cancel_reason": None,
        "email": "ada@example.com",
        "lines": [
            {
                "position": 1,
                "variant_id": article.variant_id,
                "sku": article.sku,
                "title": title,
                "variant_title": "",
                "slug": article.slug,
                "image_url": None,
                "unit_price": euros(2500),
                "quantity": 3,
                "total": euros(7500),
                "requires_shipping": True,
                "discount": euros(0),
                "discounts": [],
                "tax": euros(0),
                "tax_rate": 0,
                "charged": euros(7500),
            }
        ],
        "currency": "EUR",
        "subtotal": euros(7500),
        "shipping": euros(500),
        "rounding": euros(0),
        "total": euros(8000),
        **{name: euros(0) for name in ("discount", "shipping_discount", "shipping_tax", "tax")},
        **{name: euros(0) for name in ("tax_added", "tax_relief", "refunded")},
        **dict.fromkeys(("vat_id", "billing_address", "shipping_method", "locale")),
        "shipping_tax_rate": 0,
        "shipping_charged": euros(500),
        **dict.fromkeys(("tax_included", "requires_shipping"), True),
        "reverse_charge": False,
        "shipping_address": {
            **ADDRESS,
            **dict.fromkeys(("line2", "region", "phone")),
            "lines": ["12 St James's Square", "London", "SW1Y 4LE"],
        },
        **dict.fromkeys(("paid_at", "cancelled_at")),
        **{name: order[name] for name in ("placed_at", "expires_at")},
        "payment_method": "card",
    }


async def test_the_answer_to_an_order_says_how_it_is_paid_and_opened(shop: Shop) -> None:
    answer = await shop.post_order(order_of((shop.shelves.article(price="25.00"), 1)))
    assert answer.status_code == 201
    body, order = answer.json(), answer.json()["order"]
    secret = body["payment"]["client_secret"]
    assert body["payment"] == {
        "client_secret": secret,
        "publishable_key": "pk_test_orders_tests",
        "pay_url": f"{shop.double.url}/pay/{secret.partition('_secret_')[0]}?client_secret={secret}",
    }
    assert len(body["order_token"]) == 43
    read = await shop.client.get(f"/api/v1/orders/{order['id']}", headers={"Order-Token": body["order_token"]})
    assert read.json() == order


async def test_the_order_token_is_not_stored(shop: Shop) -> None:
    placed = await shop.place((shop.shelves.article(), 1))
    token = placed.body["order_token"]
    for table in ("orders", "idempotency", "order_events", "outbox"):
        assert await shop.value(f"select count(*) from {table} t where t::text like $1", f"%{token}%") == 0
    assert await shop.value("select count(*) from idempotency where position($1 in body) > 0", token.encode()) == 0


async def test_the_same_request_again_gets_the_same_answer_and_another_is_refused(shop: Shop) -> None:
    article = shop.shelves.article(stock=5)
    headers = {"Idempotency-Key": str(uuid4())}
    first = await shop.post_order(order_of((article, 1)), headers)
    again = await shop.post_order(order_of((article, 1)), headers)
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"]
    other = await shop.post_order(order_of((article, 2)), headers)
    assert (other.status_code, other.json()["type"]) == (422, "idempotency-key-reused")
    missing = await shop.client.post("/api/v1/orders", json=order_of((article, 1)))
    assert (missing.status_code, missing.json()["type"]) == (400, "missing-idempotency-key")
    assert shop.shelves.level(article) == (5, 1)
    assert await shop.value("select count(*) from orders") == 1


async def test_an_order_of_somebody_else_cannot_be_read_or_changed(shop: Shop) -> None:
    me, article = shop.customer(uuid4()), shop.shelves.article()
    mine = await shop.place((article, 1), headers=me)
    guests = await shop.place((article, 1))
    other_guests = await shop.place((article, 1))
    strangers: list[tuple[Placed, dict[str, str]]] = [
        (mine, {}),
        (mine, shop.customer()),
        (mine, guests.key),
        (mine, shop.service.token(scopes=("orders:read", "orders:write"))),
        (guests, {}),
        (guests, me),
        (guests, other_guests.key),
        (guests, {"Order-Token": "wrong"}),
        (guests, {"Order-Token": "x" * 5000}),
    ]
    for placed, headers in strangers:
        for method, path in (("GET", ""), ("GET", "/payment"), ("POST", "/cancel")):
            answer = await shop.client.request(method, f"/api/v1/orders/{placed.id}{path}", headers=headers)
            assert (answer.status_code, answer.json()["type"]) == (404, "not-found"), (method, path, headers)
            assert placed.body["order"]["number"] not in answer.text
    assert await shop.value("select count(*) from orders where status <> 'pending_payment'") == 0
    assert (await shop.client.get("/api/v1/orders", headers=shop.customer())).json()["items"] == []
    assert (await shop.client.get("/api/v1/orders", headers=guests.key)).status_code == 401


async def test_an_invalid_token_is_refused_where_it_is_optional(shop: Shop) -> None:
    bad = {"Authorization": "Bearer nonsense"}
    placed = await shop.place((shop.shelves.article(), 1))
    answer = await shop.client.get(f"/api/v1/orders/{placed.id}", headers={**placed.key, **bad})
    assert answer.status_code == 401
    assert (await shop.post_order(order_of((shop.shelves.article(), 1)), bad)).status_code == 401


async def test_orders_are_listed_page_by_page(shop: Shop) -> None:
    me, article = shop.customer(uuid4()), shop.shelves.article(stock=50)
    ids = [(await shop.place((article, 1), headers=me)).id for _ in range(5)]
    await shop.place((article, 1), headers=shop.customer())
    seen, cursor = [], None
    for expected in (2, 2, 1):
        query = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = (await shop.client.get("/api/v1/orders", params=query, headers=me)).json()
        assert len(page["items"]) == expected
        seen += [order["id"] for order in page["items"]]
        cursor = page["next_cursor"]
    assert (seen, cursor) == (ids[::-1], None)
    wrong = await shop.client.get("/api/v1/orders", params={"cursor": "bm8"}, headers=me)
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "query.cursor")


class TestStaff:
    async def test_staff_with_the_scope_read_every_order(self, shop: Shop) -> None:
        staff, me = shop.service.token(scopes=("orders:read",)), uuid4()
        article = shop.shelves.article()
        mine = await shop.place((article, 1), headers=shop.customer(me))
        guests = await shop.place((article, 1))
        listed = (await shop.client.get("/api/v1/admin/orders", headers=staff)).json()["items"]
        assert [order["id"] for order in listed] == [guests.id, mine.id]
        assert (listed[1]["account_id"], listed[1]["payment"], listed[1]["stock"], listed[1]["attention"]) == (
            *(str(me), "open", "held", None),
        )
        for query, expected in (
            ({"number": guests.body["order"]["number"]}, [guests.id]),
            ({"number": "M-NOBODY"}, []),
            ({"account_id": str(me)}, [mine.id]),
            ({"attention": "true"}, []),
        ):
            found = await shop.client.get("/api/v1/admin/orders", params=query, headers=staff)
            assert [order["id"] for order in found.json()["items"]] == expected
        detail = (await shop.client.get(f"/api/v1/admin/orders/{mine.id}", headers=staff)).json()
        assert [(event["version"], event["kind"]) for event in detail["history"]] == [(1, "placed"), (2, "prepared")]
        assert (await shop.client.get(f"/api/v1/admin/orders/{uuid4()}", headers=staff)).status_code == 404

    @pytest.mark.parametrize("scopes", [(), ("catalog:read", "payments:read", "accounts:read", "orders:write")])
    async def test_staff_without_the_scope_are_refused(self, shop: Shop, scopes: tuple[str, ...]) -> None:
        placed = await shop.place((shop.shelves.article(), 1))
        for path in ("/api/v1/admin/orders", f"/api/v1/admin/orders/{placed.id}"):
            refused = await shop.client.get(path, headers=shop.service.token(scopes=scopes))
            assert (refused.status_code, refused.json()["type"]) == (403, "forbidden")
            assert (await shop.client.get(path)).status_code == 401


async def test_a_variant_that_is_not_sold_is_named_by_its_line(shop: Shop) -> None:
    known, variant_id = shop.shelves.article(), str(uuid4())
    body = order_of((known, 1))
    body["lines"] += [{"variant_id": variant_id, "quantity": 1}]
    answer = await shop.post_order(body)
    problem = answer.json()
    assert (answer.status_code, problem["type"], problem["variants"]) == (422, "unknown-variant", [variant_id])
    assert problem["errors"][0]["field"] == "lines.1.variant_id"


class TestFreeShipping:
    @pytest.fixture
    def overrides(self) -> dict[str, object]:
        return {"shipping_flat_rate": 0}

    async def test_an_order_with_a_total_of_zero_is_paid_without_a_payment(self, shop: Shop) -> None:
        answer = await shop.post_order(
            {**order_of((shop.shelves.article(price="0.00"), 1)), "expected_total": euros(0)}
        )
        assert answer.status_code == 201, answer.text
        placed = Placed(answer.json(), {"Order-Token": answer.json()["order_token"]})
        assert placed.body["payment"] is None
        await shop.until(placed, "paid")


class TestLimits:
    @pytest.fixture
    def overrides(self) -> dict[str, object]:
        return {"checkout_limit": "3/h"}

    async def test_a_checkout_too_many_is_refused_for_one_cart_and_not_for_others(self, shop: Shop) -> None:
        key, other = await shop.cart(), await shop.cart()
        answers = [await shop.post_order(order_of(), key) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [409, 409, 409, 429]
        assert '"checkout";q=3;w=3600' in answers[-1].headers["ratelimit-policy"]
        assert '"checkout";r=2;' in answers[0].headers["ratelimit"]
        assert (await shop.post_order(order_of(), other)).status_code == 409
        me = shop.customer(uuid4())
        assert [(await shop.post_order(order_of(), {**me, **key})).status_code for _ in range(4)] == [
            404,
            404,
            404,
            429,
        ]


class TestMadeUpTokens:
    @pytest.fixture
    def overrides(self) -> dict[str, object]:
        return {"checkout_limit": "3/h", "checkout_address_limit": "5/h"}

    async def test_forged_cart_tokens_have_no_limit_of_their_own(self, shop: Shop) -> None:
        statuses = [(await shop.post_order(order_of(), {"Cart-Token": f"made up {n}"})).status_code for n in range(7)]
        assert statuses[5:] == [429, 429]
        assert 429 not in statuses[:5]
