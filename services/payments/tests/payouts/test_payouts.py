"""The provider's balance: each movement is read and booked once, however often and by how many it is read."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest

from chassis.db import books
from chassis.resilience import failpoints
from chassis.testing import eventually
from chassis.testing.mailbox import Mailbox
from payments import metrics
from payments.payouts import count_payouts, read_balance
from payments.tests.conftest import STAFF
from payments.tests.payouts.conftest import balances, paid, report
from payments.tests.shop import Shop
from payments.tests.stripe_front import StripeProxy
from payments.tests.test_cases import told

FEE = 175  # of 100.00 in the double: 1.5 % and 0.25
NET = 10_000 - FEE


async def faults(shop: Shop) -> list[tuple[str, dict[str, Any]]]:
    """What the checks of the books find."""
    found = []
    for check in books.find("payments"):
        if not check.shared:
            rows = await shop.rows(check.sql)
            found += [(check.name, dict(row)) for row in rows]
    return found


async def paid_out(shop: Shop, currency: str) -> str:
    """The id of a payout of all available funds of a currency, which the bank has got."""
    payout = shop.double.control("payouts", currency=currency.lower())
    shop.double.control(f"payouts/{payout['id']}", status="paid")
    return payout["id"]


async def test_fees_and_payouts_are_booked_once_by_many_at_once(shop: Shop, currency: str):
    await paid(shop, currency)
    await read_balance(shop.app.ctx)
    assert await balances(shop, currency) == {
        "provider_receivable": NET,
        "provider_fees": FEE,
        "customer_orders": -10_000,
    }
    payout_id = await paid_out(shop, currency)
    await asyncio.gather(*(read_balance(shop.app.ctx) for _ in range(4)))
    assert await balances(shop, currency) == {
        "provider_receivable": 0,
        "bank": NET,
        "provider_fees": FEE,
        "customer_orders": -10_000,
    }
    line = await report(shop, currency)
    assert line == {
        "opening": 0, "captured": 10_000, "refunded": 0, "disputed": 0, "fees": FEE, "paid_out": NET, "closing": 0,
    }  # fmt: skip
    assert await report(shop, currency, "bank") == {**dict.fromkeys(line, 0), "paid_out": -NET, "closing": NET}
    shown = (await shop.staff(f"/payouts/{payout_id}")).json()
    assert (shown["status"], shown["amount"]) == ("paid", {"amount": NET, "currency": currency})
    assert shown["movements_sum"]["amount"] == 0
    assert [(each["type"], each["count"], each["amount"]["amount"]) for each in shown["contents"]] == [
        ("charge", 1, 10_000),
        ("payout", 1, -NET),
    ]
    assert await faults(shop) == []


async def test_a_payout_that_fails_after_it_was_paid_is_reversed_and_told(
    watched: tuple[Shop, StripeProxy, Mailbox], currency: str
):
    shop, _, mailbox = watched
    await paid(shop, currency)
    payout_id = await paid_out(shop, currency)
    await read_balance(shop.app.ctx)
    await count_payouts(shop.app.ctx)
    assert metrics.payouts_failed.value() == 0
    shop.double.control(f"payouts/{payout_id}", status="failed", failure_code="account_closed")
    for _ in range(2):
        await read_balance(shop.app.ctx)
    assert (await balances(shop, currency))["bank"] == 0
    assert (await balances(shop, currency))["provider_receivable"] == NET
    assert (await report(shop, currency))["paid_out"] == 0
    await count_payouts(shop.app.ctx)
    assert metrics.payouts_failed.value() == 1
    assert metrics.payouts_differing.value() == 0
    assert metrics.balance_read.value() > 0
    (item,) = (await shop.staff("/payouts?status=failed")).json()["items"]
    assert item["id"] == payout_id
    assert item["failure"] == "account_closed: The bank account has been closed."
    (mail,) = await eventually(lambda: mailbox.to(STAFF))
    assert mail["Subject"] == "A payout has failed"
    assert payout_id in mail.get_content()
    # The next one has its money.
    await paid_out(shop, currency)
    await read_balance(shop.app.ctx)
    await count_payouts(shop.app.ctx)
    assert metrics.payouts_failed.value() == 0


async def test_a_disputes_fee_is_booked_by_who_sees_it_first_and_its_money_once(shop: Shop, currency: str):
    _, intent_id = await paid(shop, currency)
    dispute_id = shop.double.control("disputes", payment_intent=intent_id)["id"]
    await read_balance(shop.app.ctx)
    assert (await balances(shop, currency))["provider_fees"] == FEE + 2000
    await told(shop, dispute_id, {"charge.dispute.created", "charge.dispute.funds_withdrawn"}, times=2)
    shop.double.control(f"disputes/{dispute_id}", status="won")
    await told(shop, dispute_id, {"charge.dispute.closed"})
    await read_balance(shop.app.ctx)
    assert await balances(shop, currency) == {
        "provider_receivable": NET - 2000,
        "provider_fees": FEE + 2000,
        "disputes": 0,
        "customer_orders": -10_000,
    }
    line = await report(shop, currency)
    assert (line["disputed"], line["fees"]) == (0, FEE + 2000)
    assert await faults(shop) == []


async def test_a_fee_of_the_providers_own_is_a_cost(shop: Shop, currency: str):
    await paid(shop, currency)
    shop.double.control("fees", amount=300, currency=currency.lower())
    await read_balance(shop.app.ctx)
    assert (await balances(shop, currency))["provider_fees"] == FEE + 300
    assert await faults(shop) == []


async def test_what_dies_between_pages_is_read_again(shop: Shop, currency: str):
    await paid(shop, currency)
    failpoints.configure("payments.after_movements_recorded=raise*1")
    with pytest.raises(failpoints.InjectedFault):
        await read_balance(shop.app.ctx)
    assert await shop.rows("select from balance_cursor") == []
    await read_balance(shop.app.ctx)
    assert (await balances(shop, currency))["provider_fees"] == FEE
    assert len(await shop.rows("select from balance_cursor")) == 1


async def test_while_the_provider_does_not_answer_nothing_is_passed_over(
    fronted: tuple[Shop, StripeProxy], currency: str
):
    shop, front = fronted
    await paid(shop, currency)
    failed = metrics.balance_reads.value("failed")
    front.answers = [(500, b"{}")]
    await read_balance(shop.app.ctx)
    assert metrics.balance_reads.value("failed") == failed + 1
    assert await shop.rows("select from balance_cursor") == []
    front.calls.clear()
    await read_balance(shop.app.ctx)
    assert (await balances(shop, currency))["provider_fees"] == FEE
    # What a reading costs where nothing is new: the movements of a span, and the payouts.
    front.calls.clear()
    await read_balance(shop.app.ctx)
    assert len(front.calls) == 2


async def test_an_unknown_movement_is_told_and_an_unreadable_one_left_out(
    fronted: tuple[Shop, StripeProxy], currency: str
):
    shop, front = fronted
    await paid(shop, currency)
    row = (
        b'{"id":"txn_new","object":"balance_transaction","amount":-500,"fee":7,"currency":"%s",'
        b'"created":1795000000,"type":"issuing_transaction","reporting_category":"issuing_transaction"}'
    )
    empty = (200, b'{"object":"list","data":[],"has_more":false}')
    page = b'{"object":"list","data":[%s,{"object":"balance_transaction"}],"has_more":false}'
    front.answers = [(200, page % (row % currency.lower().encode())), empty]
    await read_balance(shop.app.ctx)
    assert await balances(shop, currency) == {
        "provider_receivable": 10_000 - 7,
        "provider_fees": 7,
        "customer_orders": -10_000,
    }
    await count_payouts(shop.app.ctx)
    assert metrics.movements_unknown.value() == 1


async def test_the_checks_of_the_books_tell_what_is_missing(shop: Shop, currency: str):
    await paid(shop, currency)
    await paid_out(shop, currency)
    await read_balance(shop.app.ctx)
    assert await faults(shop) == []
    connection = await asyncpg.connect(shop.app.db_owner_url)
    await connection.execute("set session_replication_role = replica")  # no trigger fires: the books are tampered with
    await connection.execute("update ledger_entries set amount = 1 where account = 'bank' and currency = $1", currency)
    names = {name for name, _ in await faults(shop)}
    assert names == {"ledger_imbalance"}
    await connection.execute("update ledger_entries set amount = 1 where amount = $1 and currency = $2", NET, currency)
    names = {name for name, _ in await faults(shop)}
    assert names == {"movements_are_booked"}
    for constraint in ("kind", "payment"):
        await connection.execute(f"alter table ledger_transactions drop constraint ledger_transactions_{constraint}")
    await connection.execute("update ledger_transactions set kind = 'gift' where kind = 'fee'")
    names = {name for name, _ in await faults(shop)}
    assert names == {"movements_are_booked", "daily_adds_up"}
    await connection.close()


async def test_movements_and_payouts_cannot_be_changed(shop: Shop, currency: str):
    await paid(shop, currency)
    await read_balance(shop.app.ctx)
    for statement in (
        "update balance_movements set amount = 1",
        "update balance_movements set known = not known",
        "delete from balance_movements",
    ):
        with pytest.raises(asyncpg.RestrictViolationError):
            await shop.rows(statement)


async def test_payouts_are_listed_newest_first(shop: Shop):
    put = (
        "insert into payouts (id, amount, currency, status, automatic, arrives_on, complete, provider_created_at,"
        " asked_at) select 'po_' || n, n, 'EUR', 'paid', false, '2026-11-29', false,"
        " timestamptz '2026-11-01' + n * '1 h'::interval, now() from generate_series(1, 3) n"
    )
    await shop.rows(put)
    first = (await shop.staff("/payouts?limit=2")).json()
    assert [item["id"] for item in first["items"]] == ["po_3", "po_2"]
    rest = (await shop.staff(f"/payouts?cursor={first['next_cursor']}")).json()
    assert [item["id"] for item in rest["items"]] == ["po_1"]
    assert rest["next_cursor"] is None
    assert (await shop.staff("/payouts/po_1")).json()["movements_sum"] is None
    assert (await shop.staff("/payouts/po_none")).status_code == 404
    for path in ("/payouts?status=a%00", "/payouts?status=" + "x" * 51, "/payouts?cursor=abc", f"/payouts/{'x' * 256}"):
        assert (await shop.staff(path)).status_code == 422, path
    for path in ("/payouts", "/payouts/po_1", "/reports/daily", "/reports/daily/csv"):
        assert (await shop.app.client.get(f"/api/v1/admin{path}")).status_code == 401
        assert (await shop.staff(path, "orders:read")).status_code == 403
