"""Jobs of one name leave places for others."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from pydantic import SecretStr

from chassis.jobs import JobTable, claims
from chassis.mail import SmtpSender
from chassis.testing import eventually
from chassis.tests.log.jobs_support import Recorder, add
from chassis.tests.log.support import Note, node


@pytest.fixture
async def silent():
    """A mail server that takes connections and says nothing."""

    async def nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(nothing, "127.0.0.1", 0)
    async with server:
        yield f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_a_mail_server_that_hangs_blocks_no_other_jobs(bench, silent):
    table, sender, began, done = JobTable(), SmtpSender(SecretStr(silent)), Counter[str](), list[str]()

    @table.task("mail")
    async def mail(_ctx, _payload: Note) -> None:
        began["mail"] += 1
        await sender.send("shop@mercat.example", "ada@example.com", b"Subject: Hello\r\n\r\n")

    @table.task("other")
    async def other(_ctx, payload: Note) -> None:
        done.append(payload.text)

    async with node(bench, "jobs", jobs=table) as ctx, sender:
        async with ctx.db.write() as tx:
            for number in range(40):
                await ctx.jobs.enqueue(tx, "mail", Note(str(number)))
        await eventually(lambda: began["mail"] == claims.OF_ONE_NAME, what="mails in all places of theirs")
        async with ctx.db.write() as tx:
            for number in range(20):
                await ctx.jobs.enqueue(tx, "other", Note(str(number)))
        await eventually(lambda: len(done) == 20, timeout=60, what="other work")
        assert began["mail"] == claims.OF_ONE_NAME


async def test_a_transaction_that_fails_gives_its_place_to_a_job_that_waits(bench, rests):
    seen, kept, fail = Recorder(), asyncio.Event(), asyncio.Event()
    seen.gate.clear()
    async with node(bench, "jobs", jobs=seen.table) as ctx:

        async def failing() -> None:
            async with ctx.db.write() as tx:
                await ctx.jobs.enqueue(tx, "note", Note("never"))
                kept.set()
                await fail.wait()
                raise RuntimeError("the cause fails")

        await rests.wait()
        await add(ctx, *"abcdefg")
        await eventually(lambda: seen.began == [*"abcdefg"])
        cause = asyncio.create_task(failing())
        await kept.wait()
        await add(ctx, "waits")
        fail.set()
        with pytest.raises(RuntimeError):
            await cause
        await eventually(lambda: seen.began == [*"abcdefg", "waits"])
        seen.gate.set()


@pytest.mark.parametrize(
    ("running", "free", "shares"),
    [
        ({}, 16, {"a": 8, "b": 8, "c": 8}),
        ({"a": 8}, 8, {"a": 0, "b": 7, "c": 7}),
        ({"a": 8, "b": 7}, 1, {"a": 0, "b": 0, "c": 1}),
        ({"a": 5, "b": 5, "c": 5}, 1, {"a": 1, "b": 1, "c": 1}),
        ({"a": 14}, 2, {"a": 0, "b": 1, "c": 1}),
        ({"a": 8, "b": 8}, 0, {"a": 0, "b": 0, "c": 0}),
    ],
)
def test_each_job_name_without_a_running_job_has_a_reserved_slot(running, free, shares):
    assert claims.places(["a", "b", "c"], running, free) == shares
