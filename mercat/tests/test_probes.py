from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest

from mercat.stack import probes


@asynccontextmanager
async def answering(answer: bytes | None):
    """A server that gives this answer to whatever is asked; None: it never answers."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        if answer is not None:
            writer.write(answer)
            writer.close()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize(
    ("answer", "ready"),
    [
        (b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n", True),
        (b"HTTP/1.1 503 Not yet\r\n\r\n", False),
        (b"HTTP/1.1 200 OK\r\n", False),
        (b"SSH-2.0-OpenSSH\r\n\r\n", False),
        (b"HTTP/1.1 ab", False),
        (b"", False),
        (b"x" * 100_000, False),
    ],
)
async def test_http_probe_needs_status_200(answer, ready):
    async with answering(answer) as port:
        assert await probes.http(port, "/health/ready")() is ready


@pytest.mark.parametrize(
    ("answer", "ready"),
    [
        (b"HTTP/1.1 401 Who\r\nX-Request-Id: 1\r\n\r\n", True),
        (b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\n\r\n", False),
        (b"HTTP/1.1 502 Bad Gateway\r\nX-Request-Id: 1\r\n\r\n", False),
    ],
)
async def test_service_probe_rejects_answers_of_traefik(answer, ready):
    async with answering(answer) as port:
        assert await probes.answered_by_service(port, "/api/v1/products")() is ready


@pytest.mark.parametrize(("answer", "ready"), [(b"R\0\0\0\x17", True), (b"E\0\0\0\x17", False), (b"", False)])
async def test_postgresql_is_ready_when_it_asks_for_a_password(answer, ready):
    async with answering(answer) as port:
        assert await probes.postgres(port)() is ready


@pytest.mark.parametrize(
    ("answer", "ready"), [(b"+PONG\r\n", True), (b"-NOAUTH no\r\n", True), (b"-LOADING\r\n", False), (b"", False)]
)
async def test_valkey_is_ready_when_it_answers(answer, ready):
    async with answering(answer) as port:
        assert await probes.valkey(port)() is ready


async def test_server_without_an_answer_is_not_ready(monkeypatch, free_port):
    monkeypatch.setattr(probes, "_TIMEOUT", 0.1)
    async with answering(None) as port:
        assert await probes.any_http_answer(port)() is False
    assert await probes.any_http_answer(free_port)() is False
