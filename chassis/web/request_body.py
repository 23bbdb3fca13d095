"""A request's body on its way from the server to a handler: bounded in size and time, and JSON checked first."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from starlette.types import Message, Receive, Scope

from chassis.problems import Problem, TooLarge
from chassis.web import bodies
from chassis.web.headers import Headers

# Each part of a body costs, however little it holds; networks send larger ones.
_SMALL_PART, _FEW_PARTS = 200, 100
_DRAINED = 64_000_000
_DRAIN_SECONDS = 2.0
# Between two parts of a body. A server that is to end waits for what clients have begun to send, and does no more for
# its jobs and leases once its whole time is over.
_PART_SECONDS = 8.0


class TooSlow(Problem):
    """408: the client has stopped to send."""

    status, type, title = 408, "too-slow", "The request did not come to its end"


class RequestBody:
    """A request's body as it comes. `over` once all of it has, or where there is none; `length` if it is told."""

    __slots__ = ("_awaited", "_receive", "length", "over")

    def __init__(self, headers: Headers, receive: Receive) -> None:
        self._receive = receive
        length = headers.get(b"content-length")
        self.length = int(length) if length is not None and length.isdigit() else None
        self.over = length is None and b"transfer-encoding" not in headers
        self._awaited = not self.over and b"expect" in headers

    async def __call__(self) -> Message:
        """The next part; after the last one, what the server tells of the connection.

        Raises:
            bodies.Refused: 408, nothing came for _PART_SECONDS.
        """
        if self.over:
            return await self._receive()
        try:
            async with asyncio.timeout(_PART_SECONDS):
                message = await self._receive()
        except TimeoutError:
            raise bodies.Refused(TooSlow("The rest of the body did not come.")) from None
        self.over = not message.get("more_body")
        return message

    async def read_to_its_end(self) -> None:
        """Read on for a while what nobody wants, before the answer: a server closes the connection of a request that it
        has not read whole, and the proxy may have sent the next one on it, or not have seen the answer yet.
        """
        left = 0 if self._awaited else _DRAINED  # who waits for leave to send shall not have it
        with suppress(TimeoutError, bodies.Refused):
            async with asyncio.timeout(_DRAIN_SECONDS):
                while left > 0 and not self.over:
                    left -= len((await self()).get("body", b""))


def limited(receive: Receive, limit: int) -> Receive:
    """`receive`, which raises bodies.Refused (413) once more than `limit` bytes, or too many small parts, have come."""
    left, parts = limit, limit // _SMALL_PART + _FEW_PARTS

    async def next_part() -> Message:
        nonlocal left, parts
        message = await receive()
        left -= len(message.get("body", b""))
        parts -= 1
        if left < 0 or parts < 0:
            how = "" if left < 0 else ", in fewer and larger parts"
            raise bodies.Refused(TooLarge(f"Send {limit} bytes at most{how}."))
        return message

    return next_part


def checked(scope: Scope, headers: Headers, receive: Receive) -> Receive:
    """`receive`, or where the framework reads JSON one that gives the whole body at once, looked through before."""
    looked = False

    async def next_part() -> Message:
        nonlocal looked
        message = await receive()
        # The route is known by now: a body is read after the routing.
        limits = None if looked else bodies.limits_of(scope.get("route"))
        if limits is None:
            return message
        looked = True
        body = message.get("body", b"")
        if message.get("more_body"):
            whole = bytearray(body)
            while message.get("more_body"):
                message = await receive()
                whole += message.get("body", b"")
            body = bytes(whole)
        if message["type"] != "http.request":
            return message  # gone, or what came was none of HTTP's chunks
        bodies.check(body, headers.text(b"content-type"), limits)
        return {"type": "http.request", "body": body, "more_body": False}

    return next_part
