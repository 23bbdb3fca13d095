"""The checks of the books: right books pass, and each fault that is planted in them is told by itself."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from chassis.db import books
from chassis.db.roles import grants_of_auditor
from chassis.ops import books as ops_books
from chassis.ops import cli
from chassis.ops.books import complaints, first_id
from chassis.testing.databases import database_name, empty_database

SERVICES = ("catalog", "orders", "payments")
GRACE = timedelta(hours=2)
# An order of three pieces, placed three hours ago, paid and sold; another one that was left unpaid.
VARIANT, PAID, LEFT = (f"'{first_id(datetime.now(UTC) - timedelta(hours=hours))}'::uuid" for hours in (0, 3, 4))
RIGHT = {
    "orders": f"""
        insert into orders (id, number, token_hash, email, currency, subtotal, shipping, total, status, payment, stock,
                            placed_at, paid_at, expires_at)
        select {PAID}, 'M-222222', sha256('a'), 'a@b.example', 'EUR', 900, 100, 1000, 'paid', 'captured', 'committed',
               now() - interval '3 hours', now() - interval '3 hours', now();
        insert into order_lines (order_id, position, variant_id, sku, title, variant_title, slug, unit_price, quantity)
        select {PAID}, 1, {VARIANT}, 's', 't', 'v', 's', 300, 3;
        insert into order_mails (order_id, kind) select {PAID}, 'confirmation';
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
    """,
}
TAKEN, GOODS, LEDGER = "What was taken for an order", "of an order's goods", "what the ledger says"
FAULTS = {
    "orders": [
        ("update orders set status = 'stock_committed', paid_at = null, next_attempt_at = now()", "Every order ends"),
        ("update order_lines set quantity = 2", "add up to its subtotal"),
        ("delete from order_lines", "add up to its subtotal"),
        ("delete from order_mails", "told so by mail"),
        ("update orders set subtotal = 800, total = 900", TAKEN),
        ("update orders set paid_at = null, status = 'authorised', stock = 'held', next_attempt_at = now()", GOODS),
        ("delete from orders", TAKEN),
    ],
    "catalog": [
        ("update stock set on_hand = 8", "sum of its movements"),
        ("update stock set reserved = 2", "what orders hold"),
        ("update stock set on_hand = -1; update stock_movements set delta = 2 where delta = 10", "Nothing is oversold"),
        ("delete from stock_movements where order_id is not null", "sum of its movements"),
        ("update reservations set status = 'held', expires_at = now() - interval '3 hours'", "until its hold lapses"),
        ("update reservations set status = 'released'", GOODS),
        ("update reservations set status = 'committed'", GOODS),
    ],
    "payments": [
        ("update ledger_entries set amount = 900 where side = 'credit'", "balance in each currency"),
        ("delete from ledger_entries", "has entries"),
        ("update ledger_entries set amount = 900", LEDGER),
        ("update ledger_entries set currency = 'USD'", LEDGER),
        ("delete from ledger_entries; delete from ledger_transactions", LEDGER),
        ("update payments set amount = 900", TAKEN),
        ("update payments set currency = 'USD'", TAKEN),
        ("update payments set order_id = gen_random_uuid()", TAKEN),
    ],
}


@pytest.fixture(scope="module")
def urls(postgres):
    """Databases with right books, as the auditor."""
    return asyncio.run(make(postgres))


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


async def test_right_books_have_no_fault(urls):
    assert await complaints(urls, days=2, grace=GRACE) == []


async def test_the_auditor_reads_nothing_personal_and_no_secret(urls):
    for service, column in (("orders", "email"), ("orders", "shipping_address"), ("payments", "client_secret")):
        auditor = await asyncpg.connect(urls[service])
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await auditor.fetch(f"select {column} from {service}")
        await auditor.close()


@pytest.fixture
async def plant(postgres, urls):
    """Changes what is right in a service's database, until the end of the test."""
    planted = []

    async def plant(service, sql):
        planted.append(service)
        await as_owner(postgres, service, f"set session_replication_role = replica; {sql}")  # no trigger fires

    yield plant
    for service in planted:
        await empty_database(postgres, service, "books")
        await as_owner(postgres, service, RIGHT[service])


@pytest.mark.parametrize(
    ("service", "sql", "said"), [(name, *fault) for name, each in FAULTS.items() for fault in each]
)
async def test_a_planted_fault_is_told(urls, plant, monkeypatch, service, sql, said):
    monkeypatch.setattr(ops_books, "_PAUSE_SECONDS", 0)
    await plant(service, sql + (" where status = 'paid'" if "update orders" in sql else ""))
    found = await complaints(urls, days=2, grace=GRACE)
    assert any(said in line for line in found), found


async def test_what_is_younger_than_the_grace_period_may_still_be_under_way(urls, plant, monkeypatch):
    monkeypatch.setattr(ops_books, "_PAUSE_SECONDS", 0)
    await plant("payments", "update payments set amount = 900; update ledger_entries set amount = 900")
    assert len(await complaints(urls, days=2, grace=timedelta(hours=2, minutes=50))) == 1
    # Ids are made when this file is read, which may be half an hour before.
    assert await complaints(urls, days=2, grace=timedelta(hours=8)) == []
    assert await complaints(urls, days=0.1, grace=GRACE) == []


async def test_an_event_that_arrives_while_the_books_are_checked_is_no_fault(urls, plant, monkeypatch):
    await plant("payments", "update payments set amount = 900; update ledger_entries set amount = 900")
    facts = ops_books._facts

    async def late(side, first, last):
        found = await facts(side, first, last)
        if found and side[0] == "payments":  # asked once, it learns of the event
            await plant("payments", "update payments set amount = 1000; update ledger_entries set amount = 1000")
        return found

    monkeypatch.setattr(ops_books, "_facts", late)
    monkeypatch.setattr(ops_books, "_PAUSE_SECONDS", 0)
    assert await complaints(urls, days=2, grace=GRACE) == []


async def test_the_command_ends_by_what_it_found(urls, plant, monkeypatch, capsys, tmp_path):
    for service, url in urls.items():
        (tmp_path / f"{service}_auditor_url").write_text(url + "\n")
    monkeypatch.setenv("MERCAT_SECRETS_DIR", str(tmp_path))
    assert await asyncio.to_thread(cli.main, ["books", *SERVICES]) == 0
    assert capsys.readouterr().out == "The books are right: catalog, orders, payments.\n"
    await plant("orders", "delete from order_mails")
    assert await asyncio.to_thread(cli.main, ["books", *SERVICES, "--json"]) == 1
    (line,) = json.loads(capsys.readouterr().out)["wrong"]
    assert line.startswith("orders: Whoever has paid has been told so by mail")
    assert await asyncio.to_thread(cli.main, ["books", *SERVICES, "identity"]) == 2
    assert "DATABASE_URL_IDENTITY" in capsys.readouterr().err
    monkeypatch.setenv("DATABASE_URL_ORDERS", "postgresql://nobody@/nothing?host=/nowhere")
    assert await asyncio.to_thread(cli.main, ["books", *SERVICES]) == 2
    assert "cannot be checked" in capsys.readouterr().err


def test_each_service_with_money_goods_or_orders_has_checks():
    found = {service: {check.name for check in books.find(service) if not check.shared} for service in SERVICES}
    assert all(found.values())
    shared = [check.name for service in SERVICES for check in books.find(service) if check.shared]
    assert sorted(shared) == ["money", "money", "stock", "stock"]  # a name that one service has alone compares nothing


def test_a_file_that_does_not_say_what_it_reads_is_refused(tmp_path, monkeypatch):
    folder = tmp_path / "booksless" / "books"
    folder.mkdir(parents=True)
    (tmp_path / "booksless" / "__init__.py").touch()
    (folder / "a.sql").write_text("-- True.\nselect 1")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ValueError, match=r"a\.sql needs a comment"):
        books.find("booksless")
