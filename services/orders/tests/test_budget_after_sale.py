"""What an order costs with all that may belong to it, counted: services/budgets.yaml."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from chassis.testing import eventually
from chassis.testing.budgets import budget, budgets
from chassis.testing.counts import RecordCount
from chassis.testing.databases import database_name
from chassis.testing.statements import Cost, counted
from chassis.values import uuid7
from orders.fulfilment import ask_for_restock
from orders.mails import MailFacts, mail_about
from orders.mails.domain.facts import About
from orders.quantities import VariantQuantity
from orders.tests.discounts.desk import Desk
from orders.tests.documents.examples import credited, paid_orders
from orders.tests.documents.test_invoices import hold_invoicing
from orders.tests.gate import Gate
from orders.tests.pricing.office import Office, flat
from orders.tests.refunds.cashier import euros, piece
from orders.tests.refunds.test_end_to_end import ask
from orders.tests.shop import Shop, order_of
from orders.tests.test_budget import _SWEEPS, assert_within

_IDLE = "select (select count(*) from jobs) = 0 and not exists (select from restocks where done_at is null)"


async def cost_of(shop: Shop, work: Callable[[], Awaitable[Any]]) -> Cost:
    async with counted(shop.service.bench.postgres, database_name("orders")) as cost:
        await work()
    return cost.work("orders", *_SWEEPS, _IDLE)


async def test_tax_a_discount_and_a_way_of_shipping_add_what_they_may(shop: Shop, record_count: RecordCount) -> None:
    article = shop.shelves.article(price="25.00", stock=10)
    plain = order_of((article, 1))

    async def order(body: dict[str, Any]) -> Cost:
        async def placed() -> None:
            assert (await shop.post_order(body)).status_code == 201

        await placed()
        return await cost_of(shop, placed)

    without = await order(plain)
    office = Office(shop.service)
    method = await office.method(await office.zone({"country": "GB"}), flat(600))
    await office.settings({"country": "GB"})
    await office.rate("GB", 200_000)
    await Desk(shop.service).make("SAVE", max_uses=1000)
    # 25.00 less 10 % and 6.00.
    whole = {**plain, "expected_total": euros(2850), "discount_codes": ["save"], "shipping_method": method["id"]}
    with_all = await order(whole)
    added = {name: getattr(with_all, name) - getattr(without, name) for name in ("statements", "commits")}
    record_count("tax, discount and shipping", **{name: max(count, 0) for name, count in added.items()})
    most = budget("tax, discount and a way of shipping")
    assert all(added[name] <= most[name] for name in added), f"{without.told()}\n{with_all.told()}"


async def test_a_credit_note_a_mail_and_a_restock_are_within_their_budgets(
    shop: Shop, record_count: RecordCount
) -> None:
    await hold_invoicing(shop)
    (first, second) = await paid_orders(shop, 2)
    await credited(shop, first, amount=100)
    note = await cost_of(shop, lambda: credited(shop, second, amount=100))
    facts = MailFacts(amount=100)
    await mail_about(shop.service.ctx, About(first, "refunded", uuid7(), facts))
    mail = await cost_of(shop, lambda: mail_about(shop.service.ctx, About(second, "refunded", uuid7(), facts)))
    variant = await shop.value("select variant_id from order_lines where order_id = $1", second)

    async def put_back() -> None:
        async with shop.service.ctx.db.write() as tx:
            await ask_for_restock(shop.service.ctx, tx, uuid7(), second, [VariantQuantity(variant, 1)])
        await eventually(lambda: shop.value(_IDLE), 60, "the restock")

    shelf = await cost_of(shop, put_back)
    for work, found in (
        ("a credit note of an order without an invoice", note),
        ("a mail about a refund", mail),
        ("pieces back on the shelf, in orders", shelf),
    ):
        record_count(work, statements=found.statements, commits=found.commits)
        assert_within([found], **{name: budget(work)[name] for name in ("statements", "commits")})


async def test_a_refund_with_pieces_for_the_shelf_makes_the_expected_calls(
    gated: Shop, gates: dict[str, Gate], record_count: RecordCount
) -> None:
    placed = await gated.place((gated.shelves.article(), 2))
    await gated.paid(placed)
    before = {name: len(gate.asked) for name, gate in gates.items()}
    body = {"reason": "requested_by_customer", "lines": [piece(1, restock=True)], "expected_total": euros(2500)}
    await ask(gated, placed, "refunds", body)
    refunded = "select count(*) = 1 from refunds where accepted_at is not null"
    await eventually(lambda: gated.value(refunded), 60, "the refund")
    await eventually(lambda: gated.value("select count(*) = 0 from restocks where done_at is null"), 60, "the restock")
    asked = {name: gate.asked[before[name] :] for name, gate in gates.items()}
    calls = {name: [path for path in paths if path != "/internal/feed"] for name, paths in asked.items()}
    record_count("a refund", calls_of_catalog=len(calls["catalog"]), calls_of_payments=len(calls["payments"]))
    assert len(calls["payments"]) == budgets()["a refund asked for, in orders"]["calls"], calls
    assert calls["catalog"] == ["/internal/restocks"]
