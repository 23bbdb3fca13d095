"""The shop's figures: counted after the commit, once an order, in minor units, and without a person."""

from __future__ import annotations

from uuid import uuid4

from prometheus_client.openmetrics.parser import text_string_to_metric_families

from chassis.testing import eventually
from orders.tests.shop import Shop, euros, order_of

PREFIXES = ("orders_", "checkouts", "cart", "order_mails")


async def figures(shop: Shop) -> dict[tuple[str, ...], float]:
    """What orders exposes of itself: the value of each name with its labels."""
    text = (await shop.client.get("/metrics", headers={"Accept": "application/openmetrics-text"})).text
    assert "ada@" not in text
    assert "Lovelace" not in text
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {(s.name, *s.labels.values()): s.value for s in samples if s.name.startswith(PREFIXES)}


def moved(before: dict[tuple[str, ...], float], after: dict[tuple[str, ...], float]) -> dict[tuple[str, ...], float]:
    """What differs, but for the buckets of the histogram."""
    assert before.keys() == after.keys(), "no series begins after the start"
    return {
        name: after[name] - before[name] for name in after if after[name] != before[name] and "bucket" not in name[0]
    }


async def test_an_order_that_is_sent_twice_and_paid_moves_each_figure_once(shop: Shop) -> None:
    article = shop.shelves.article(price="25.00", stock=10)
    before = await figures(shop)
    key = await shop.cart((article, 2))
    headers = {**key, "Idempotency-Key": str(uuid4())}
    for _ in range(2):
        answer = await shop.post_order({**order_of(), "expected_total": euros(5500)}, headers)
        assert answer.status_code == 201, answer.text
    assert moved(before, await figures(shop)) == {
        ("carts_created_total", "guest"): 1,
        ("cart_additions_total",): 1,
        ("checkouts_total", "accepted"): 1,
        ("orders_placed_total", "EUR", "guest"): 1,
        ("orders_value_minor_count", "EUR"): 1,
        ("orders_value_minor_sum", "EUR"): 5500,
    }


async def test_what_is_taken_is_what_the_orders_say(shop: Shop) -> None:
    article = shop.shelves.article(price="25.00", stock=10)
    before = await figures(shop)
    for pieces in (1, 3):
        await shop.paid(await shop.place((article, pieces)))
        await shop.mail()
    total = await shop.value("select sum(total) from orders")
    wanted = {
        ("orders_paid_total", "EUR"): 2,
        ("orders_revenue_minor_total", "EUR"): total,
        ("order_mails_total", "confirmation", "sent"): 2,
    }

    async def are_counted() -> bool:
        # After the commit, and a mail when its server has said that it took it.
        return wanted.items() <= moved(before, await figures(shop)).items()

    await eventually(are_counted, what="the figures of two paid orders")


async def test_a_refused_checkout_is_counted_by_its_problem(shop: Shop) -> None:
    article = shop.shelves.article(stock=1)
    before = await figures(shop)
    for _ in range(2):
        assert (await shop.post_order(order_of((article, 2)), {"Idempotency-Key": str(uuid4())})).status_code == 409
    assert moved(before, await figures(shop)) == {("checkouts_total", "out-of-stock"): 2}
    unknown = {**order_of((article, 1)), "lines": [{"variant_id": str(uuid4()), "quantity": 1}]}
    assert (await shop.post_order(unknown)).status_code == 422
    after = moved(before, await figures(shop))
    assert after == {("checkouts_total", "out-of-stock"): 2, ("checkouts_total", "unknown-variant"): 1}


async def test_fewer_pieces_are_no_addition(shop: Shop) -> None:
    article = shop.shelves.article(stock=9)
    key = await shop.cart((article, 2))
    before = await figures(shop)
    for quantity in (3, 1, 2):
        assert (await shop.put(key, article, quantity)).status_code == 200
    assert moved(before, await figures(shop)) == {("cart_additions_total",): 2}
