"""A server at Valkey's port that is none: it says OK to whatever it is asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


@asynccontextmanager
async def nonsense(port: int) -> AsyncIterator[None]:
    """It listens on loopback for as long as the block lasts."""
    talks: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks[asyncio.create_task(_answer(reader, writer))] = writer

    server = await asyncio.start_server(talk, "127.0.0.1", port)
    try:
        yield
    finally:
        server.close()
        for writer in talks.values():
            writer.close()
        await asyncio.gather(*talks)


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A command is an array: "*<parts>", then a length and a text for each part."""
    with suppress(ConnectionError, asyncio.IncompleteReadError):
        while head := await reader.readline():
            for _ in range(int(head[1:])):
                length = int((await reader.readline())[1:])
                await reader.readexactly(length + 2)
            writer.write(b"+OK\r\n")
            await writer.drain()
