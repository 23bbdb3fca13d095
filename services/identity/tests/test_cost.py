"""What the two requests that every visitor makes may cost in PostgreSQL. Lower a number when one costs less."""

from __future__ import annotations

from chassis.cache.client import Client
from chassis.testing.databases import database_name
from chassis.testing.statements import counted

ME = "/api/v1/accounts/me"
# Read the hash; begin, lock the account, insert the session, look for too many, write the audit line, commit.
SIGN_IN = 7


async def test_who_am_i_is_one_statement(service, sign_up, sign_in, record_count):
    await sign_up()
    session = await sign_in()
    await service.client.get(ME, headers=session["headers"])
    async with counted(service.bench.postgres, database_name("identity")) as cost:
        assert (await service.client.get(ME, headers=session["headers"])).status_code == 200
    statements = cost.work("identity").statements
    record_count("who am I", statements=statements)
    assert statements == 1, cost.told()


async def test_a_sign_in_is_one_transaction_and_one_read(service, sign_up, sign_in, record_count):
    await sign_up()
    await sign_in()
    async with counted(service.bench.postgres, database_name("identity")) as cost:
        await sign_in()
    mine = cost.work("identity")
    record_count("a sign-in", statements=mine.statements, transactions=mine.begun)
    assert (mine.statements, mine.begun, mine.commits) == (SIGN_IN, 1, 1), cost.told()


async def test_all_limits_of_a_sign_in_are_one_call_of_valkey(service, sign_up, sign_in):
    await sign_up()
    await sign_in()
    client = Client(service.bench.valkey_url, timeout=60)

    async def scripts() -> int:
        stats: bytes = await client.execute("INFO", "commandstats")
        return int(stats.partition(b"cmdstat_evalsha:calls=")[2].partition(b",")[0])

    before = await scripts()
    await sign_in()
    assert await scripts() - before == 1
    await client.aclose()
