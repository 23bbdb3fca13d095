"""Requests as bytes, for what no client library would send, and their answers as bytes."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from proofs.store import ProofStore

JSON = "application/json"


def request(store: ProofStore, method: str, path: str, headers: dict[str, str], body: bytes) -> bytes:
    """A whole request to the store's plain port; `headers` win over the usual ones."""
    fixed = {"Host": f"127.0.0.1:{store.store.port('http')}", "Connection": "close"}
    length = {"Content-Length": str(len(body))} if body or method != "GET" else {}
    lines = [
        f"{method} {path} HTTP/1.1",
        *(f"{name}: {value}" for name, value in {**fixed, **length, **headers}.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


@dataclass(frozen=True)
class Reply:
    """What came back; status 0 for a connection that was closed without an answer."""

    status: int
    kind: str
    body: bytes
    head: bytes = b""


async def exchange(store: ProofStore, raw: bytes, *, hang_up: bool = False, source: str = "127.0.0.1") -> Reply:
    """The answer to these bytes, read to the connection's end. `hang_up`: say that nothing more will be sent. `source`:
    the address that asks.
    """
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
    with suppress(ConnectionError):  # it may answer without reading all of it
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
    with suppress(ConnectionError):  # what had come is the answer
        while part := await reader.read(65_536):
            into += part


def chunked(store: ProofStore, body: bytes) -> bytes:
    """A request to sign in whose body comes in chunks: `body` is those chunks as they are sent."""
    headers = {"Transfer-Encoding": "chunked", "Content-Type": JSON}
    fixed = {"Host": f"127.0.0.1:{store.store.port('http')}", "Connection": "close"}
    lines = ["POST /api/v1/sessions HTTP/1.1", *(f"{name}: {value}" for name, value in {**fixed, **headers}.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body
