"""What a server may send to a client that fetches pictures: without an end, packed, slowly, or nonsense."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Callable

import pytest

from catalog.pictures import bodies, client
from catalog.pictures.failures import TemporaryFailure
from catalog.tests.pictures.clients import fetching, refused
from catalog.tests.pictures.server import PictureServer, Writer


async def test_an_endless_body_is_stopped_at_the_limit(pictures: PictureServer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bodies, "MAX_BYTES", 1_000_000)
    sent = 0

    async def endless(writer: Writer) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while sent < 100_000_000:
            writer.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
            await writer.drain()
            sent += 0x10000

    pictures.answers["/endless.jpg"] = endless
    async with fetching(pictures, monkeypatch) as made:
        assert (await refused(made, pictures.url("/endless.jpg"))).code == "too-large"
        told = pictures.serve("/told.jpg", b"x", content_length="1000001")
        assert (await refused(made, told)).code == "too-large"
    # Beside what lies in the buffers of two sockets.
    assert sent < 20_000_000


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
async def test_a_body_that_decompresses_to_a_hundred_times_its_size_is_stopped(
    pictures: PictureServer, monkeypatch: pytest.MonkeyPatch, pack: Callable[[bytes], bytes]
):
    monkeypatch.setattr(bodies, "MAX_BYTES", 1_000_000)
    coding = "gzip" if pack is gzip.compress else "deflate"
    packed = pack(b"\0" * 50_000_000)
    bomb = pictures.serve("/bomb.jpg", packed, content_encoding=coding)
    good = pictures.serve("/good.jpg", pack(b"content"), content_encoding=coding)
    async with fetching(pictures, monkeypatch) as made:
        assert (await refused(made, bomb)).code == "too-large"
        assert await made.fetch(good) == b"content"
        broken = pictures.serve("/broken.jpg", b"not packed", content_encoding=coding)
        assert (await refused(made, broken)).code == "unreadable"
        strange = pictures.serve("/strange.jpg", b"x", content_encoding="br, gzip")
        assert (await refused(made, strange)).code == "unknown-encoding"


async def test_a_slow_server_is_given_up_after_a_timeout(pictures: PictureServer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(client, "TOTAL_SECONDS", 0.4)

    async def drips(writer: Writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    async def slow_head(writer: Writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nX: ")
        await drips(writer)

    pictures.answers |= {"/drip.jpg": drips, "/head.jpg": slow_head}
    async with fetching(pictures, monkeypatch) as made:
        for path in ("/drip.jpg", "/head.jpg"):
            failure = await refused(made, pictures.url(path))
            assert (failure.code, type(failure)) == ("timeout", TemporaryFailure)


async def test_response_headers_are_bounded_and_invalid_http_is_refused(
    pictures: PictureServer, monkeypatch: pytest.MonkeyPatch
):
    pictures.answers["/long.jpg"] = b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n"
    pictures.answers["/many.jpg"] = b"HTTP/1.1 200 OK\r\n" + b"".join(b"X%d: y\r\n" % n for n in range(100_000))
    pictures.answers["/ssh"] = b"SSH-2.0-OpenSSH_9.6\r\n"
    async with fetching(pictures, monkeypatch) as made:
        for path in ("/long.jpg", "/many.jpg", "/ssh"):
            assert (await refused(made, pictures.url(path))).code == "unreachable"
