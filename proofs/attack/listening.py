"""Servers on loopback: one that nobody may be led to, one of a stranger, which leads there, and one that is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiohttp import web

from proofs.store import OFFSET

# The one port of this machine that pictures and webhooks may lead to: what is refused is refused for its address.
PORT = 8600 + OFFSET
# Stands for the public internet: the only address of this machine that they may lead to.
OUTSIDE = "127.9.9.9"
_NETWORKS = f'["{OUTSIDE}/32"]'
SETTINGS = {
    "WEBHOOK_NETWORKS": _NETWORKS,
    "WEBHOOK_PORTS": f"[443, 8443, {PORT}]",
    "PICTURE_NETWORKS": _NETWORKS,
    "PICTURE_PORTS": f"[80, 443, {PORT}]",
}
# Where the stranger leads to, by the number in the path.
LOCATIONS = (
    f"http://127.0.0.1:{PORT}/",
    f"http://localhost:{PORT}/",
    f"//127.0.0.1:{PORT}/",
    f"http://[::ffff:127.0.0.1]:{PORT}/",
    f"http://2130706433:{PORT}/",
    f"http://{OUTSIDE}@127.0.0.1:{PORT}/",
    f"http://{OUTSIDE}:6379/",
    "http://169.254.169.254/latest/meta-data/",
    "file:///etc/passwd",
    f"gopher://127.0.0.1:{PORT}/_x",
)


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[int, list[bytes]]]:
    """Its port, and the first line of each visit."""
    visits: list[bytes] = []

    async def visited(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            visits.append(await reader.readline())
        writer.close()

    server = await asyncio.start_server(visited, "127.0.0.1", PORT)
    async with server:
        yield PORT, visits


@asynccontextmanager
async def leading_on(locations: Sequence[str] = LOCATIONS) -> AsyncIterator[tuple[list[str], list[bytes]]]:
    """Addresses outside that lead on to these, and the first line of each visit."""
    visits: list[bytes] = []

    async def visited(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            head = await reader.readuntil(b"\r\n\r\n")
            visits.append(head.partition(b"\r\n")[0])
            number = int(head.split(b" ")[1].rpartition(b"/")[2])
            answer = f"HTTP/1.1 307 Elsewhere\r\nLocation: {locations[number]}\r\nContent-Length: 0\r\n\r\n"
            writer.write(answer.encode())
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(visited, OUTSIDE, PORT)
    async with server:
        yield [f"http://{OUTSIDE}:{PORT}/{number}" for number in range(len(locations))], visits


class Receiver:
    """What came, by path. `held`: the first message to /slow waits for it; what comes there later is refused."""

    def __init__(self) -> None:
        self.got = list[tuple[str, Any, bytes]]()
        self.held = asyncio.Event()

    async def take(self, request: web.Request) -> web.Response:
        """Take a message."""
        self.got.append((request.path, request.headers, await request.read()))
        if request.path != "/slow":
            return web.Response(status=204)
        if self.count("/slow") > 1:
            return web.Response(status=500)
        await self.held.wait()
        return web.Response(status=204)

    def count(self, path: str) -> int:
        """How many came there."""
        return sum(each[0] == path for each in self.got)


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A program outside that is told."""
    receiver, app = Receiver(), web.Application()
    app.router.add_post("/{path:.*}", receiver.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, OUTSIDE, PORT).start()
    try:
        yield receiver
    finally:
        receiver.held.set()
        await runner.cleanup()
