"""Saved customers: one for an account whoever asks at once, bound to its payments, and gone when the account goes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from chassis.resilience import failpoints
from chassis.values import uuid7
from payments.customers import delete_leaving
from payments.tests.double import SECRET_KEY
from payments.tests.shop import Shop
from payments.tests.stripe_front import StripeProxy

Fronted = tuple[Shop, StripeProxy]


async def session(shop: Shop, account_id: UUID, body: Any = None) -> httpx.Response:
    path = f"/internal/customers/{account_id}/sessions"
    given = {"consent": True} if body is None else body
    return await shop.app.client.post(path, json=given, headers=shop.app.caller("identity"))


async def leave(shop: Shop, account_id: UUID) -> httpx.Response:
    return await shop.app.client.delete(f"/internal/customers/{account_id}", headers=shop.app.caller("identity"))


def at_stripe(shop: Shop, account_id: UUID) -> list[dict[str, Any]]:
    """The account's customers at Stripe."""
    url, key = f"{shop.double.url}/v1/customers", {"Authorization": f"Bearer {SECRET_KEY}"}
    everybody = httpx.get(url, params={"limit": 100}, headers=key).raise_for_status().json()["data"]
    return [each for each in everybody if each["metadata"].get("account_id") == str(account_id)]


def delete_at_stripe(shop: Shop, customer_id: str) -> None:
    """As somebody would in Stripe's dashboard."""
    url, key = f"{shop.double.url}/v1/customers/{customer_id}", {"Authorization": f"Bearer {SECRET_KEY}"}
    httpx.delete(url, headers=key).raise_for_status()


async def stored(shop: Shop, account_id: UUID) -> Any:
    (row,) = await shop.rows("select * from provider_customers where account_id = $1", account_id)
    return row


async def test_an_account_gets_one_customer_however_many_ask_at_once(shop: Shop):
    account_id = uuid7()
    answers = await asyncio.gather(*(session(shop, account_id) for _ in range(10)))
    assert {each.status_code for each in answers} <= {200, 424}
    given = {each.json()["client_secret"] for each in answers if each.status_code == 200}
    assert given
    (customer,) = at_stripe(shop, account_id)
    assert (await stored(shop, account_id))["customer_id"] == customer["id"]
    assert (customer["email"], customer["name"]) == (None, None)
    assert customer["metadata"] == {"account_id": str(account_id), "shop": "http://localhost:8080"}
    again = (await session(shop, account_id)).json()
    assert again["client_secret"] not in given
    assert again["expires_at"] > "2026"
    assert len(at_stripe(shop, account_id)) == 1


async def test_a_payment_that_names_the_account_is_its_customers(shop: Shop):
    account_id, order_id, stranger = uuid7(), uuid7(), uuid7()
    await session(shop, account_id)
    for order, account in ((order_id, account_id), (stranger, uuid7())):
        body = {"order_id": str(order), "amount": 4200, "currency": "EUR", "account_id": str(account)}
        answer = await shop.app.client.post("/internal/payments", json=body, headers=shop.app.caller("orders"))
        assert answer.status_code == 200, answer.text
    customer_id = (await stored(shop, account_id))["customer_id"]
    intent = shop.double.intent(order_id)
    assert shop.double.whole(intent["id"])["customer"] == customer_id
    assert shop.double.whole(shop.double.intent(stranger)["id"])["customer"] is None
    assert [row["details"] for row in await shop.rows("select details from payments")] == [None, None]


async def test_a_customer_that_was_deleted_at_stripe_keeps_nobody_from_paying(shop: Shop):
    account_id, order_id = uuid7(), uuid7()
    await session(shop, account_id)
    delete_at_stripe(shop, (await stored(shop, account_id))["customer_id"])
    body = {"order_id": str(order_id), "amount": 4200, "currency": "EUR", "account_id": str(account_id)}
    for _ in range(2):
        answer = await shop.app.client.post("/internal/payments", json=body, headers=shop.app.caller("orders"))
        assert answer.status_code == 200, answer.text
    (intent,) = shop.double.intents(order_id)
    assert shop.double.whole(intent["id"])["customer"] is None


async def test_an_answer_that_is_lost_makes_no_second_customer(shop: Shop):
    account_id = uuid7()
    failpoints.configure("payments.after_customer_created=raise*1")
    assert (await session(shop, account_id)).status_code == 500
    assert (await stored(shop, account_id))["customer_id"] is None
    assert (await session(shop, account_id)).status_code == 200
    assert len(at_stripe(shop, account_id)) == 1
    # The provider forgets a key after a day: then it is asked whether the creation took effect.
    other = uuid7()
    failpoints.configure("payments.after_customer_created=raise*1")
    assert (await session(shop, other)).status_code == 500
    await shop.rows(
        "update provider_customers set create_key_at = now() - interval '23 h 1 min' where account_id = $1", other
    )
    assert (await session(shop, other)).status_code == 200
    assert len(at_stripe(shop, other)) == 1


async def test_a_spent_key_without_a_customer_is_exchanged_once(shop: Shop):
    account_id = uuid7()
    spent = "insert into provider_customers (account_id, create_key, create_key_at) values ($1, 'spent', $2)"
    await shop.rows(spent, account_id, datetime.now(UTC) - timedelta(days=2))
    failpoints.configure("payments.before_customer_created=raise*1")
    assert (await session(shop, account_id)).status_code == 500
    answers = await asyncio.gather(*(session(shop, account_id) for _ in range(6)))
    assert {each.status_code for each in answers} <= {200, 424}
    assert len(at_stripe(shop, account_id)) == 1
    assert (await stored(shop, account_id))["create_key"] == "spent.2"


async def test_a_deleted_account_has_no_customer_any_more_and_gets_none(shop: Shop):
    account_id, never = uuid7(), uuid7()
    await session(shop, account_id)
    for _ in range(2):
        for each in (account_id, never):
            answer = await leave(shop, each)
            assert (answer.status_code, answer.json()) == (202, {"deleted": True})
    refused = await session(shop, account_id)
    assert (refused.status_code, refused.json()["type"]) == (409, "customer-deleted")
    assert (await session(shop, never)).json()["type"] == "customer-deleted"
    await delete_leaving(shop.app.ctx)
    assert at_stripe(shop, account_id) == at_stripe(shop, never) == []
    row = await stored(shop, account_id)
    assert (row["customer_id"], row["gone_at"] is None) == (None, False)
    assert await shop.rows("select from provider_customers where gone_at is null") == []


@pytest.mark.parametrize("round_", range(2))
async def test_a_deletion_that_meets_a_creation_leaves_nobody_at_stripe(shop: Shop, round_: int):
    account_id = uuid7()
    both = [leave(shop, account_id), session(shop, account_id), session(shop, account_id)]
    answers = await asyncio.gather(*(both if round_ % 2 else both[::-1]))
    assert {each.status_code for each in answers} <= {200, 202, 409, 424}
    await delete_leaving(shop.app.ctx)
    assert at_stripe(shop, account_id) == []
    assert (await stored(shop, account_id))["gone_at"] is not None


async def test_a_deletion_is_made_up_for_after_an_outage_and_a_crash(fronted: Fronted):
    shop, front = fronted
    account_id = uuid7()
    await session(shop, account_id)
    await leave(shop, account_id)
    front.answers = [(500, b"{}")]
    await delete_leaving(shop.app.ctx)
    assert (await stored(shop, account_id))["gone_at"] is None
    failpoints.configure("payments.after_customer_deleted=raise*1")
    with pytest.raises(failpoints.InjectedFault):
        await delete_leaving(shop.app.ctx)
    assert at_stripe(shop, account_id) == []
    await delete_leaving(shop.app.ctx)
    assert (await stored(shop, account_id))["gone_at"] is not None


async def test_one_whose_creation_was_not_answered_is_found_and_deleted(shop: Shop):
    account_id = uuid7()
    failpoints.configure("payments.after_customer_created=raise*1")
    assert (await session(shop, account_id)).status_code == 500
    await leave(shop, account_id)
    await delete_leaving(shop.app.ctx)
    assert at_stripe(shop, account_id) == []


async def test_what_the_provider_does_not_give_is_told(fronted: Fronted):
    shop, front = fronted
    account_id = uuid7()
    await session(shop, account_id)
    refusal = b'{"error":{"type":"invalid_request_error","message":"No such customer","code":"resource_missing"}}'
    for answer, expected in (
        ((404, refusal), "customer-not-available"),
        ((500, b"{}"), "payment-provider-unavailable"),
        ((200, b'{"client_secret":7}'), "payment-provider-unavailable"),
        ((403, b'{"error":{"message":"No."}}'), "payment-not-available"),
    ):
        front.answers = [answer]
        assert (await session(shop, account_id)).json()["type"] == expected
    front.answers = [(200, b'{"object":"customer"}')]
    assert (await session(shop, uuid7())).json()["type"] == "payment-provider-unavailable"


async def test_without_consent_nothing_is_made(shop: Shop):
    account_id = uuid7()
    bodies: list[Any] = [{}, {"consent": False}, {"consent": "yes"}, {"consent": True, "more": 1}, []]
    for body in bodies:
        assert (await session(shop, account_id, body)).status_code == 422
    assert await shop.rows("select from provider_customers") == []
    assert at_stripe(shop, account_id) == []


async def test_customers_are_for_services_alone_and_keep_their_customer(shop: Shop):
    account_id = uuid7()
    path = f"/internal/customers/{account_id}"
    staff = shop.app.token(scopes=("payments:write",))
    assert (await shop.app.client.delete(path, headers=staff)).status_code == 401
    assert (await shop.app.client.post(f"{path}/sessions", json={"consent": True}, headers=staff)).status_code == 401
    await session(shop, account_id)
    for statement in (
        "update provider_customers set customer_id = 'cus_other'",
        "update provider_customers set customer_id = null",
        "delete from provider_customers",
    ):
        with pytest.raises(asyncpg.RestrictViolationError):
            await shop.rows(statement)
    await leave(shop, account_id)
    with pytest.raises(asyncpg.RestrictViolationError):
        await shop.rows("update provider_customers set deleted_at = null")
