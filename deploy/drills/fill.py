"""Fills tables with rows that their constraints accept, whatever columns later migrations add; triggers stay silent."""

from __future__ import annotations

import re
from typing import Any

import asyncpg

# The columns of each table as it was made, and the row of number `g`; ids that belong together are made of the number.
ROWS = {
    "outbox": ("type, aggregate, aggregate_id, version, data", "'thing', 'thing', gen_random_uuid(), 1, '{{}}'"),
    "inbox_dead": (
        "producer, aggregate, aggregate_id, version, event_id, type, occurred_at, data, state",
        "'orders', 'thing', gen_random_uuid(), 1, g::text, 'thing', now(), '{{}}', 'dead'",
    ),
    "jobs": ("name, payload", "'note', '{{}}'"),
    "audit_lines": ("action, outcome", "'thing.done', 'success'"),
    "audit_log": ("action, outcome, account_id", "'thing.done', 'success', gen_random_uuid()"),
    "accounts": ("email, password_hash", "g || '@example.com', '$argon2id$'"),
    "sessions": (
        "account_id, current_hash, staff, idle_until, absolute_until",
        "gen_random_uuid(), sha256(g::text::bytea), false, now() + interval '1 day', now() + interval '2 days'",
    ),
    "registrations": ("email, expires_at", "g || '@example.com', now() + interval '1 day'"),
    "account_addresses": (
        "id, account_id, place, name, line1, country, default_shipping, default_billing",
        "gen_random_uuid(), gen_random_uuid(), 1, 'name', 'street', 'DE', false, false",
    ),
    "account_notes": (
        "id, account_id, place, body, author",
        "gen_random_uuid(), gen_random_uuid(), 1, 'note', gen_random_uuid()",
    ),
    "account_group_members": (
        "group_id, account_id, added_by",
        "gen_random_uuid(), gen_random_uuid(), gen_random_uuid()",
    ),
    "account_mails": ("kind, email, expires_at", "'password_reset', g || '@example.com', now() + interval '1 hour'"),
    "products": ("id, slug, title, status", "{p}, 'product-' || g, 'title', 'active'"),
    "variants": ("id, product_id, sku, option_values, position", "{v}, {p}, 'SKU-' || g, '{{}}', 1"),
    "variant_prices": ("variant_id, currency, amount", "{v}, 'EUR', 100"),
    "stock": ("variant_id, on_hand", "{v}, g % 2"),
    "stock_movements": ("variant_id, delta, reason", "{v}, 1, 'counted'"),
    "product_prices": ("product_id, currency, amount_from, amount_to", "{p}, 'EUR', 100, 100"),
    "media": ("product_id, position, source_url", "{p}, 1, 'https://pictures.example/' || g"),
    "orders": (
        (
            "id, number, account_id, email, shipping_address, currency, subtotal, shipping, total, next_attempt_at, "
            "expires_at"
        ),
        "{o}, 'M-' || {number}, {v}, 'a@b.example', '{{\"country\": \"DE\"}}', 'EUR', 100, 0, 100, now(), now()",
    ),
    "order_lines": (
        "order_id, position, variant_id, sku, title, variant_title, slug, unit_price, quantity",
        "{o}, 1, {v}, 'SKU', 'title', '', 'slug', 100, 1",
    ),
    "order_events": ("order_id, version, kind", "{o}, 1, 'placed'"),
    "order_mails": ("order_id, kind", "{o}, 'confirmation'"),
    "order_search": ("order_id, placed_at, email, words", "{o}, now(), 'a@b.example', '{{M}}'"),
    "discount_codes": ("code, discount_id, once", "'CODE-' || g, {v}, false"),
    "documents": (
        "id, order_id, kind, series, seq, issued_on, language, currency, total, tax, content",
        (
            "{o}, {o}, 'invoice', 'INV', g, current_date, 'en', 'EUR', 100, 0, "
            '\'{{"total": 100, "tax": 0, "currency": "EUR"}}\''
        ),
    ),
    "cancellations": (
        "id, order_id, reason, restock, lines, created_by",
        "{o}, {o}, 'other', false, '[{{\"position\": 1, \"quantity\": 1}}]', {v}",
    ),
    "order_progress": ("order_id, refunded", "{o}, 100"),
    "line_progress": ("order_id, position, ordered", "{o}, 1, 1"),
    "returns": (
        "id, order_id, number, status, opened_by, reason",
        "{o}, {o}, 1, 'requested', 'shopper', 'late'",
    ),
    "provider_cases": (
        "id, payment_id, kind, status, amount, currency, provider_created_at, asked_at",
        "'du_' || g, {y}, 'dispute', 'needs_response', 100, 'EUR', now(), now()",
    ),
    "payments": (
        "id, order_id, amount, currency, status, create_key, next_check_at",
        "{y}, {o}, 100, 'EUR', 'created', 'create', now()",
    ),
    "payment_receipts": ("payment_id, reference, amount, currency", "{y}, 'receipt ' || g, 100, 'EUR'"),
    "refunds": (
        "id, payment_id, amount, currency, reason, origin, status, key, next_check_at",
        "{o}, {y}, 100, 'EUR', 'other', 'shop', 'requested', 'key ' || g, now()",
    ),
    "webhook_deliveries": ("message_id, endpoint_id", "{o}, {v}"),
    "ledger_transactions": ("id, payment_id, kind", "{y}, {y}, 'capture'"),
    "ledger_entries": (
        "transaction_id, position, account, side, amount, currency",
        "{y}, 0, 'customer_orders', 'credit', 100, 'EUR'",
    ),
}
# Of tables of one name in two services, that of the service whose table has this column.
ALIKE = {
    "refunds": (
        "goods",
        (
            "id, order_id, origin, status, amount, goods, shipping, adjustment, tax, shipping_tax, reason, accepted_at",
            "{o}, {o}, 'shop', 'refunded', 100, 100, 0, 0, 0, 0, 'other', now()",
        ),
    ),
}
# Tables that stay small in every shop.
SMALL = frozenset(
    (
        *("outbox_log", "inbox_cursor", "schema_migrations", "signing_keys", "job_schedule", "tax_rates", "profile"),
        *("categories", "collections"),
    )
)
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_NUMBER = " || ".join(f"substr('{_ALPHABET}', (g / {30**place} % 30)::integer + 1, 1)" for place in range(6))
_IDS = {each: f"md5('{each}' || g)::uuid" for each in "vpoy"} | {"number": _NUMBER}
_HAS = "select exists (select from information_schema.columns where table_name = $1 and column_name = $2)"
_TABLES = "select tablename::text from pg_tables where schemaname = 'public'"
_SPOKEN = re.compile(r"--[^\n]*|'[^']*'")


def touched(sql: str, tables: set[str]) -> list[str]:
    """Those of the tables that a migration names, in comments or texts not counted."""
    words = set(re.findall(r"[a-z_]+", _SPOKEN.sub(" ", sql)))
    return sorted(tables & words)


async def tables(connection: asyncpg.Connection[Any]) -> set[str]:
    """All tables of the database."""
    return {row[0] for row in await connection.fetch(_TABLES)}


async def fill(connection: asyncpg.Connection[Any], table: str, rows: int) -> None:
    """Have so many rows in a table. It is not filled again."""
    if await connection.fetchval(f'select exists (select from "{table}" limit 1)'):
        return
    columns, values = ROWS[table]
    if table in ALIKE:
        column, other = ALIKE[table]
        columns, values = other if await connection.fetchval(_HAS, table, column) else (columns, values)
    await connection.execute(
        "set session_replication_role = replica;"
        f'insert into "{table}" ({columns}) select {values.format(**_IDS)}'
        f" from generate_series(1::bigint, {rows}) g;"
        f'analyze "{table}"; set session_replication_role = origin'
    )
