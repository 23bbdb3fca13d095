"""What a paid order costs here, in counts that depend on no machine: a change that costs more is red."""

from __future__ import annotations

from uuid import UUID

from chassis.testing import eventually
from chassis.testing.budgets import budgets
from chassis.testing.counts import RecordCount
from chassis.testing.databases import database_name
from chassis.testing.statements import Cost, counted
from chassis.values import uuid7
from payments.tests.double import PAYS
from payments.tests.shop import BY_ITSELF, Shop
from payments.tests.stripe_front import StripeProxy

ORDERS = 5


async def paid_order(shop: Shop) -> UUID:
    """Created, paid by the shopper, captured; told by the two webhooks that docs/stripe.md subscribes to."""
    order_id = uuid7()
    assert (await shop.create(order_id)).status_code == 200
    shop.double.pay(shop.double.intent(order_id)["id"], PAYS)
    await _deliver(shop, order_id, "amount_capturable_updated")
    assert await shop.status(order_id) == "authorised"
    assert (await shop.ask(order_id, "capture")).status_code == 202
    await shop.becomes(order_id, "captured")
    await _deliver(shop, order_id, "succeeded")
    return order_id


async def _deliver(shop: Shop, order_id: UUID, kind: str) -> None:
    (sent,) = await eventually(lambda: shop.listener.of(order_id, kind), what=kind)
    assert (await shop.deliver(sent)).status_code == 200


def _of_orders(cost: Cost) -> Cost:
    return cost.work("payments", *BY_ITSELF)


async def test_a_paid_order_is_within_its_budget(fronted: tuple[Shop, StripeProxy], record_count: RecordCount):
    shop, front = fronted
    await paid_order(shop)
    front.calls.clear()
    async with counted(shop.app.bench.postgres, database_name("payments")) as cost:
        orders = [await paid_order(shop) for _ in range(ORDERS)]
    mine = _of_orders(cost)
    record_count("5 paid orders in payments", statements=mine.statements, commits=mine.commits, events=cost.events)
    record_count("5 paid orders", calls_of_stripe=len(front.calls))
    # Inserted, its intent written; authorised by the webhook; capture begun, captured; read for the second webhook.
    assert mine.statements == 6 * ORDERS, mine.told()
    assert (mine.begun, mine.commits) == (0, 6 * ORDERS), mine.told()
    assert (cost.events, cost.jobs, cost.notifications) == (2 * ORDERS, 0, 2 * ORDERS), cost.told()
    assert cost.wal_bytes < 13_000 * ORDERS, cost.told()
    assert front.calls == ["create", "capture"] * ORDERS
    assert len(front.calls) == budgets()["a plain order, placed and paid, in all services"]["stripe"] * ORDERS
    outcomes = await shop.rows(
        "select outcome, count(*) from provider_events where type not like '%created' group by 1"
    )
    assert {row["outcome"]: row["count"] for row in outcomes} == {"applied": 1 + ORDERS, "unchanged": 1 + ORDERS}
    assert {await shop.status(order_id) for order_id in orders} == {"captured"}


async def test_a_repeated_webhook_costs_one_statement(shop: Shop, record_count: RecordCount):
    order_id = await shop.authorised()
    (sent,) = shop.listener.of(order_id, "amount_capturable_updated")
    async with counted(shop.app.bench.postgres, database_name("payments")) as cost:
        assert (await shop.deliver(sent)).status_code == 200
    mine = _of_orders(cost)
    record_count("a repeated webhook", statements=mine.statements)
    assert (mine.statements, mine.begun, cost.events, cost.jobs) == (1, 0, 0, 0), mine.told()
