"""The rules that a process keeps: read once, never of two versions, and read again after a change."""

from __future__ import annotations

import asyncio

from chassis.testing.databases import database_name
from chassis.testing.statements import Cost, counted
from orders.pricing.domain.places import Place
from orders.pricing.store import snapshot, taxes, versions, zones
from orders.pricing.store.taxes import RateFields
from orders.pricing.store.zones import ZoneFields
from orders.pricing.usecases.current_rules import KeptRules
from orders.tests.pricing.office import Office


def asked(cost: Cost, table: str) -> int:
    """How many statements read a table."""
    return sum(f"from {table}" in each.sql for each in cost.ran)


async def test_many_who_need_them_at_once_read_them_once(office: Office):
    ctx, kept = office.service.ctx, KeptRules()
    async with counted(office.service.bench.postgres, database_name("orders")) as cost:
        found = await asyncio.gather(*(kept.of_now(ctx, look=True) for _ in range(20)))
    assert len({id(rules) for rules, _ in found}) == 1
    read = {table: asked(cost, table) for table in ("pricing_versions", "shipping_zones", "tax_rates")}
    assert set(read.values()) == {1}, cost.told()


async def test_a_change_by_another_process_is_seen_when_somebody_looks(office: Office):
    ctx, kept = office.service.ctx, KeptRules(look_seconds=0)
    before, _ = await kept.of_now(ctx, look=True)
    await office.rate()
    assert (await kept.of_now(ctx, look=False))[0] is before
    after, _ = await kept.of_now(ctx, look=True)
    assert (after.version, len(after.taxes.rates)) == (before.version + 1, 1)
    assert (await kept.of_now(ctx, look=True))[0] is after


async def test_a_look_is_one_statement_and_none_for_some_seconds(office: Office):
    ctx, server = office.service.ctx, office.service.bench.postgres
    for kept, most in ((KeptRules(), 0), (KeptRules(look_seconds=0), 1)):
        await kept.of_now(ctx, look=True)
        async with counted(server, database_name("orders")) as cost:
            await kept.of_now(ctx, look=True)
        assert (asked(cost, "pricing_versions"), asked(cost, "tax_rates")) == (most, 0), cost.told()


async def test_the_time_is_that_of_the_database(office: Office):
    ctx, kept = office.service.ctx, KeptRules()
    await kept.of_now(ctx, look=True)
    async with ctx.db.read() as tx:
        before = (await versions.current(tx)).now
        _, now = await kept.of_now(ctx, look=True)
    assert abs((now - before).total_seconds()) < 1


async def test_what_is_read_while_rules_change_is_of_one_version(office: Office):
    """Each change writes a zone and a rate: whoever reads both of one version sees as many of both."""
    ctx, done = office.service.ctx, asyncio.Event()

    async def change() -> None:
        for number in range(25):
            async with ctx.db.write() as tx:
                await versions.bump(tx)
                await zones.insert(tx, ZoneFields(f"Z{number}", False, (Place("DE", f"R{number}"),)))
                await taxes.insert(tx, RateFields("DE", "", [], "standard", f"T{number}", 1, False, False, None, None))
        done.set()

    async def read() -> int:
        looks = 0
        while not done.is_set():
            async with ctx.db.write() as tx:
                rules, _ = await snapshot.load(tx, {})
            assert len(rules.shipping.zones) == len(rules.taxes.rates)
            looks += 1
        return looks

    _, *looks = await asyncio.gather(change(), read(), read(), read())
    assert all(looks)
