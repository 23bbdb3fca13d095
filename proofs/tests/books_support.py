"""Right books of three services, as an auditor reads them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import asyncpg

from chassis.db import books
from chassis.db.roles import grants_of_auditor
from chassis.ops.books import first_id
from chassis.testing.databases import database_name, empty_database

SERVICES = ("catalog", "orders", "payments")
# An order of three pieces, placed three hours ago, paid and sold; another one that was left unpaid.
VARIANT, REFUND, PAID, LEFT = (
    f"'{first_id(datetime.now(UTC) - timedelta(hours=hours))}'::uuid" for hours in (0, 2, 3, 4)
)
RIGHT = {
    "orders": f"""
        update invoicing set since = now();
        insert into orders (id, number, token_hash, email, currency, subtotal, shipping, total, status, payment, stock,
                            placed_at, paid_at, expires_at)
        select {PAID}, 'M-222222', sha256('a'), 'a@b.example', 'EUR', 900, 100, 1000, 'paid', 'captured', 'committed',
               now() - interval '3 hours', now() - interval '3 hours', now();
        insert into order_lines (order_id, position, variant_id, sku, title, variant_title, slug, unit_price, quantity)
        select {PAID}, 1, {VARIANT}, 's', 't', 'v', 's', 300, 3;
        insert into order_mails (order_id, kind) select {PAID}, 'confirmation';
        insert into refunds (id, order_id, origin, status, amount, goods, shipping, adjustment, tax, shipping_tax,
                             reason, accepted_at)
        select {PAID}, {PAID}, 'shop', 'refunded', 100, 0, 100, 0, 0, 0, 'other', now() - interval '3 hours';
        insert into order_progress (order_id, refunded) select {PAID}, 100;
        insert into orders (id, number, token_hash, email, currency, subtotal, shipping, total, status, payment, stock,
                            cancel_reason, placed_at, cancelled_at, expires_at)
        select {LEFT}, 'M-333333', sha256('b'), 'a@b.example', 'EUR', 0, 100, 100, 'cancelled', 'cancelled', 'released',
               'expired', now() - interval '4 hours', now(), now();
    """,
    "catalog": f"""
        alter table stock drop constraint if exists stock_not_oversold;
        insert into products (id, slug, title, status) select {VARIANT}, 'ring', 'Ring', 'active';
        insert into variants (id, product_id, sku, option_values, position) select {VARIANT}, {VARIANT}, 's', '{{}}', 1;
        insert into stock (variant_id, on_hand) select {VARIANT}, 7;
        insert into stock_movements (variant_id, delta, reason) select {VARIANT}, 10, 'import';
        insert into stock_movements (variant_id, delta, reason, order_id) select {VARIANT}, -3, 'order', {PAID};
        insert into reservations (order_id, status) values ({PAID}, 'committed'), ({LEFT}, 'released');
        insert into reservation_lines select order_id, {VARIANT}, 3 from reservations;
    """,
    "payments": f"""
        insert into payments (id, order_id, amount, currency, status, create_key, intent_id, client_secret, captured_at)
        select {PAID}, {PAID}, 1000, 'EUR', 'captured', 'k', 'pi_1', 's', now();
        begin;
        insert into ledger_transactions (id, payment_id, kind) select {PAID}, {PAID}, 'capture';
        insert into ledger_entries (transaction_id, position, account, side, amount, currency)
        values ({PAID}, 1, 'provider_receivable', 'debit', 1000, 'EUR'),
               ({PAID}, 2, 'customer_orders', 'credit', 1000, 'EUR');
        commit;
        begin;
        insert into refunds (id, payment_id, amount, currency, reason, origin, status, key, provider_id, accepted_at)
        select {PAID}, {PAID}, 100, 'EUR', 'other', 'shop', 'succeeded', 'k', 're_1', now();
        insert into ledger_transactions (id, payment_id, kind, reference)
        select {REFUND}, {PAID}, 'refund', {PAID}::text;
        insert into ledger_entries (transaction_id, position, account, side, amount, currency)
        values ({REFUND}, 1, 'customer_orders', 'debit', 100, 'EUR'),
               ({REFUND}, 2, 'provider_receivable', 'credit', 100, 'EUR');
        commit;
    """,
}
# The provider was asked twice for the same order's money, whatever its constraint says.
TWICE = f"""
drop index ledger_of_payment_once;
insert into ledger_transactions (id, payment_id, kind) select gen_random_uuid(), {PAID}, 'capture'
"""


async def make(postgres):
    root = await asyncpg.connect(postgres.url("postgres"))
    await root.execute("create role books_auditor login")
    await root.close()
    for service in SERVICES:
        await empty_database(postgres, service, "books")
        await as_owner(postgres, service, grants_of_auditor("books_auditor", books.tables(service)))
        await as_owner(postgres, service, RIGHT[service])
    return {service: postgres.url(database_name(service, "books"), "books_auditor") for service in SERVICES}


async def as_owner(postgres, service, sql):
    owner = await asyncpg.connect(postgres.url(database_name(service, "books")))
    await owner.execute(sql)
    await owner.close()
