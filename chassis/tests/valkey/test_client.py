from __future__ import annotations

import asyncio
import random

import pytest

from chassis.cache import client as valkey_client
from chassis.cache.client import Client, CommandError, NoScript, Overloaded
from chassis.testing.waiting import eventually
from chassis.tests.valkey.support import CountedWrites


async def test_every_kind_of_answer_is_read(client: Client):
    assert await client.execute("PING") == b"PONG"
    assert await client.execute("GET", "none") is None
    assert await client.execute("INCR", b"n") == 1
    assert await client.execute("SET", "ä\r\n$", "\r\n*1\r\n") == b"OK"
    assert await client.execute("GET", "ä\r\n$") == b"\r\n*1\r\n"
    assert await client.execute("INCRBYFLOAT", "f", 1.5) == b"1.5"
    assert await client.execute("EVAL", "return {1, {}, {'a', false}, -2}", 0) == [1, [], [b"a", None], -2]


async def test_a_refused_command_is_an_error_of_its_own_caller(client: Client):
    answers = await asyncio.gather(
        client.execute("SET", "text", "x"),
        client.execute("INCR", "text"),
        client.execute("EVALSHA", "0" * 40, 0),
        client.execute("GET", "text"),
        return_exceptions=True,
    )
    assert [type(answer) for answer in answers] == [bytes, CommandError, NoScript, bytes]
    assert str(answers[1]).startswith("ERR value is not an integer")


async def test_what_cannot_be_encoded_is_refused_before_it_is_sent(client: Client):
    with pytest.raises(UnicodeEncodeError):
        await client.execute("GET", "\ud800")
    with pytest.raises(TypeError):
        await client.execute("GET", None)  # type: ignore[arg-type]  # what a caller without types might do
    assert await client.execute("PING") == b"PONG"


async def test_commands_of_one_turn_of_the_loop_go_in_one_write(client: Client):
    counted = CountedWrites(client)
    assert await asyncio.gather(*(client.execute("ECHO", n) for n in range(100))) == [b"%d" % n for n in range(100)]
    assert counted.writes == 1


async def test_the_first_concurrent_commands_share_one_connection(valkey_url: str, client: Client):
    new = Client(valkey_url, timeout=60)
    ids = await asyncio.gather(*(new.execute("CLIENT", "ID") for _ in range(50)))
    assert len(set(ids)) == 1
    assert await new.execute("CLIENT", "ID") == ids[0]
    await new.aclose()


async def test_large_answers_arrive_whole(client: Client):
    large = random.Random(1).randbytes(20_000_000)
    await client.execute("SET", "large", large)
    many = client.execute("EVAL", "local t = {} for i = 1, 200000 do t[i] = i end return t", 0)
    answers = await asyncio.gather(client.execute("GET", "large"), client.execute("PING"), many)
    assert list(answers) == [large, b"PONG", list(range(1, 200_001))]


@pytest.mark.parametrize("how", ["cancelled", "out of time"])
async def test_a_cancelled_command_does_not_shift_the_answers_of_others(client: Client, how: str):
    chance = random.Random(how)

    async def ask(number: int) -> None:
        async with asyncio.timeout(chance.choice([0, 0.001, 30]) if how == "out of time" else 30):
            assert await client.execute("ECHO", number) == b"%d" % number

    for round_ in range(20):
        tasks = [asyncio.create_task(ask(round_ * 1000 + number)) for number in range(200)]
        for _ in range(chance.randrange(3)):
            await asyncio.sleep(0)
        if how == "cancelled":
            for task in chance.sample(tasks, 100):
                task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        assert {type(end) for end in ended} <= {type(None), asyncio.CancelledError, TimeoutError}
        assert sum(end is None for end in ended) >= 20
    assert await client.execute("ECHO", "last") == b"last"


async def test_a_command_cancelled_while_connecting_does_not_close_the_connection(valkey_url: str):
    new = Client(valkey_url, timeout=60)
    asking = [asyncio.ensure_future(new.execute("ECHO", n)) for n in range(3)]
    await asyncio.sleep(0)
    asking[0].cancel()
    assert (await asyncio.gather(*asking, return_exceptions=True))[1:] == [b"1", b"2"]
    await new.aclose()


async def test_commands_above_the_queue_limit_are_not_sent(client: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(valkey_client, "MAX_WAITING", 10)
    waiting = [client.execute("INCR", "n") for _ in range(10)]
    with pytest.raises(Overloaded):
        await client.execute("INCR", "n")
    assert await asyncio.gather(*waiting) == list(range(1, 11))
    assert await client.execute("INCR", "n") == 11


async def test_a_connection_that_the_server_closed_while_idle_is_opened_again(valkey_url: str, client: Client):
    other = Client(valkey_url, timeout=60)
    await client.execute("CLIENT", "KILL", "ID", await other.execute("CLIENT", "ID"))
    await eventually(lambda: other._connection is not None and other._connection.lost)
    assert await other.execute("PING") == b"PONG"
    await other.aclose()


async def test_no_timer_runs_while_the_client_is_idle(valkey_url: str):
    new = Client(valkey_url, timeout=2)
    await new.execute("PING")
    connection = new._connection
    assert connection is not None
    await eventually(lambda: connection._timer is None)
    assert await new.execute("PING") == b"PONG"
    assert connection is new._connection
    await new.aclose()


@pytest.mark.parametrize("when", ["connecting", "waiting", "idle"])
async def test_closing_fails_waiting_and_later_commands(valkey_url: str, when: str):
    new = Client(valkey_url, timeout=60)
    if when != "connecting":
        await new.execute("PING")
    asking = [asyncio.ensure_future(new.execute("BLPOP", "none", 0))] if when != "idle" else []
    await asyncio.sleep(0)
    await new.aclose()
    for ended in await asyncio.gather(*asking, return_exceptions=True):
        assert isinstance(ended, (ConnectionError, asyncio.CancelledError))
    with pytest.raises(ConnectionError):
        await new.execute("PING")
    await new.aclose()
