"""A client of Valkey: RESP2 over one pipelined connection, with libvalkey's encoder and parser.

Commands go out in the order in which they were given, those of one turn of the event loop in one write, and the server
answers in that order. A command is sent once: after an error it is unknown whether it was done. The connection is
opened by the first command, and again by the first one after it was lost; the caller decides how long to wait.

An answer is what libvalkey makes of it: bytes, int, None, or a list of these.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable
from contextvars import Context
from typing import Any, TypeAlias, cast

import libvalkey

from chassis.cache.address import Address

MAX_WAITING = 4_096
# An overdue answer may have come but not been read, where this process was busy: so the loop reads once more before.
GRACE = 0.001

Part: TypeAlias = bytes | str | int | float

_INCOMPLETE = object()


class CommandError(Exception):
    """The server refused a command: "WRONGTYPE Operation against ..."."""


class NoScript(CommandError):
    """EVALSHA of a script that the server does not have."""


class ProtocolError(ConnectionError):
    """The server sent what is no answer. The connection is closed."""


class Overloaded(Exception):
    """MAX_WAITING commands wait for their answers: this one was not sent."""


class Client:
    """Commands to the server at `url`. An answer that takes longer than `timeout` seconds ends the connection."""

    def __init__(self, url: str, *, timeout: float) -> None:
        self._address = Address.of(url)
        self._timeout = timeout
        self._connection: _Connection | None = None
        self._opening: asyncio.Task[_Connection] | None = None
        self._closed = False

    def execute(self, *command: Part) -> Awaitable[Any]:
        """Send one command. Await the answer; a caller that stops waiting does not disturb the answers of others.

        Raises:
            CommandError: the server refused.
            OSError: it cannot be reached, the connection was lost, or the answer did not come in time.
            Overloaded: too many wait.
        """
        connection = self._connection
        if connection is None or connection.lost:
            return self._connect_and_send(command)
        return connection.send(command)

    async def _connect_and_send(self, command: tuple[Part, ...]) -> Any:
        if self._closed:
            raise ConnectionError("closed")
        if self._opening is None:
            # It serves all who wait for it, so it has no context variables of the first of them.
            self._opening = asyncio.create_task(self._open(), name="valkey", context=Context())
            self._opening.add_done_callback(self._opened)
        connection = await asyncio.shield(self._opening)
        return await connection.send(command)

    async def _open(self) -> _Connection:
        async with asyncio.timeout(self._timeout):
            connection = await self._address.connect(lambda: _Connection(self._timeout))
        try:
            await asyncio.gather(*map(connection.send, self._address.greeting))
        except BaseException:
            connection.end(ConnectionError("refused"))
            raise
        return connection

    def _opened(self, task: asyncio.Task[_Connection]) -> None:
        self._opening = None
        if not task.cancelled() and task.exception() is None:
            self._connection = task.result()

    async def aclose(self) -> None:
        """Close the connection; callers that wait for an answer get an error."""
        self._closed = True
        if self._opening is not None:
            self._opening.cancel()
            await asyncio.wait([self._opening])
        if self._connection is not None:
            self._connection.end(ConnectionError("closed"))


class _Connection(asyncio.Protocol):
    """One connection: the commands not yet written, and the futures of those not yet answered, oldest first."""

    def __init__(self, timeout: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._timeout = timeout
        self._transport: asyncio.Transport | None = None
        self._reader = libvalkey.Reader(
            protocolError=ProtocolError, replyError=_command_error, notEnoughData=_INCOMPLETE
        )
        self._unsent: list[bytes] = []
        self._waiting: deque[tuple[float, asyncio.Future[Any]]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._overdue: asyncio.Future[Any] | None = None
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one by its methods alone

    def send(self, command: tuple[Part, ...]) -> asyncio.Future[Any]:
        """Queue the command; a future of its answer."""
        if self.lost:
            raise ConnectionError("lost")
        if len(self._waiting) >= MAX_WAITING:
            raise Overloaded
        encoded = libvalkey.pack_command(command)
        answer = self._loop.create_future()
        self._waiting.append((self._loop.time(), answer))
        if not self._unsent:
            self._loop.call_soon(self._write)
        self._unsent.append(encoded)
        if self._timer is None:
            self._timer = self._loop.call_later(self._timeout, self._look_at_the_oldest)
        return answer

    def _write(self) -> None:
        unsent, self._unsent = self._unsent, []
        if self._transport is not None and not self.lost:
            self._transport.write(unsent[0] if len(unsent) == 1 else b"".join(unsent))

    def data_received(self, data: bytes) -> None:
        try:
            self._reader.feed(data)
            while (answer := self._reader.gets()) is not _INCOMPLETE:
                self._answer(answer)
        except ProtocolError as error:
            self.end(error)

    def _answer(self, answer: Any) -> None:
        if not self._waiting:
            raise ProtocolError("an answer without a command")
        _, future = self._waiting.popleft()
        if future.done():
            return  # the caller was cancelled
        if isinstance(answer, CommandError):
            future.set_exception(answer)
            if str(answer).startswith("READONLY"):
                self.end(answer)  # a failover: the name may lead to the new primary
        else:
            future.set_result(answer)

    def _look_at_the_oldest(self) -> None:
        """One timer for all: it runs while answers are due, and ends the connection when one is overdue."""
        self._timer = None
        if not self._waiting:
            return
        asked, oldest = self._waiting[0]
        left = asked + self._timeout - self._loop.time()
        if left <= 0 and self._overdue is oldest:
            self.end(TimeoutError("no answer in time"))
            return
        if left <= 0:
            self._overdue = oldest
        self._timer = self._loop.call_later(max(left, GRACE), self._look_at_the_oldest)

    def connection_lost(self, error: Exception | None) -> None:
        self.end(error or ConnectionError("closed by the server"))

    def end(self, error: Exception) -> None:
        """Close it at once; callers that wait get the error."""
        if self.lost:
            return
        self.lost = True
        if self._timer is not None:
            self._timer.cancel()
        if self._transport is not None:
            self._transport.abort()
        for _, future in self._waiting:
            if not future.done():
                future.set_exception(error)
        self._waiting.clear()


def _command_error(text: str) -> CommandError:
    return NoScript(text) if text.startswith("NOSCRIPT") else CommandError(text)
