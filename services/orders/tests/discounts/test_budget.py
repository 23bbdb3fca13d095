"""What a discount adds to the cost of an order, counted: a change that costs more is red."""

from __future__ import annotations

from typing import Any

from chassis.testing.databases import database_name
from chassis.testing.statements import Cost, counted
from orders.tests.discounts.desk import Desk
from orders.tests.shop import Placed, Shop, euros, order_of
from orders.tests.test_budget import work_of


async def cost_of(shop: Shop, body: dict[str, Any]) -> tuple[Cost, Placed]:
    async with counted(shop.service.bench.postgres, database_name("orders")) as cost:
        answer = await shop.post_order(body)
    assert answer.status_code == 201, answer.text
    return work_of(cost), Placed(answer.json(), {"Order-Token": answer.json()["order_token"]})


async def test_an_order_with_one_code_costs_two_statements_more_and_no_transaction(shop: Shop) -> None:
    """One looks up the code, one counts it."""
    article = shop.shelves.article(price="25.00", stock=10)
    plain = order_of((article, 1))
    coded = {**plain, "expected_total": euros(2750), "discount_codes": ["save"]}
    await Desk(shop.service).make("SAVE", max_uses=1000, max_uses_per_customer=100)
    for body in (plain, coded):
        await cost_of(shop, body)
    without, _ = await cost_of(shop, plain)
    with_one, placed = await cost_of(shop, coded)
    told = f"{without.told()}\n{with_one.told()}"
    assert with_one.statements <= without.statements + 2, told
    assert (with_one.begun, with_one.commits, with_one.events) == (without.begun, without.commits, without.events), told
    assert not [each for each in without.ran if "discount_" in each.sql], told
    assert placed.body["order"]["total"] == euros(2750)


async def test_an_automatic_discount_without_a_limit_costs_one_statement_more(shop: Shop) -> None:
    article = shop.shelves.article(price="25.00", stock=10)
    plain = order_of((article, 1))
    await cost_of(shop, plain)
    without, _ = await cost_of(shop, plain)
    await Desk(shop.service).make(automatic=True)
    less = {**plain, "expected_total": euros(2750)}
    await cost_of(shop, less)
    with_it, _ = await cost_of(shop, less)
    assert with_it.statements <= without.statements + 1, f"{without.told()}\n{with_it.told()}"
