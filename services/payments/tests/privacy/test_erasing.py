"""An erasure takes the person out of the payments of orders once they are settled, and leaves the books as they are."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from chassis.resilience import failpoints
from chassis.values import uuid7
from payments.jobs import delete_customers, delete_old_erasures
from payments.privacy.columns import GONE
from payments.tests.customers.test_customers import at_stripe, session
from payments.tests.manual.test_manual import receive, waiting
from payments.tests.shop import Shop
from payments.usecases.check_books import check_books

WORD = "kanarienvogel"
_MINE = {"payments": "order_id = any($1)", "erasures": "subject = any($1)"}
_OF_PAYMENTS = "payment_id in (select id from payments where order_id = any($1))"


async def asked(shop: Shop, what: str, order_ids: list[UUID], **more: Any) -> httpx.Response:
    body = {"order_ids": [str(each) for each in order_ids], **more}
    return await shop.app.client.post(f"/internal/orders/{what}", json=body, headers=shop.app.caller("orders"))


async def rows(shop: Shop, order_ids: list[UUID]) -> dict[str, list[dict[str, Any]]]:
    names = ("payments", "refunds", "provider_events", "payment_receipts", "payment_declines", "ledger_transactions")
    found: dict[str, list[dict[str, Any]]] = {}
    for name in names:
        sql = f"select to_jsonb(t)::text as row from {name} t where {_MINE.get(name, _OF_PAYMENTS)} order by 1"
        found[name] = [json.loads(each["row"]) for each in await shop.rows(sql, order_ids)]
    return found


async def settled(shop: Shop) -> list[UUID]:
    """An order paid by card, a part of it given back, and one paid by transfer; a word is in all that may hold one."""
    by_card, by_transfer, refund_id = await shop.captured(), uuid7(), uuid7()
    await shop.refund(by_card, 1200, refund_id)
    await shop.refund_becomes(refund_id, "succeeded")
    for sent in await shop.events_of(by_card, 2):
        assert (await shop.deliver(sent)).status_code == 200
    await shop.told()
    made = (await waiting(shop, order_id=by_transfer)).json()
    assert (await receive(shop, made["payment_id"], f"{WORD} {by_transfer}")).status_code == 200
    orders = [by_card, by_transfer]
    await shop.rows(
        "update payments set details = $2, address = '\\x0011223344556677', version = version + 1"
        " where order_id = any($1)",
        *(orders, json.dumps({"number": "M-7F3K9Q", "name": WORD})),
    )
    payload = json.dumps({"type": "x", "data": {"object": {"description": WORD}}})
    await shop.rows(f"update provider_events set payload = $2 where {_OF_PAYMENTS}", orders, payload)
    await shop.rows(
        "insert into payment_declines (payment_id, reference, address) "
        "select id, 'ch_1', address from payments where order_id = any($1)",
        orders,
    )
    return orders


async def test_the_person_is_taken_out_once_and_the_books_stay(till: Shop):
    orders = await settled(till)
    assert (await asked(till, "open-matters", orders)).json() == {"open": []}
    before, entries = await rows(till, orders), await till.entries(orders[0])
    copy = (await asked(till, "copies", orders)).json()
    assert {name: len(found) for name, found in copy["tables"].items()} == {
        name: len(found) for name, found in before.items() if found
    }
    assert not {"client_secret", "address"} & copy["tables"]["payments"][0].keys()
    assert copy["next"] is None
    answers = await asyncio.gather(*(asked(till, "erasure", orders) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}, [each.text for each in answers]
    after = await rows(till, orders)
    for table, names in GONE.items():
        for name in names if table in after else ():
            was = {str(row[name]) for row in before[table] if row[name] is not None}
            assert was, f"nothing was planted in {table}.{name}"
            assert not was & {str(row[name]) for row in after[table]}, (table, name)
    assert WORD not in str(after)
    assert await till.entries(orders[0]) == entries
    assert after["ledger_transactions"] == before["ledger_transactions"]
    await check_books(till.app.ctx)
    assert (await asked(till, "erasure", orders)).status_code == 200
    assert await rows(till, orders) == after
    assert (await till.refund(orders[0], 100)).status_code == 202, "money still goes back"


async def test_what_is_not_settled_is_refused_and_nothing_of_the_others_is_erased(till: Shop):
    settled_order, open_order, asked_back = await till.captured(), uuid7(), await till.captured()
    await till.create(open_order)
    await till.hold_reconciler()
    refund_id = uuid7()
    await till.refund(asked_back, 100, refund_id)
    await till.refund_becomes(refund_id, "succeeded")
    await till.tampered("update refunds set status = 'pending', next_check_at = now() where id = $1", refund_id)
    await till.tampered(
        "insert into provider_cases (id, payment_id, kind, status, reason, amount, currency, provider_created_at,"
        " asked_at) select 'dp_1', id, 'dispute', 'needs_response', 'fraudulent', 1, 'EUR', now(), now() from payments"
        " where order_id = $1",
        asked_back,
    )
    orders = [settled_order, open_order, asked_back]
    before = await rows(till, orders)
    refused = await asked(till, "erasure", orders)
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (409, "erasure-blocked")
    told = "\n".join(refused.json()["reasons"])
    assert f"the payment of order {open_order} is not settled" in told
    assert f"a refund of order {asked_back} is under way" in told
    assert f"a dispute about order {asked_back} is open" in told
    assert (await asked(till, "open-matters", orders)).json()["open"] == refused.json()["reasons"]
    assert await rows(till, orders) == before
    assert await till.rows("select from erasures where subject = any($1)", orders) == []


async def test_an_accounts_customer_goes_and_the_database_keeps_who_was_erased(till: Shop):
    account_id, order_id = uuid7(), uuid7()
    await session(till, account_id)
    assert len(at_stripe(till, account_id)) == 1
    client, headers = till.app.client, till.app.caller("identity")
    path = f"/internal/people/{account_id}"
    copy = (await client.get(path, headers=headers)).json()
    assert [row["account_id"] for row in copy["tables"]["provider_customers"]] == [str(account_id)]
    assert (await client.get(f"{path}/erasure", headers=headers)).json() == {"open": []}
    for _ in range(2):
        wish = {"erasure_id": str(uuid7())}
        assert (await client.post(f"{path}/erasure", json=wish, headers=headers)).json() == {"erased": True}
    await delete_customers(till.app.ctx)
    assert at_stripe(till, account_id) == []
    # Of an order without a payment, too: orders asks for the list after a restore.
    assert (await asked(till, "erasure", [order_id])).status_code == 200
    listed = (await client.get("/internal/erasures", headers=headers)).json()
    assert {each["subject"]: each["kind"] for each in listed["erasures"]} == {
        str(account_id): "account",
        str(order_id): "order",
    }
    after = (
        await client.get("/internal/erasures", params={"after": str(max(account_id, order_id))}, headers=headers)
    ).json()
    assert after == {"erasures": [], "next": None}
    assert (await client.get(path)).status_code == 401
    assert (await client.get(path, params={"after": "WyJhIiwiAAAiXQ"}, headers=headers)).status_code == 422
    await till.rows("update erasures set erased_at = now() - interval '11 years' where subject = $1", order_id)
    await delete_old_erasures(till.app.ctx)
    left = await till.rows("select subject from erasures")
    assert [row["subject"] for row in left] == [account_id]


async def test_a_process_that_dies_has_erased_all_or_nothing_and_receipts_change_in_no_other_way(till: Shop):
    orders = await settled(till)
    before = await rows(till, orders)
    failpoints.configure("payments.erasure_written=raise*1")
    try:
        assert (await asked(till, "erasure", orders)).status_code == 500
    finally:
        failpoints.configure("")
    assert await rows(till, orders) == before
    change = f"update payment_receipts set reference = $2 where {_OF_PAYMENTS}"
    with pytest.raises(asyncpg.RestrictViolationError):
        await till.rows(
            "update payment_receipts set reference = 'erased ' || payment_id where $1::uuid[] is not null", orders
        )
    assert (await asked(till, "erasure", orders)).status_code == 200
    with pytest.raises(asyncpg.RestrictViolationError):
        await till.rows(change, orders, "another")
    with pytest.raises(asyncpg.RestrictViolationError):
        await till.rows(f"delete from payment_receipts where {_OF_PAYMENTS}", orders)
