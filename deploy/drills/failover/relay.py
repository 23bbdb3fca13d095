"""TCP ports that pass bytes on, and can be cut as a network is: without a word to either side."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from local_servers.ports import free_port


@dataclass(frozen=True)
class Way:
    """A loopback port, and whether packets reach it now and come back from it."""

    port: int
    open: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.open.set()


@asynccontextmanager
async def relay(way: Callable[[], Way]) -> AsyncIterator[int]:
    """A port whose connections go to what `way` says when they begin, and stay there; its number."""
    running: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 -- narrows the type
        running.add(task)
        try:
            await _pass_on(way(), reader, writer)
        except asyncio.CancelledError:
            pass  # the relay ends; asyncio would log it as an error of this task
        finally:
            running.discard(task)

    port = free_port()
    server = await asyncio.start_server(connected, "127.0.0.1", port)
    try:
        yield port
    finally:
        server.close()
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running)


async def _pass_on(way: Way, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Both directions of one connection, until one side ends it. A cut way lets neither bytes nor the end through."""
    there_writer = None
    try:
        await way.open.wait()
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", way.port)
        ways = [_pump(way, reader, there_writer), _pump(way, there_reader, writer)]
        tasks = [asyncio.create_task(each) for each in ways]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
    except OSError:
        pass  # nobody listens there: this side is told so by its end
    finally:
        for each in (writer, there_writer):
            if each is not None:
                each.close()


async def _pump(way: Way, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(1 << 16):
            await way.open.wait()
            writer.write(data)
            await writer.drain()
    await way.open.wait()
