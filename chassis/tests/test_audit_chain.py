"""The chain of the audit log: what it shows, and that nobody waits for it."""

from __future__ import annotations

import asyncio
import hashlib

import asyncpg
import pytest

from chassis import audit
from chassis.ops import cli
from chassis.testing import hold_work, running_app
from chassis.worker import housekeeping


@pytest.fixture
async def service(bench):
    async with running_app("hello", bench) as service:
        # The tests call it.
        await hold_work(service.ctx.db, "chassis.chain_audit")
        yield service


@pytest.fixture
async def owner(service):
    connection = await asyncpg.connect(service.db_owner_url)
    yield connection
    await connection.close()


@pytest.fixture
def verify(service, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", service.ctx.settings.database_url.get_secret_value())

    async def run(*options: str) -> tuple[int, str]:
        outcome = await cli.run(cli.parser().parse_args(["audit-chain", *options]))
        return outcome.code, outcome.text

    return run


async def write(service, count: int = 1) -> None:
    async with service.ctx.db.write() as tx:
        for number in range(count):
            await audit.record(tx, "thing.done", f"thing:{number}", after={"price": number, "é": 1.5})


async def chained(service) -> None:
    await housekeeping.chain_audit(service.ctx)


async def tamper(owner, sql: str, table: str = "audit_lines") -> None:
    """As whoever owns the database may: without the triggers."""
    await owner.execute(f"alter table {table} disable trigger user; {sql}; alter table {table} enable trigger user")


async def test_each_line_has_a_place_once_whoever_chains(service, owner, verify):
    await write(service, 7)
    await asyncio.gather(*(chained(service) for _ in range(4)))
    await write(service, 3)
    await asyncio.gather(*(chained(service) for _ in range(4)))
    assert await owner.fetchval("select array_agg(position order by position) from audit_chain") == [*range(1, 11)]
    first = await owner.fetchrow(
        "select hash, audit_line_text(line) as text from audit_chain"
        " join audit_lines line on line.id = line_id where position = 1"
    )
    assert first["hash"] == hashlib.sha256(first["text"].encode()).digest()
    code, told = await verify()
    assert (code, "as it was written: 10 lines" in told) == (cli.DONE, True), told


async def test_a_line_that_is_committed_late_is_chained_later(service, owner, verify):
    late = await asyncpg.connect(service.db_owner_url)
    try:
        async with late.transaction():
            await late.execute("insert into audit_lines (action, outcome) values ('late.done', 'success')")
            await write(service, 2)
            await chained(service)
            assert await owner.fetchval("select count(*) from audit_chain") == 2
        await chained(service)
    finally:
        await late.close()
    assert await owner.fetchval("select count(*) from audit_chain") == 3
    assert (await verify())[0] == cli.DONE


@pytest.mark.parametrize("action", ["", "changed", "removed", "anew", "cut", "unchained"])
async def test_what_the_owner_of_the_database_does_is_told(service, owner, verify, action):
    await write(service, 5)
    await chained(service)
    head = await owner.fetchval("select position || ':' || encode(hash, 'hex') from audit_chain where position = 5")
    third = "(select line_id from audit_chain where position = 3)"
    if action == "changed":
        await tamper(owner, f"update audit_lines set actor_id = uuidv7() where id = {third}")
    elif action == "removed":
        await tamper(owner, f"delete from audit_lines where id = {third}")
    elif action == "anew":  # a line changed, and all hashes computed again
        await tamper(owner, f"update audit_lines set after = null where id = {third}")
        await tamper(owner, "delete from audit_chain", "audit_chain")
        await chained(service)
    elif action == "cut":
        await tamper(owner, "delete from audit_chain where position = 3", "audit_chain")
    elif action == "unchained":
        await tamper(
            owner,
            "insert into audit_lines (action, outcome, occurred_at) values ('x', 'success', now() - interval '2 h')",
        )
    expected = {
        "": "as it was written: 5 lines",
        "changed": "the line of place 3 is not as it was written",
        "removed": "the line of place 3 is gone",
        "anew": "place 5 has another hash than the log told",
        "cut": "places 3 to 3 are gone",
        "unchained": "1 lines older than an hour are not chained",
    }[action]
    code, told = await verify("--head", head)
    assert (code, expected in told) == (cli.NOTHING if action else cli.DONE, True), told


async def test_a_head_of_another_form_is_refused(service, verify):
    with pytest.raises(cli.CannotRun, match="a place and a hash"):
        await verify("--head", "5")
    assert "0 lines" in (await verify())[1]


async def test_the_running_service_may_read_the_chain_and_not_write_it(service, owner):
    await write(service)
    await chained(service)
    for sql in (
        "insert into audit_chain values (9, uuidv7(), sha256(''))",
        "update audit_chain set position = 9",
        "delete from audit_chain",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with service.ctx.db.write() as tx:
                await tx.execute(sql)
    with pytest.raises(asyncpg.RaiseError, match="append-only"):
        await owner.execute("update audit_chain set position = 9")


async def write_old(owner, days: int) -> None:
    """A line as it was written so many days ago."""
    ago = f"interval '{days} days'"
    await owner.execute(
        "insert into audit_lines (id, occurred_at, action, outcome)"
        f" values (uuidv7(-{ago}), now() - {ago}, 'old.done', 'success')"
    )


async def test_after_400_days_places_go_with_their_lines_and_the_rest_verifies(service, owner, verify):
    for _ in range(3):
        await write_old(owner, 401)
    await write(service)
    await chained(service)
    await tamper(
        owner, "update audit_chain set chained_at = now() - interval '401 d' where position < 4", "audit_chain"
    )
    await housekeeping.prune_audit(service.ctx)
    # The last of the old ones stays: it shows that none is gone before its time.
    assert await owner.fetchval("select array_agg(position order by position) from audit_chain") == [3, 4]
    assert (await verify())[0] == cli.DONE
    await tamper(owner, "delete from audit_chain where position = 3", "audit_chain")
    assert "places 1 to 3 are gone" in (await verify())[1]


async def test_a_chain_of_old_lines_alone_keeps_its_newest_place(service, owner, verify):
    for _ in range(2):
        await write_old(owner, 401)
    await chained(service)
    await tamper(owner, "update audit_chain set chained_at = now() - interval '401 d'", "audit_chain")
    await housekeeping.prune_audit(service.ctx)
    await write(service)
    await chained(service)
    assert await owner.fetchval("select array_agg(position order by position) from audit_chain") == [2, 3]
    assert (await verify())[0] == cli.DONE


async def test_lines_that_were_old_when_the_chain_began_may_go_with_their_time(service, owner, verify):
    await write_old(owner, 401)
    await write(service)
    await chained(service)
    assert (await verify())[0] == cli.DONE
    await housekeeping.prune_audit(service.ctx)
    assert await owner.fetchval("select count(*) from audit_lines") == 1
    assert (await verify())[0] == cli.DONE


async def test_it_reads_a_long_chain_in_parts(service, verify, monkeypatch):
    monkeypatch.setattr("chassis.ops.chained._AT_ONCE", 3)
    await write(service, 7)
    await chained(service)
    code, told = await verify()
    assert (code, "7 lines. Its newest place is 7:" in told) == (cli.DONE, True), told


async def test_what_was_chained_long_ago_is_not_read_again_by_any_plan(service, owner):
    await owner.execute(
        "insert into audit_lines (id, action, outcome)"
        " select uuidv7(make_interval(hours => -n)), 'old.done', 'success' from generate_series(1, 500) as n"
    )
    await chained(service)
    await write(service, 3)
    async with owner.transaction():
        # As a connection plans it that has run it often, where tables are large.
        await owner.execute("set local plan_cache_mode = force_generic_plan")
        for way in ("nestloop", "hashjoin", "seqscan", "bitmapscan"):
            await owner.execute(f"set local enable_{way} = off")
        assert await owner.fetchval("select audit_chain_extend(100)") == 3
        read = await owner.fetchval("select pg_stat_get_xact_tuples_returned('audit_chain_line_id_key'::regclass)")
    assert read < 10
