"""Sends requests as raw bytes, for malformed ones that no client library sends."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from proofs.store import ProofStore

JSON = "application/json"


def request(store: ProofStore, method: str, path: str, headers: dict[str, str], body: bytes) -> bytes:
    """The bytes of a request to the store's http port; `headers` replace the usual ones."""
    fixed = {"Host": f"127.0.0.1:{store.store.port('http')}", "Connection": "close"}
    sized = (body or method != "GET") and "Transfer-Encoding" not in headers
    length = {"Content-Length": str(len(body))} if sized else {}
    lines = [
        f"{method} {path} HTTP/1.1",
        *(f"{name}: {value}" for name, value in {**fixed, **length, **headers}.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


@dataclass(frozen=True)
class Reply:
    """An answer; status 0 if the connection was closed without one."""

    status: int
    kind: str
    body: bytes
    head: bytes = b""


async def exchange(store: ProofStore, raw: bytes, *, hang_up: bool = False, source: str = "127.0.0.1") -> Reply:
    """Send the bytes and read the answer to its end. `hang_up`: close our side first. `source`: the client address."""
    port = store.store.port("http")
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**24, local_addr=(source, 0))
    try:
        async with asyncio.timeout(30):
            return await _talked(reader, writer, raw, hang_up=hang_up)
    finally:
        writer.close()


async def _talked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, raw: bytes, *, hang_up: bool) -> Reply:
    answer = bytearray()
    reading = asyncio.create_task(_read(reader, answer))
    with suppress(ConnectionError):  # the server may answer before it has read everything
        writer.write(raw)
        await writer.drain()
        if hang_up:
            writer.write_eof()
    await reading
    head, _, body = bytes(answer).partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    status = int(lines[0].split(" ")[1]) if lines[0] else 0
    kinds = [line.partition(":")[2].strip() for line in lines if line.lower().startswith("content-type:")]
    return Reply(status, kinds[0] if kinds else "", body, head)


async def _read(reader: asyncio.StreamReader, into: bytearray) -> None:
    with suppress(ConnectionError):  # the bytes received so far are the answer
        while part := await reader.read(65_536):
            into += part


def chunked(store: ProofStore, body: bytes) -> bytes:
    """A sign-in with a chunked body; `body` has the chunks with their sizes."""
    return request(store, "POST", "/api/v1/sessions", {"Transfer-Encoding": "chunked", "Content-Type": JSON}, body)
