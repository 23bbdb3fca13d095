"""Refunds of staff and of the dashboard, through the payment service: order, documents, Stripe and ledger agree."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg

from chassis.testing.databases import database_name
from orders.tests.checkout.test_discounted_orders import _placed, _wanted
from orders.tests.conftest import NEIGHBOURS
from orders.tests.discounts.desk import Desk
from orders.tests.documents.examples import invoiced
from orders.tests.pricing.office import Office, flat
from orders.tests.refunds.cashier import euros, piece
from orders.tests.refunds.test_end_to_end import ask, at_stripe, listed, until
from orders.tests.shop import Placed, Shop

# What the ledger has of an order's money at Stripe, without fees.
_LEDGER = """
select coalesce(sum(case e.side when 'debit' then e.amount else -e.amount end), 0)
from payments p join ledger_transactions t on t.payment_id = p.id join ledger_entries e on e.transaction_id = t.id
where p.order_id = $1 and e.account = 'provider_receivable' and (t.kind = 'capture' or t.kind like 'refund%')
"""
_NOTES = """
select coalesce(sum(case kind when 'reversal' then -total else total end), 0) as total,
       coalesce(sum(case kind when 'reversal' then -tax else tax end), 0) as tax
from documents where order_id = $1 and kind <> 'invoice'
"""


async def sold(shop: Shop) -> Placed:
    """3 pieces of 25.00 less 10 %, and 6.00 for the parcel; a sixth of it is tax."""
    office = Office(shop.service)
    method = await office.method(await office.zone({"country": "GB"}), flat(600))
    await office.settings({"country": "GB"})
    await office.rate("GB", 200_000)
    await Desk(shop.service).make("SPRING")
    article = shop.shelves.article(price="25.00", stock=10)
    body = _wanted(article, 7350, 3, discount_codes=["spring"], shipping_method=method["id"])
    placed = _placed(await shop.post_order(body))
    await shop.paid(placed)
    return placed


async def test_order_documents_stripe_and_ledger_agree(shop: Shop) -> None:
    placed = await sold(shop)
    await invoiced(shop, placed)
    ledger = await asyncpg.connect(shop.service.bench.postgres.url(database_name("payments", NEIGHBOURS)))
    # 22.50 for each piece.
    acts: list[dict[str, Any] | int] = [
        {"lines": [piece(1, restock=False)], "expected_total": euros(2250)},
        {"amount": euros(700), "expected_total": euros(700)},
        650,
        {"whole": True},
    ]
    try:
        for number, act in enumerate(acts, start=1):
            if isinstance(act, int):
                shop.double.at_dashboard("refunds", placed.secret, amount=act)
            else:
                gone = sum(each["total"]["amount"] for each in await listed(shop, placed))
                body = {"reason": "other", "expected_total": euros(7350 - gone), **act}
                await ask(shop, placed, "refunds", body)
            await until(shop, placed, *["refunded"] * number)
            await agree(shop, placed, ledger, number)
    finally:
        await ledger.close()
    notes = await shop.value(f"select array[total, tax] from ({_NOTES}) as found", UUID(placed.id))
    assert notes == [7350, 1225]


async def agree(shop: Shop, placed: Placed, ledger: asyncpg.Connection[Any], refunds: int) -> None:
    order_id = UUID(placed.id)
    refunded = await shop.value("select refunded from order_progress where order_id = $1", order_id)
    notes = await shop.value(f"select total from ({_NOTES}) as found", order_id)
    moved = at_stripe(shop, placed)
    assert len(moved) == refunds
    assert (refunded, notes) == (sum(amount for amount, _ in moved),) * 2
    assert await ledger.fetchval(_LEDGER, order_id) == 7350 - refunded
