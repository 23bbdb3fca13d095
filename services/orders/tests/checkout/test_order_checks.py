"""What the database refuses to store of an order, whoever writes it."""

from __future__ import annotations

from uuid import UUID

import asyncpg
import pytest

from orders.tests.shop import Shop

BROKEN = {
    "orders_one_owner": "account_id = gen_random_uuid()",
    "orders_token_hash": "token_hash = 'short'",
    "orders_email_check": "email = 'a'",
    "orders_shipping_address_check": "shipping_address = '{}'",
    "orders_billing_address": "billing_address = '{}'",
    "orders_status_check": "status = 'lost'",
    "orders_payment_check": "payment = 'promised'",
    "orders_stock_check": "stock = 'gone'",
    "orders_cancel_reason_check": "status = 'cancelling', cancel_reason = 'boredom'",
    "orders_attention_check": "attention = 'none'",
    "orders_version_check": "version = 0",
    "orders_attempts_check": "attempts = -1",
    "orders_reason_when_cancelled": "status = 'cancelling'",
    "orders_paid_is_captured": "status = 'paid', stock = 'committed', paid_at = now()",
    "orders_paid_has_stock": "status = 'paid', payment = 'captured', paid_at = now()",
    "orders_cancelled_took_no_money": (
        "status = 'cancelled', cancel_reason = 'expired', payment = 'captured', cancelled_at = now()"
    ),
    "orders_times": "paid_at = now()",
    "orders_never_forgotten": "next_attempt_at = null",
}
# Columns that no statement may change: these are refused when an order is inserted.
BROKEN_FROM_THE_START = {
    "orders_number_form": ("number", "M-000000"),
    "orders_currency_check": ("currency", "eur"),
    "orders_subtotal_check": ("subtotal", -1),
    "orders_shipping_check": ("shipping", -1),
    "orders_total_check": ("total", -1),
    "orders_sums_add_up": ("rounding", 1),
    "orders_discounts": ("shipping_discount", -1),
    "orders_taxes": ("tax_added", 1),
    "orders_shipping_charged": ("shipping_charged", -1),
}


async def test_an_update_that_breaks_a_rule_of_orders_is_refused_by_the_name_of_the_rule(shop: Shop) -> None:
    placed = await shop.place((shop.shelves.article(), 1))
    for rule, change in BROKEN.items():
        with pytest.raises(asyncpg.CheckViolationError) as refused:
            async with shop.service.ctx.db.write() as tx:
                await tx.execute(f"update orders set {change} where id = $1", UUID(placed.id))
        assert refused.value.constraint_name == rule


async def test_an_insert_that_breaks_a_rule_of_orders_is_refused_by_the_name_of_the_rule(shop: Shop) -> None:
    placed = await shop.place((shop.shelves.article(), 1))
    sql = """
    insert into orders select (jsonb_populate_record(o, jsonb_build_object(
        'id', gen_random_uuid(), 'number', 'M-222222', $2::text, $3::jsonb
    ))).* from orders o where o.id = $1
    """
    for rule, (column, value) in BROKEN_FROM_THE_START.items():
        with pytest.raises(asyncpg.CheckViolationError) as refused:
            async with shop.service.ctx.db.write() as tx:
                await tx.execute(sql, UUID(placed.id), column, value)
        assert refused.value.constraint_name == rule
