from __future__ import annotations

import asyncio
import os
import select
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from chassis.cache.client import Client, CommandError, ProtocolError
from chassis.testing.servers import free_port, valkey_server
from chassis.testing.waiting import eventually


@asynccontextmanager
async def answering(*parts: bytes, close: bool = False) -> AsyncIterator[Client]:
    """A client of a server that sends this once it is asked, and stays silent or closes then."""
    served: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.append(writer)
        await reader.read(100)
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0)
        if close:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    client = Client(f"valkey://127.0.0.1:{server.sockets[0].getsockname()[1]}", timeout=60)
    try:
        yield client
    finally:
        await client.aclose()
        for writer in served:
            writer.close()
        server.close()


async def outcomes(client: Client, number: int) -> list[object]:
    return await asyncio.gather(*(client.execute("PING") for _ in range(number)), return_exceptions=True)


async def test_an_answer_in_single_bytes_is_read():
    async with answering(*(b"%c" % byte for byte in b"*2\r\n$2\r\nab\r\n:7\r\n")) as client:
        assert await client.execute("PING") == [b"ab", 7]


async def test_a_connection_closed_during_an_answer_fails_all_unanswered_commands():
    async with answering(b"+OK\r\n$5\r\nab", close=True) as client:
        first, *others = await outcomes(client, 3)
        assert first == b"OK"
        assert all(isinstance(other, ConnectionError) for other in others)


@pytest.mark.parametrize("nonsense", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"$x\r\n", b"\0" * 50])
async def test_what_is_no_answer_closes_the_connection(nonsense: bytes):
    async with answering(b"+OK\r\n" + nonsense) as client:
        first, *others = await outcomes(client, 3)
        assert first == b"OK"
        assert all(isinstance(other, ProtocolError) for other in others)
        assert await client.execute("PING") == b"OK"


async def test_an_unexpected_answer_closes_the_connection():
    async with answering(b"+OK\r\n+OK\r\n") as client:
        assert await client.execute("PING") == b"OK"
        connection = client._connection
        assert connection is not None
        await eventually(lambda: connection.lost)
        with pytest.raises(ConnectionError):
            connection.send(("PING",))


async def test_a_server_that_stops_answering_ends_all_who_wait_and_is_reached_again():
    with valkey_server() as url:
        client, control = Client(url, timeout=0.2), Client(url, timeout=60)
        process = await process_id(control)
        await eventually(lambda: is_answered(client))
        os.kill(process, signal.SIGSTOP)
        try:
            ended = await outcomes(client, 5)
        finally:
            os.kill(process, signal.SIGCONT)
        assert all(isinstance(end, TimeoutError) for end in ended)
        await eventually(lambda: is_answered(client))
        await client.aclose()
        await control.aclose()


async def process_id(client: Client) -> int:
    information: bytes = await client.execute("INFO", "server")
    return int(information.partition(b"process_id:")[2].partition(b"\r")[0])


async def is_answered(client: Client) -> bool:
    """Whether a command is, within the client's time, which a busy machine may miss."""
    with suppress(OSError):
        return bool(await client.execute("PING") == b"PONG")
    return False


async def test_a_server_killed_in_the_middle_of_an_answer_fails_that_and_all_behind_it():
    port = free_port()
    with valkey_server(port) as url:
        client = Client(url, timeout=30)
        process = await process_id(client)
        await client.execute("SET", "large", b"x" * 20_000_000)
        connection = client._connection
        assert connection is not None
        assert connection._transport is not None
        connection._transport.pause_reading()  # more than the sockets hold: the server cannot send all of it
        asking = [asyncio.ensure_future(client.execute("GET", "large")) for _ in range(2)]
        descriptor: int = connection._transport.get_extra_info("socket").fileno()
        await eventually(lambda: select.select([descriptor], [], [], 0)[0], what="the beginning of the answer")
        os.kill(process, signal.SIGKILL)
        connection._transport.resume_reading()
        ended = await asyncio.gather(*asking, return_exceptions=True)
        assert all(isinstance(end, ConnectionError) for end in ended)
        with pytest.raises(ConnectionError):
            await client.execute("PING")
    with valkey_server(port):
        assert await client.execute("PING") == b"PONG"
        await client.aclose()


async def test_an_answer_that_came_while_this_process_was_busy_is_in_time():
    with valkey_server() as url:
        client = Client(url, timeout=0.1)
        await eventually(lambda: is_answered(client))
        asking = asyncio.ensure_future(client.execute("PING"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert client._connection is not None
        assert client._connection._transport is not None
        descriptor: int = client._connection._transport.get_extra_info("socket").fileno()
        if not asking.done():
            assert select.select([descriptor], [], [], 60)[0]
        time.sleep(0.3)  # noqa: ASYNC251  # sleeps: busy for longer than the client waits; the answer is there
        assert await asking == b"PONG"
        await client.aclose()


async def test_a_server_that_is_no_longer_the_one_for_writes_is_looked_up_again():
    with valkey_server() as url:
        client = Client(url, timeout=60)
        before = await client.execute("CLIENT", "ID")
        await client.execute("REPLICAOF", "127.0.0.1", free_port())
        with pytest.raises(CommandError, match="READONLY"):
            await client.execute("SET", "a", "b")
        assert await client.execute("CLIENT", "ID") != before
        await client.execute("REPLICAOF", "NO", "ONE")
        assert await client.execute("SET", "a", "b") == b"OK"
        await client.aclose()
