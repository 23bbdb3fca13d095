"""Readiness probes of local processes. A probe returns true or false within two seconds and raises no error."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Awaitable, Callable

Probe = Callable[[], Awaitable[bool]]
_TIMEOUT = 2.0


async def _exchange(port: int, question: bytes, until: int | bytes) -> bytes:
    """Send bytes to a loopback port and read the answer: `until` that many bytes or that text; empty if it fails."""
    try:
        async with asyncio.timeout(_TIMEOUT):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(question)
                await writer.drain()
                return await (reader.readexactly(until) if isinstance(until, int) else reader.readuntil(until))
            finally:
                writer.close()
    except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return b""


async def http_head(port: int, path: str) -> tuple[int, str]:
    """Status and headers (in lower case) of the answer to a GET; status 0 if there is no answer."""
    question = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept: */*\r\n\r\n"
    answer = await _exchange(port, question.encode(), b"\r\n\r\n")
    status = int(answer[9:12]) if answer.startswith(b"HTTP/1.") and answer[9:12].isdigit() else 0
    return status, answer.decode("latin-1").lower()


async def http_body(port: int, path: str) -> bytes:
    """The whole answer to a GET, headers included; empty if there is no answer."""
    try:
        async with asyncio.timeout(_TIMEOUT):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
                await writer.drain()
                return await reader.read()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return b""


def http(port: int, path: str) -> Probe:
    """Ready if the path answers 200."""

    async def ready() -> bool:
        return (await http_head(port, path))[0] == 200

    return ready


def postgres(port: int) -> Probe:
    """Ready if PostgreSQL asks for a password (R); during recovery it answers with an error (E)."""
    parameters = b"user\0postgres\0database\0postgres\0\0"
    startup = struct.pack("!ii", 8 + len(parameters), 3 << 16) + parameters

    async def ready() -> bool:
        return await _exchange(port, startup, 1) == b"R"

    return ready


def valkey(port: int) -> Probe:
    """Ready if Valkey answers PING, also if it asks for a password."""

    async def ready() -> bool:
        return await _exchange(port, b"PING\r\n", 5) in {b"+PONG", b"-NOAU"}

    return ready


def answered_by_service(port: int, path: str) -> Probe:
    """Ready if a service itself answers through Traefik, with a status below 500: not an error page."""

    async def ready() -> bool:
        status, headers = await http_head(port, path)
        return 0 < status < 500 and "\nx-request-id:" in headers

    return ready


def any_http_answer(port: int) -> Probe:
    """Ready if there is any HTTP answer."""

    async def ready() -> bool:
        return (await http_head(port, "/"))[0] > 0

    return ready
