"""Whether something on this machine is ready to serve. Each probe answers at once: yes or no, never an error."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Awaitable, Callable

Probe = Callable[[], Awaitable[bool]]
_PATIENCE = 2.0


async def _ask(port: int, question: bytes, until: int | bytes) -> bytes:
    """An answer on a loopback port, its first `until` bytes or up to these; empty when there is none."""
    try:
        async with asyncio.timeout(_PATIENCE):
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
    """Status and headers (in lower case) that a GET is answered with; 0 when it is not answered."""
    question = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept: */*\r\n\r\n"
    answer = await _ask(port, question.encode(), b"\r\n\r\n")
    status = int(answer[9:12]) if answer.startswith(b"HTTP/1.") and answer[9:12].isdigit() else 0
    return status, answer.decode("latin-1").lower()


async def http_body(port: int, path: str) -> bytes:
    """What a GET is answered with, headers and all; empty when it is not answered."""
    try:
        async with asyncio.timeout(_PATIENCE):
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
    """Ready when the path answers 200."""

    async def ready() -> bool:
        return (await http_head(port, path))[0] == 200

    return ready


def postgres(port: int) -> Probe:
    """Ready when PostgreSQL asks for a password (R), rather than refusing (E) because it still recovers."""
    parameters = b"user\0postgres\0database\0postgres\0\0"
    startup = struct.pack("!ii", 8 + len(parameters), 3 << 16) + parameters

    async def ready() -> bool:
        return await _ask(port, startup, 1) == b"R"

    return ready


def valkey(port: int) -> Probe:
    """Ready when Valkey answers PING, if only to ask for a password."""

    async def ready() -> bool:
        return await _ask(port, b"PING\r\n", 5) in {b"+PONG", b"-NOAU"}

    return ready


def answers_itself(port: int, path: str) -> Probe:
    """Ready when a service answers through the edge, well or with a refusal, and not somebody in its stead."""

    async def ready() -> bool:
        status, headers = await http_head(port, path)
        return 0 < status < 500 and "\nx-request-id:" in headers

    return ready


def listening(port: int) -> Probe:
    """Ready when any HTTP answer comes."""

    async def ready() -> bool:
        return (await http_head(port, "/"))[0] > 0

    return ready
