"""The checks of the books: right books pass, and each fault that is planted in them is told by itself."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import timedelta

import asyncpg
import pytest

from chassis.db import books
from chassis.ops import books as ops_books
from chassis.ops import cli
from chassis.ops.books import complaints
from proofs.tests.books_support import SERVICES, TWICE

GRACE = timedelta(hours=2)
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
        ("update orders set attention = 'paid_without_stock'", "there to be sent"),
        ("update order_progress set refunded = 90", "what its refunds hold"),
        ("delete from refunds; delete from order_progress", "What was given back of an order"),
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
        ("update refunds set amount = 90", "says that went back"),
        ("update refunds set status = 'failed', failure = 'x'", "says that went back"),
        (
            "delete from ledger_entries where amount = 100; delete from ledger_transactions where kind = 'refund'",
            "says that went back",
        ),
        ("update payments set refunds_sum = 0", "counts its refunds"),
        ("update refunds set currency = 'USD'", "counts its refunds"),
        ("delete from refunds", "counts its refunds"),
        ("update payments set currency = 'USD'", TAKEN),
        ("update payments set order_id = gen_random_uuid()", TAKEN),
        (TWICE, "charged once"),
        (
            "update payments set attention = 'amount_differs', attention_at = now() - interval '1 hour'",
            "what was ordered",
        ),
    ],
}


async def test_right_books_have_no_fault(urls):
    assert await complaints(urls, days=2, grace=GRACE) == []


async def test_the_auditor_reads_nothing_personal_and_no_secret(urls):
    for service, column in (("orders", "email"), ("orders", "shipping_address"), ("payments", "client_secret")):
        auditor = await asyncpg.connect(urls[service])
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await auditor.fetch(f"select {column} from {service}")
        await auditor.close()


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
    await plant(
        "payments", "update payments set amount = 900; update ledger_entries set amount = 900 where amount = 1000"
    )
    assert len(await complaints(urls, days=2, grace=timedelta(hours=2, minutes=50))) == 1
    # Ids are made when this file is read, which may be half an hour before.
    assert await complaints(urls, days=2, grace=timedelta(hours=8)) == []
    assert await complaints(urls, days=0.1, grace=GRACE) == []


async def test_an_event_that_arrives_while_the_books_are_checked_is_no_fault(urls, plant, monkeypatch):
    await plant(
        "payments", "update payments set amount = 900; update ledger_entries set amount = 900 where amount = 1000"
    )
    facts = ops_books._facts

    async def late(side, first, last):
        found = await facts(side, first, last)
        if found and side[0] == "payments":  # asked once, it learns of the event
            await plant(
                "payments",
                "update payments set amount = 1000; update ledger_entries set amount = 1000 where amount = 900",
            )
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
    shared = [check.name for service in (*SERVICES, "shop") for check in books.find(service) if check.shared]
    assert sorted(shared) == [
        "money",
        "money",
        "refunds",
        "refunds",
        "sales",
        "sales",
        "stock_of_orders",
        "stock_of_orders",
    ]  # a name that one service has alone compares nothing


def test_the_bound_of_a_check_is_asked_for_once_and_not_for_each_row():
    bounds = [sql for service in SERVICES for sql in (check.sql for check in books.find(service)) if "uuidv7(" in sql]
    assert bounds
    # Its result is another one at each call, so that no index would be asked for what is above it.
    assert [sql for sql in bounds if re.search(r"(?<!\(select )uuidv7\(", sql)] == []


def test_a_file_that_does_not_say_what_it_reads_is_refused(tmp_path, monkeypatch):
    folder = tmp_path / "booksless" / "books"
    folder.mkdir(parents=True)
    (tmp_path / "booksless" / "__init__.py").touch()
    (folder / "a.sql").write_text("-- True.\nselect 1")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ValueError, match=r"a\.sql needs a comment"):
        books.find("booksless")
