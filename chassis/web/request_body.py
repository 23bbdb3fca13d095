"""A request's headers and body before a handler reads them: the body limited in size and time, its JSON checked."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from starlette.types import Message, Receive, Scope

from chassis.problems import Problem, TooLarge
from chassis.web import bodies

# Each part of a body costs CPU, however small it is; networks send larger ones.
_SMALL_PART, _FEW_PARTS = 200, 100
_DRAINED = 64_000_000
_DRAIN_SECONDS = 2.0
# Between two parts of a body. A server that ends waits for requests that are being sent, and this time is taken from
# what its jobs and leases have for their end.
_PART_SECONDS = 8.0


class Headers(dict[bytes, bytes]):
    """The headers of a request by their names in lower case; of several with one name, the first."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(reversed(scope["headers"]))

    def text(self, name: bytes) -> str | None:
        """The value, each byte as one character."""
        value = self.get(name)
        return None if value is None else value.decode("latin-1")


class TooSlow(Problem):
    """408: the client has stopped sending.

    What to do: Send the request again, over a connection that keeps up.
    """

    status, type, title = 408, "too-slow", "The request did not come to its end"


class RequestBody:
    """A request's body, part by part. `over`: it was received whole, or there is none; `length`: its Content-Length."""

    __slots__ = ("_awaited", "_receive", "length", "over")

    def __init__(self, headers: Headers, receive: Receive) -> None:
        self._receive = receive
        length = headers.get(b"content-length")
        self.length = int(length) if length is not None and length.isdigit() else None
        self.over = length is None and b"transfer-encoding" not in headers
        self._awaited = not self.over and b"expect" in headers

    async def __call__(self) -> Message:
        """The next part; after the last one, the server's messages about the connection.

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

    async def drop(self, limit: int) -> None:
        """Read the body of a request whose handler does not: a body without Content-Length has a limit, too.

        Raises:
            bodies.Refused: 413, it is longer; 408, it does not come.
        """
        next_part = limited(self, limit)
        while not self.over:
            await next_part()

    async def read_to_its_end(self) -> None:
        """Read the rest of the body and drop it, before the answer is sent: a server closes the connection of a request
        that was not read whole, while the proxy may have sent the next request on it or not yet have read the answer.
        """
        left = 0 if self._awaited else _DRAINED  # a client that sent `Expect: 100-continue` has not begun to send
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
    """`receive`; where the framework reads JSON, it gives the whole body at once, once that is checked."""
    done = False

    async def next_part() -> Message:
        nonlocal done
        message = await receive()
        # The route is known by now: a body is read after the routing.
        limits = None if done else bodies.limits_of(scope.get("route"))
        if limits is None:
            return message
        done = True
        body = message.get("body", b"")
        if message.get("more_body"):
            whole = bytearray(body)
            while message.get("more_body"):
                message = await receive()
                whole += message.get("body", b"")
            body = bytes(whole)
        if message["type"] != "http.request":
            return message  # the client disconnected, or sent invalid chunks
        bodies.check(body, headers.text(b"content-type"), limits)
        return {"type": "http.request", "body": body, "more_body": False}

    return next_part
