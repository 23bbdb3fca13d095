"""A program that is told of events by webhooks, and fails as programs do: with 500, without an answer, and too late."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from aiohttp import web

from proofs.store import OFFSET

# The shop sends webhooks there and to no other port of this machine.
PORT = 8600 + OFFSET
SETTINGS = {"WEBHOOK_NETWORKS": '["127.0.0.1/32"]', "WEBHOOK_PORTS": f"[{PORT}]"}
# Seconds by which the time in a signature may differ, as Standard Webhooks recommends.
TOLERANCE = 300
# The first messages alone are refused twice: their third try is a minute later.
_EARLY = 90


class Message(NamedTuple):
    """What was told."""

    type: str
    data: dict[str, Any]
    body: str


def signed_by(secrets: Iterable[str], headers: Any, body: bytes) -> set[str]:
    """Which of these secrets have signed a message, as https://www.standardwebhooks.com says."""
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    given = [part.partition(",")[2] for part in headers["webhook-signature"].split() if part.startswith("v1,")]
    found = set()
    for secret in secrets:
        key = base64.b64decode(secret.removeprefix("whsec_"))
        right = base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
        if any(hmac.compare_digest(right, each) for each in given):
            found.add(secret)
    return found


class Receiver:
    """What it took, by the message's id. `secrets`: from when on each has to sign, in Unix time. `again`: what staff
    had sent again.
    """

    def __init__(self) -> None:
        self.secrets = dict[str, float]()
        self.taken = dict[str, Message]()
        self.tries = Counter[str]()
        self.again = set[str]()
        self.gone = self.by_both = 0
        self.complaints = list[str]()
        self._order = dict[str, int]()

    async def take(self, request: web.Request) -> web.StreamResponse:
        """Take a message, or fail: every third one at its first try, some of the first ones twice."""
        body, name = await request.read(), request.headers["webhook-id"]
        number = self._order.setdefault(name, len(self._order))
        self.tries[name] += 1
        self._check(request, body)
        failures = 2 if number % 30 == 1 and number < _EARLY else 1 if number % 3 == 1 else 0
        if self.tries[name] <= failures:
            return self._fail(request, number)
        told = json.loads(body)
        message = Message(told["type"], told["data"], body.decode())
        if self.taken.setdefault(name, message) != message:
            self.complaints.append(f"{name} was told in two ways")
        if number % 10 == 5 and self.tries[name] == 1:
            return self._cut(request)  # the answer is lost: it comes again under the same id
        return web.Response(status=204)

    def _check(self, request: web.Request, body: bytes) -> None:
        """Complain of a message that somebody else could have sent, or that was kept for later."""
        at, found = int(request.headers["webhook-timestamp"]), signed_by(self.secrets, request.headers, body)
        needed = {secret for secret, since in self.secrets.items() if since <= at}
        self.by_both += len(found) > 1
        if not found or needed - found or abs(time.time() - at) > TOLERANCE:
            name = request.headers["webhook-id"]
            self.complaints.append(f"{name} is signed by {len(found)} of {len(self.secrets)} secrets, at {at}")

    def _fail(self, request: web.Request, number: int) -> web.StreamResponse:
        if number % 2:
            return web.Response(status=500, text="out of order")
        return self._cut(request)

    def _cut(self, request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async def refuse(self, _request: web.Request) -> web.StreamResponse:
        """A program that is no more."""
        self.gone += 1
        return web.Response(status=410)

    async def hang(self, _request: web.Request) -> web.StreamResponse:
        """A program that never answers."""
        await asyncio.sleep(3_600)
        return web.Response()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen within the block."""
        app = web.Application()
        app.router.add_post("/erp", self.take)
        app.router.add_post("/gone", self.refuse)
        app.router.add_post("/silent", self.hang)
        runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", PORT).start()
            yield
        finally:
            await runner.cleanup()


def url(path: str) -> str:
    """Where a program of this path listens."""
    return f"http://127.0.0.1:{PORT}/{path}"
