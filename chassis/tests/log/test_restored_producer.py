"""A producer's database alone restored to a point in time, or failed over to its standby: who may read on, who not."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from chassis import outbox
from chassis.outbox import feed
from chassis.testing import eventually
from chassis.tests.log import clusters
from chassis.tests.log.support import Said, count_up, one, opened


async def events(ctx, after=""):
    found = (await feed.read(ctx.db, after, 500)).page.events
    return [event.version for event in found], [event.id for event in found]


async def test_after_a_point_in_time_restore_consumers_beyond_it_are_halted(monkeypatch):
    said = Said()
    monkeypatch.setattr("chassis.outbox.log._log", said)
    with clusters.folder() as place:
        archive = place / "archive"
        archive.mkdir()
        archiving = {"archive_mode": "on", "archive_command": f"cp %p {archive}/%f"}
        with clusters.running(place, "first", 5432, **archiving) as server:
            url = await clusters.with_database(server)
            clusters.copied(server, "restored")
            async with opened(url) as ctx:
                await outbox.check_epoch(ctx.db)
                thing = await count_up(ctx.db, 5)
                await clusters.ask(server, "select pg_create_restore_point('here')")
                await count_up(ctx.db, 3, thing, first=6)
                versions, cursors = await events(ctx)
                assert versions == [1, 2, 3, 4, 5, 6, 7, 8]
            written = await clusters.ask(server, "select pg_walfile_name(pg_current_wal_lsn())")
            await clusters.ask(server, "select pg_switch_wal()")
            archived = f"select last_archived_wal >= '{written}' from pg_stat_archiver"
            await eventually(lambda: clusters.ask(server, archived))
        (place / "restored" / "recovery.signal").touch()
        restoring = {"restore_command": f"cp {archive}/%f %p", "recovery_target_name": "here"}
        with clusters.running(place, "restored", 5432, recovery_target_action="promote", **restoring) as server:
            await clusters.promoted(server)
            async with opened(url) as ctx:
                await outbox.check_epoch(ctx.db)
                assert said.events == ["outbox.restored_or_promoted"]
                assert (await events(ctx, cursors[2]))[0] == [4, 5]
                # The place of event 8 is reached and passed by others, which whoever stood there would never see.
                await count_up(ctx.db, 40, thing, first=6)
                assert await one(ctx.db, "select max(xid)::text::bigint from outbox") > int(cursors[7].split(".")[1])
                assert (await events(ctx, cursors[4]))[0] == list(range(6, 46))
                for beyond in cursors[5:]:
                    with pytest.raises(feed.FeedEpochChanged):
                        await events(ctx, beyond)


async def test_after_a_failover_consumers_read_on_and_miss_no_event():
    with clusters.folder() as place, ExitStack() as machines:
        waits_for_standby = {"synchronous_standby_names": "*", "synchronous_commit": "local"}
        first = machines.enter_context(clusters.running(place, "first", 5432, **waits_for_standby))
        url = await clusters.with_database(first)
        clusters.copied(first, "second", "-R")
        with clusters.running(place, "second", 5433) as second:
            streaming = "select true from pg_stat_replication where state = 'streaming'"
            await eventually(lambda: clusters.ask(first, streaming))
            await clusters.ask(first, f"alter database {clusters.DATABASE} set synchronous_commit = 'on'")
            async with opened(url) as ctx:
                await outbox.check_epoch(ctx.db)
                thing = await count_up(ctx.db, 5)
                versions, cursors = await events(ctx)
                assert versions == [1, 2, 3, 4, 5]
            machines.close()
            await clusters.ask(second, "select pg_promote(wait := false)")
            await clusters.promoted(second)
            async with opened(second.url(clusters.DATABASE)) as ctx:
                await outbox.check_epoch(ctx.db)
                await count_up(ctx.db, 1, thing, first=6)
                for place_in_log, cursor in enumerate(cursors, start=1):
                    assert (await events(ctx, cursor))[0] == list(range(place_in_log + 1, 7))
