"""A server of pictures on loopback that may behave badly, and a resolver that sends every name to where a test says."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

Writer = asyncio.StreamWriter
Behave = Callable[[Writer], Awaitable[None]]


@dataclass
class PictureServer:
    """Answers each path with bytes, or by a function that writes what it likes. `asked`: heads of what came."""

    port: int = 0
    answers: dict[str, bytes | Behave] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def url(self, path: str, host: str = "pictures.test") -> str:
        return f"http://{host}:{self.port}{path}"

    def paths(self) -> list[str]:
        return [head.split(" ")[1] for head in self.asked]

    def serve(self, path: str, content: bytes, status: str = "200 OK", **headers: str) -> str:
        """Its address."""
        self.answers[path] = response(content, status, **headers)
        return self.url(path)

    async def handle(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            self.asked.append(head)
            answer = self.answers.get(head.split(" ")[1], response(b"", "404 Not Found"))
            if isinstance(answer, bytes):
                writer.write(answer)
                await writer.drain()
            else:
                await answer(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


def response(content: bytes, status: str = "200 OK", **headers: str) -> bytes:
    fields = {"content_type": "image/jpeg", "content_length": str(len(content)), **headers}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode("latin-1") + content


def self_signed(folder: Path, name: str) -> ssl.SSLContext:
    """For a server that says it is `name`, as it says itself alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = folder / "certificate.pem"
    file.write_bytes(key.private_bytes(*plain) + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@asynccontextmanager
async def picture_server(tls: ssl.SSLContext | None = None) -> AsyncIterator[PictureServer]:
    server = PictureServer()
    listening = await asyncio.start_server(server.handle, "127.0.0.1", 0, ssl=tls)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        await listening.wait_closed()


class Names(AbstractResolver):
    """`answers`: the addresses that a name has, one list for each time it is asked; the last one stays."""

    answers: dict[str, list[list[str]]]
    asked: list[str]

    def __init__(self) -> None:
        self.answers, self.asked = dict(type(self).answers), type(self).asked

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        del family
        self.asked.append(host)
        turns = self.answers.get(host)
        if turns is None:
            raise OSError(None, "no such name")
        addresses = turns[0] if len(turns) == 1 else turns.pop(0)
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        """Nothing is open."""


def names(**answers: list[list[str]]) -> type[aiohttp.ThreadedResolver]:
    """A resolver that knows these names ("_" for "."), and pictures.test on loopback."""
    known = {name.replace("_", "."): turns for name, turns in answers.items()}
    fields = {"answers": {"pictures.test": [["127.0.0.1"]], **known}, "asked": []}
    return type("TestNames", (Names,), fields)
