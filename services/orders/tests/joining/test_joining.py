"""Orders that were placed as a guest are in the account whose owner has their address, and in nobody else's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import count
from uuid import UUID

import argon2
import asyncpg
import httpx
import pytest
import pytest_asyncio

from chassis.testing import eventually, live_service, running_app
from orders.joining.usecases import join_orders as joining
from orders.joining.usecases.join_orders import JoinOrders, join_orders
from orders.settings import RATES
from orders.tests.fulfilment.desk import Desk

pytestmark = pytest.mark.asyncio(loop_scope="module")
_numbers = count(1)
_PASSWORD = "correct horse battery staple"
_HASH = argon2.PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1).hash(_PASSWORD)
_VERIFIED = """
with verified as (
    update accounts set email_verified_at = now(), version = version + 1 where id = $1 returning id, version
)
insert into outbox (type, aggregate, aggregate_id, version, data)
select 'account.email_verified', 'account', id, version, jsonb_build_object('account_id', id) from verified
"""


class Town(Desk):
    """People with accounts at identity, and the orders of some."""

    identity: asyncpg.Connection
    identity_url: str

    async def guest(self, email: str, *, pending: bool = False) -> UUID:
        order_id = await self.paid(1)
        await self.execute("update orders set email = $2 where id = $1", order_id, email)
        if pending:
            state = "status = 'pending_payment', payment = 'open', stock = 'held', paid_at = null"
            await self.execute(
                f"update orders set {state}, next_attempt_at = now() + interval '1 d' where id = $1", order_id
            )
        return order_id

    async def join(self, email: str = "", *, verified: bool = True) -> UUID:
        sql = "insert into accounts (email, password_hash, version) values ($1, $2, 1) returning id"
        account_id: UUID = await self.identity.fetchval(sql, email, _HASH)
        if verified:
            await self.identity.execute(_VERIFIED, account_id)
        return account_id

    async def owner(self, order_id: UUID) -> UUID | None:
        found: UUID | None = await self.value("select account_id from orders where id = $1", order_id)
        return found

    async def headers(self, email: str) -> dict[str, str]:
        """Of whoever signs in with this address, at identity itself."""
        async with httpx.AsyncClient() as client:
            wish = {"email": email, "password": _PASSWORD}
            answer = await client.post(f"{self.identity_url}/api/v1/sessions", json=wish)
        assert answer.status_code == 201, answer.text
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    async def listed(self, email: str) -> list[str]:
        answer = await self.service.client.get("/api/v1/orders", headers=await self.headers(email))
        assert answer.status_code == 200, answer.text
        return [each["id"] for each in answer.json()["items"]]


def address() -> str:
    return f"guest{next(_numbers)}@example.com"


@pytest.fixture(scope="module")
def identity(bench, tmp_path_factory):
    key_file = tmp_path_factory.mktemp("town") / "key"
    key_file.write_bytes(bytes(32))
    callers = bench.keyring.callers_file({"orders"})
    with live_service("identity", bench, KEY_ENCRYPTION_KEY_FILE=str(key_file), CALLERS_FILE=str(callers)) as service:
        yield service


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(bench, identity) -> AsyncIterator[Town]:
    nobody = ["http://127.0.0.1:9"]
    urls = {"catalog": nobody, "payments": nobody, "identity": [identity.url]}
    async with running_app("orders", bench, urls=urls, **dict.fromkeys(RATES, "100000/min")) as service:
        town = Town(service, UUID(int=7))
        town.identity_url = identity.url
        town.identity = await asyncpg.connect(identity.db_owner_url)
        await town.execute("update invoicing set paid_until = now() + interval '1 day'")
        yield town
        await town.identity.close()


async def test_the_orders_of_an_address_join_the_account_once_it_is_verified_and_no_others_do(town: Town) -> None:
    email = address()
    mine = [await town.guest(email) for _ in range(2)]
    others = await town.guest(address())
    account_id = await town.join(email, verified=False)
    await join_orders(town.service.ctx, JoinOrders(account_id, waits=True))
    assert [await town.owner(order_id) for order_id in mine] == [None, None], "anybody can type an address"
    await town.identity.execute(_VERIFIED, account_id)
    await eventually(lambda: _is(town.owner(mine[0]), account_id))
    assert await town.listed(email) == [str(order_id) for order_id in reversed(mine)]
    assert await town.owner(others) is None
    line = "select after::text from audit_lines where action = 'orders.joined' and object = $1"
    assert str(mine[0]) in await town.value(line, f"account:{account_id}")


async def test_the_guests_token_opens_the_order_as_before_and_other_tokens_do_not(town: Town) -> None:
    email = address()
    order_id, other = await town.guest(email), await town.guest(address())
    account_id = await town.join(email)
    await eventually(lambda: _is(town.owner(order_id), account_id))
    client, path = town.service.client, f"/api/v1/orders/{order_id}"
    assert (await client.get(path, headers=town.key_of(order_id))).status_code == 200
    assert (await client.get(path, headers=await town.headers(email))).status_code == 200
    assert (await client.get(path, headers=town.key_of(other))).status_code == 404
    stranger = address()
    await town.join(stranger)
    assert (await client.get(path, headers=await town.headers(stranger))).status_code == 404
    assert (await client.get(path)).status_code == 404


async def test_an_order_that_is_being_paid_joins_when_it_has_ended(town: Town) -> None:
    email = address()
    order_id = await town.guest(email, pending=True)
    account_id = await town.join(email)
    later = "run_at > now() + interval '50 min'"
    job = f"select count(*) from jobs where name = $1 and payload->>'account_id' = $2 and {later}"
    await eventually(lambda: _is(town.value(job, joining.JOIN, str(account_id)), 1))
    assert await town.owner(order_id) is None
    with pytest.raises(asyncpg.CheckViolationError):
        await town.execute("update orders set account_id = $2 where id = $1", order_id, account_id)
    ended = "status = 'paid', payment = 'captured', stock = 'committed', paid_at = now(), next_attempt_at = null"
    await town.execute(f"update orders set {ended} where id = $1", order_id)
    await town.execute("update jobs set run_at = now() where payload->>'account_id' = $1", str(account_id))
    await join_orders(town.service.ctx, JoinOrders(account_id, waits=True))
    assert await town.owner(order_id) == account_id


async def test_many_at_once_join_each_order_once(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """More orders than one transaction takes."""
    monkeypatch.setattr(joining, "AT_ONCE", 2)
    email = address()
    orders = [await town.guest(email) for _ in range(5)]
    account_id = await town.join(email, verified=False)
    await town.identity.execute("update accounts set email_verified_at = now() where id = $1", account_id)
    job = JoinOrders(account_id, waits=True)
    await asyncio.gather(*(join_orders(town.service.ctx, job) for _ in range(4)))
    assert {await town.owner(order_id) for order_id in orders} == {account_id}
    told = "select after->'orders' from audit_lines where action = 'orders.joined' and object = $1"
    lines = [each["orders"] for each in await town.rows(f"{told[:22]} as orders {told[22:]}", f"account:{account_id}")]
    assert sorted(order_id for line in lines for order_id in line) == sorted(map(str, orders))


async def test_what_was_ordered_as_a_guest_since_joins_when_its_owner_asks(town: Town) -> None:
    email = address()
    account_id = await town.join(email)
    order_id = await town.guest(email)
    headers = await town.headers(email)
    assert (await town.service.client.post("/api/v1/orders/joins", headers=headers)).status_code == 202
    await eventually(lambda: _is(town.owner(order_id), account_id))
    assert (await town.service.client.post("/api/v1/orders/joins")).status_code == 401


async def test_a_locked_account_gets_no_orders(town: Town) -> None:
    email = address()
    order_id, account_id = await town.guest(email), await town.join(email, verified=False)
    sql = "update accounts set email_verified_at = now(), status = 'disabled' where id = $1"
    await town.identity.execute(sql, account_id)
    await join_orders(town.service.ctx, JoinOrders(account_id, waits=True))
    assert await town.owner(order_id) is None


async def _is(found, wanted) -> bool:
    return bool(await found == wanted)
