"""Replicas of a service as real HTTP servers that a test tells what to answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec

from chassis.http import ServiceClient

KEY = ec.generate_private_key(ec.SECP256R1())
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Quote(msgspec.Struct):
    sku: str
    amount: int


async def quote(_request: web.Request) -> web.Response:
    return web.json_response({"sku": "A-1", "amount": 250, "unknown": True})


def answering(status: int, body: bytes = b"", kind: str = "text/plain") -> Handler:
    async def handler(_request: web.Request) -> web.Response:
        return web.Response(status=status, body=body, content_type=kind)

    return handler


def refusing(status: int, **document: Any) -> Handler:
    return answering(status, json.dumps({"status": status, **document}).encode(), "application/problem+json")


async def hang(_request: web.Request) -> web.Response:
    await asyncio.sleep(60)
    raise AssertionError


async def cut(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


class Replica:
    """One server. `handler` may be changed at any time; `seen` are the requests it got, with their bodies."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.seen: list[tuple[web.Request, bytes]] = []

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.seen.append((request, await request.read()))
        return await self.handler(request)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Replica]:
        app = web.Application(client_max_size=2**24)
        app.router.add_route("*", "/{path:.*}", self._handle)
        runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            await runner.cleanup()


@asynccontextmanager
async def calling(*handlers: Handler, dead: int = 0) -> AsyncIterator[tuple[ServiceClient, list[Replica]]]:
    """A client of "catalog", which has a replica for each handler and `dead` ones where nobody listens."""
    from contextlib import AsyncExitStack

    from chassis.testing.servers import free_port

    async with AsyncExitStack() as stack:
        replicas = [await stack.enter_async_context(Replica(handler).running()) for handler in handlers]
        urls = [replica.url for replica in replicas] + [f"http://127.0.0.1:{free_port()}" for _ in range(dead)]
        client = ServiceClient("orders", KEY, {"catalog": urls, "nowhere": []})
        stack.push_async_callback(client.aclose)
        yield client, replicas
