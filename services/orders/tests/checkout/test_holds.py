"""What may be held without having been paid, through the API: exact at once, released by whatever ends an order."""

from __future__ import annotations

import asyncio
from collections import Counter
from uuid import UUID, uuid4

import httpx
import pytest

from chassis.testing import eventually
from orders.tests.shelves import Article
from orders.tests.shop import Placed, Shop, order_of

DEFAULTS: dict[str, object] = {
    "unpaid_orders_per_holder": 3,
    "unpaid_units_per_holder": 100,
    "lapsed_orders_per_holder": 10,
    "unpaid_orders_per_address": 600,
    "unpaid_units_per_address": 400,
    "lapsed_orders_per_address": 1_000,
    "unpaid_pieces_of_variant": 10,
}


@pytest.fixture
def overrides() -> dict[str, object]:
    return DEFAULTS


def told(answer: httpx.Response) -> tuple[int, str, str, str]:
    body = answer.json()
    return answer.status_code, body["type"], body.get("scope", ""), body.get("limit", "")


async def order(shop: Shop, who: dict[str, str], *lines: tuple[Article, int], key: str = "") -> httpx.Response:
    return await shop.post_order(order_of(*lines), {**who, "Idempotency-Key": key or str(uuid4())})


async def held(shop: Shop) -> int:
    return int(await shop.value("select count(*) from order_holds"))


async def test_one_guest_cannot_empty_the_shop(shop: Shop) -> None:
    articles = [shop.shelves.article(stock=50) for _ in range(30)]
    answers = []
    for number in range(14):
        # A new cart for each order, as an attacker makes them.
        several = articles[number * 2 : number * 2 + 8] or articles[:8]
        answers.append(await order(shop, await shop.cart(), *((article, 25) for article in several)))
        answers.append(await order(shop, await shop.cart(), *((article, 12) for article in several)))
    total = sum(shop.shelves.level(article)[1] for article in articles)
    assert total <= 400, "pieces, of 1500"
    assert total == await shop.value("select sum(units) from order_holds")
    assert {answer.status_code for answer in answers} == {201, 409}
    assert {answer.json()["type"] for answer in answers if answer.status_code == 409} == {"hold-limit"}


async def test_concurrent_orders_of_a_customer_are_counted_exactly(shop: Shop) -> None:
    me, article = shop.customer(), shop.shelves.article(stock=100)
    answers = await asyncio.gather(*(order(shop, me, (article, 2)) for _ in range(12)))
    assert Counter(answer.status_code for answer in answers) == {201: 3, 409: 9}
    mine = {answer.json()["order"]["id"] for answer in answers if answer.status_code == 201}
    # Refused once all three were there, or in between: each time those that are open are named.
    last = (await order(shop, me, (article, 2))).json()
    assert (last["type"], last["scope"], last["limit"], last["allowed"]) == ("hold-limit", "holder", "orders", 3)
    assert {open_["id"] for open_ in last["orders"]} == mine
    assert all(open_["number"] in last["detail"] for open_ in last["orders"])
    assert shop.shelves.level(article) == (100, 6)
    assert await shop.value("select count(*) from orders") == 3


async def test_a_refusal_writes_nothing_and_the_same_request_passes_after_a_payment(shop: Shop) -> None:
    me, article, key = shop.customer(), shop.shelves.article(stock=100), str(uuid4())
    first, *_ = [Placed((await order(shop, me, (article, 1))).json(), me) for _ in range(3)]
    before = await shop.value("select count(*) from outbox")
    for _ in range(2):
        assert told(await order(shop, me, (article, 1), key=key)) == (409, "hold-limit", "holder", "orders")
    assert await shop.value("select count(*) from orders") == 3
    assert await shop.value("select count(*) from outbox") == before
    await shop.paid(first)
    assert await held(shop) == 2
    passed = await order(shop, me, (article, 1), key=key)
    assert passed.status_code == 201
    again = await order(shop, me, (article, 1), key=key)
    assert (again.status_code, again.headers["idempotent-replayed"]) == (201, "true")


async def test_a_cancellation_frees_its_units_at_once(shop: Shop) -> None:
    me, article = shop.customer(), shop.shelves.article(stock=100)
    placed = [Placed((await order(shop, me, (article, 1))).json(), me) for _ in range(3)]
    assert (await shop.client.post(f"/api/v1/orders/{placed[0].id}/cancel", headers=me)).status_code == 200
    assert (await order(shop, me, (article, 1))).status_code == 201


async def test_units_are_limited_in_total_and_by_variant(shop: Shop) -> None:
    me, many = shop.customer(), [shop.shelves.article(price="0.10", stock=1000) for _ in range(3)]
    assert (await order(shop, me, (many[0], 60))).status_code == 201
    assert told(await order(shop, me, (many[1], 30), (many[2], 11))) == (409, "hold-limit", "holder", "units")
    mug = shop.shelves.article(stock=4)
    assert (await order(shop, shop.customer(), (mug, 3))).status_code == 201
    plate = shop.shelves.article(stock=40)
    you = shop.customer()
    refused = await order(shop, you, (plate, 21))
    assert told(refused) == (409, "hold-limit", "holder", "variant")
    assert (refused.json()["allowed"], refused.json()["sku"]) == (20, plate.sku)
    assert (await order(shop, you, (plate, 15))).status_code == 201
    assert told(await order(shop, you, (plate, 6))) == (409, "hold-limit", "holder", "variant")


async def test_limits_of_guests_do_not_affect_customers_at_their_address(shop: Shop) -> None:
    """Four requests of guests who need no account, behind the address of a thousand others."""
    many = [shop.shelves.article(price="0.10", stock=1000) for _ in range(5)]
    for article in many[:4]:
        assert (await order(shop, {}, (article, 100))).status_code == 201
    assert told(await order(shop, {}, (many[4], 2))) == (409, "hold-limit", "address", "units")
    for me in (shop.customer(), shop.customer()):
        assert (await order(shop, me, (many[4], 2))).status_code == 201
        assert (await order(shop, me, (many[4], 3))).status_code == 201
    customers = [shop.customer() for _ in range(4)]
    for me, article in zip(customers, many[:4], strict=True):
        assert (await order(shop, me, (article, 97))).status_code == 201
    refused = await order(shop, shop.customer(), (many[4], 3))
    assert told(refused) == (409, "hold-limit", "address", "units"), "customers have a limit of their own"


async def test_concurrent_guests_share_a_variant_exactly_and_first_units_pass(shop: Shop) -> None:
    article = shop.shelves.article(stock=60)
    answers = await asyncio.gather(*(order(shop, shop.customer(), (article, 5)) for _ in range(9)))
    taken = sum(5 for answer in answers if answer.status_code == 201)
    assert {told(answer) for answer in answers if answer.status_code != 201} == {
        (409, "hold-limit", "address", "variant")
    }
    assert 10 <= taken <= 30, "at most half of it"
    carts = [await shop.cart() for _ in range(60)]
    gate = asyncio.Semaphore(8)  # one process on a busy machine serves no more at a time in good time

    async def buy(cart: dict[str, str]) -> httpx.Response:
        async with gate:
            return await order(shop, cart, (article, 1))

    singles = await asyncio.gather(*map(buy, carts))
    assert Counter(answer.status_code for answer in singles) == {201: 60 - taken, 409: taken}
    assert {answer.json()["type"] for answer in singles if answer.status_code == 409} == {"out-of-stock"}
    assert shop.shelves.level(article) == (60, 60)


class TestCrowd:
    @pytest.fixture
    def overrides(self) -> dict[str, object]:
        return {
            **DEFAULTS,
            "unpaid_orders_per_address": 4,
            "unpaid_units_per_address": 5,
            "staff_email": "me@shop.example",
        }

    async def test_at_a_full_address_first_units_pass_and_staff_get_a_mail_of_each_limit(self, shop: Shop) -> None:
        article = shop.shelves.article(stock=100)
        assert (await order(shop, await shop.cart(), (article, 4))).status_code == 201
        assert told(await order(shop, await shop.cart(), (article, 2))) == (409, "hold-limit", "address", "units")
        for _ in range(3):
            assert (await order(shop, await shop.cart(), (article, 1))).status_code == 201
        for _ in range(3):
            refused = await order(shop, await shop.cart(), (article, 1))
            assert told(refused) == (409, "hold-limit", "address", "orders")
            assert (refused.json()["orders"], "Sign in" in refused.json()["detail"]) == ([], True)
        me = shop.customer()
        assert (await order(shop, me, (article, 1))).status_code == 201
        assert (await order(shop, me, (article, 1))).status_code == 201, "guests do not count for customers"
        await eventually(lambda: len(shop.mailbox.to("me@shop.example")) == 2, 60, "two mails to staff")
        async with shop.service.ctx.db.write() as tx:
            await tx.execute("update staff_notices set told_at = told_at - interval '1 hour'")
        carts = [await shop.cart() for _ in range(5)]
        refusals = await asyncio.gather(*(order(shop, cart, (article, 1)) for cart in carts))
        assert {answer.status_code for answer in refusals} == {409}
        await eventually(lambda: len(shop.mailbox.to("me@shop.example")) == 3, 60, "a third, an hour later")

        async def done() -> bool:
            return int(await shop.value("select count(*) from jobs where name = 'orders.staff_notice'")) == 0

        await eventually(done, 60, "no other mail on its way")
        assert len(shop.mailbox.to("me@shop.example")) == 3
        assert "/api/v1/admin/orders/holds" in shop.mailbox.to("me@shop.example")[0].get_content()


class TestRenewal:
    @pytest.fixture
    def overrides(self) -> dict[str, object]:
        return {**DEFAULTS, "lapsed_orders_per_holder": 2, "lapsed_orders_per_address": 4}

    async def _lapse(self, shop: Shop, who: dict[str, str], article: Article) -> None:
        answer = await order(shop, who, (article, 1))
        assert answer.status_code == 201, answer.text
        key = {"Order-Token": answer.json()["order_token"]} if "order_token" in answer.json() else who
        async with shop.service.ctx.db.write() as tx:
            await tx.execute(
                "update orders set expires_at = now(), next_attempt_at = now() where id = $1::uuid",
                answer.json()["order"]["id"],
            )
        await shop.push(Placed(answer.json(), key), "cancelled")

    async def test_unpaid_orders_count_for_a_day(self, shop: Shop) -> None:
        me, article = shop.customer(), shop.shelves.article(stock=50)
        for _ in range(2):
            await self._lapse(shop, me, article)
        assert told(await order(shop, me, (article, 1))) == (409, "hold-limit", "holder", "lapsed")
        for _ in range(4):
            await self._lapse(shop, await shop.cart(), article)
        assert told(await order(shop, await shop.cart(), (article, 1))) == (409, "hold-limit", "address", "lapsed")
        assert (await order(shop, shop.customer(), (article, 1))).status_code == 201, "a customer's first piece"
        async with shop.service.ctx.db.write() as tx:
            await tx.execute("update order_holds set held_at = held_at - interval '25 hours'")
        assert (await order(shop, me, (article, 1))).status_code == 201
        await shop.service.ctx.jobs.table.periodic["orders.forget_holds"].sweep(shop.service.ctx)
        assert await held(shop) == 2, "of those that are still open"

    async def test_a_repeated_order_does_not_extend_its_reservation(self, shop: Shop) -> None:
        article, key = shop.shelves.article(stock=5), str(uuid4())
        answer = await order(shop, {}, (article, 1), key=key)
        order_id = UUID(answer.json()["order"]["id"])
        async with shop.service.ctx.db.write() as tx:
            # As if the process had died before it could say so: each retry takes the order up anew.
            await tx.execute("update orders set expires_at = now() where id = $1", order_id)
        ends = await shop.value("select expires_at from orders")
        for _ in range(3):
            async with shop.service.ctx.db.write() as tx:
                await tx.execute(
                    "update idempotency set status = null, headers = null, body = null, claimed_until = now()"
                )
            again = await order(shop, {}, (article, 1), key=key)
            assert again.json()["order"]["id"] == str(order_id)
        assert await shop.value("select expires_at from orders") == ends
        await shop.push(Placed(answer.json(), {"Order-Token": answer.json()["order_token"]}), "cancelled")
        assert shop.shelves.level(article) == (5, 0)


async def test_the_holder_is_stored_as_a_hash_until_the_payment(shop: Shop) -> None:
    account = uuid4()
    placed = await shop.place((shop.shelves.article(), 1), headers=shop.customer(account))
    kept = await shop.value("select order_holds::text from order_holds")
    for known in (str(account), account.hex, b"127.0.0.1".hex()):
        assert known not in kept
    await shop.paid(placed)
    assert await held(shop) == 0
