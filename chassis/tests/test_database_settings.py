"""What a service does with the settings of its database."""

from __future__ import annotations

import pytest

from chassis.testing import running_app


async def _shown(transaction, what: str) -> str:
    async with transaction as tx:
        return str(await tx.value(what))


@pytest.mark.parametrize(("seconds", "shown"), [(None, "5s"), (0.3, "300ms")])
async def test_it_waits_as_long_for_a_lock_as_it_is_told(bench, seconds, shown):
    given = {} if seconds is None else {"database_lock_seconds": seconds}
    async with running_app("hello", bench, **given) as service:
        for begin in (service.ctx.db.read, service.ctx.db.write):
            assert await _shown(begin(), "show lock_timeout") == shown


async def test_reports_are_read_where_the_replica_is(bench):
    elsewhere = bench.postgres.url("postgres")
    async with running_app("hello", bench, database_reader_url=elsewhere) as service:
        assert await _shown(service.ctx.db.report(), "select current_database()") == "postgres"
        assert await _shown(service.ctx.db.read(), "select current_database()") != "postgres"
