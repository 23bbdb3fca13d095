"""What strangers may try with the client that fetches pictures."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from ipaddress import ip_network
from pathlib import Path

import pytest

from catalog.pictures import bodies, client
from catalog.pictures.client import PictureClient
from catalog.pictures.failures import Away, NotFetched
from catalog.tests.pictures.server import PictureServer, Writer, names, picture_server, response, self_signed

LOOPBACK = [ip_network("127.0.0.0/8")]
Fetch = Callable[..., AbstractAsyncContextManager[PictureClient]]


@pytest.fixture
async def server() -> AsyncIterator[PictureServer]:
    async with picture_server() as running:
        yield running


@asynccontextmanager
async def fetching(
    server: PictureServer, monkeypatch: pytest.MonkeyPatch, *, inside: bool = True, **known: list[list[str]]
) -> AsyncIterator[PictureClient]:
    """A client that may fetch from the server, and where `inside` is False thinks as in production of loopback."""
    monkeypatch.setattr(client, "make_resolver", names(**known))
    made = PictureClient(ports=[80, 443, server.port], networks=LOOPBACK if inside else [])
    try:
        yield made
    finally:
        await made.aclose()


async def refused(made: PictureClient, url: str) -> NotFetched:
    with pytest.raises(NotFetched) as failure:
        await made.fetch(url)
    assert len(failure.value.reason) > 15
    return failure.value


async def test_a_picture_is_fetched_by_its_name(server: PictureServer, monkeypatch: pytest.MonkeyPatch):
    url = server.serve("/a.jpg?v=1", b"content")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    async with fetching(server, monkeypatch) as made:
        assert await made.fetch(f"{url}#part") == b"content"
    (head,) = server.asked
    assert head.startswith("GET /a.jpg?v=1 HTTP/1.1")
    assert f"Host: pictures.test:{server.port}" in head
    assert "cookie" not in head.lower()


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "inside.test",
        "[::1]",
        "0.0.0.0",
        "2130706433",
        "0x7f000001",
        "127.1",
        "[::ffff:7f00:1]",
    ],
)
async def test_no_connection_is_made_to_what_is_inside(
    server: PictureServer, monkeypatch: pytest.MonkeyPatch, host: str
):
    server.serve("/a.jpg", b"secret")
    inside = [["127.0.0.1"]]
    known = {"localhost": inside, "inside_test": inside, "2130706433": inside, "0x7f000001": inside, "127_1": inside}
    async with fetching(server, monkeypatch, inside=False, **known) as made:
        failure = await refused(made, server.url("/a.jpg", host))
    # What is written as one number is not even looked up.
    assert failure.lasting and failure.code in {"refused-address", "bad-address"}
    assert server.asked == []


async def test_a_name_that_means_another_address_a_moment_later_gains_nothing(
    server: PictureServer, monkeypatch: pytest.MonkeyPatch
):
    """DNS rebinding: the address that is checked is the one that is connected to, at every hop."""
    server.serve("/a.jpg", b"", "302 Found", location=server.url("/b.jpg", "turns.test"))
    server.serve("/b.jpg", b"secret")
    turns = [["127.0.0.1"], ["10.0.0.1"], ["127.0.0.1"]]
    async with fetching(server, monkeypatch, turns_test=turns) as made:
        failure = await refused(made, server.url("/a.jpg", "turns.test"))
    assert failure.code == "refused-address"
    assert server.paths() == ["/a.jpg"]


async def test_an_inner_address_among_outer_ones_is_not_connected_to(
    server: PictureServer, monkeypatch: pytest.MonkeyPatch
):
    server.serve("/a.jpg", b"secret")
    async with fetching(server, monkeypatch, inside=False, mixed_test=[["127.0.0.1", "127.0.0.2"]]) as made:
        assert (await refused(made, server.url("/a.jpg", "mixed.test"))).code == "refused-address"
    assert server.asked == []


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("http://10.0.0.1/a.jpg", "refused-address"),
        ("http://169.254.169.254/latest/meta-data/", "refused-address"),
        ("http://[::1]/", "refused-address"),
        ("//10.0.0.1/a", "refused-address"),
        ("http://pictures.test:25/", "refused-address"),
        ("file:///etc/passwd", "bad-redirect"),
        ("gopher://pictures.test/", "bad-redirect"),
        ("http://a:b@pictures.test/", "bad-redirect"),
        ("", "bad-redirect"),
        ("http://[", "bad-redirect"),
        ("http://" + "a" * 300 + ".test/", "unknown-host"),
    ],
)
async def test_a_redirect_is_checked_like_an_address(
    server: PictureServer, monkeypatch: pytest.MonkeyPatch, location: str, code: str
):
    url = server.serve("/a.jpg", b"", "302 Found", location=location)
    async with fetching(server, monkeypatch) as made:
        assert (await refused(made, url)).code == code
    assert server.paths() == ["/a.jpg"]


async def test_some_redirects_are_followed_and_a_loop_ends(server: PictureServer, monkeypatch: pytest.MonkeyPatch):
    for step in range(4):
        server.serve(f"/{step}", b"", "301 Moved", location=f"/{step + 1}")
    server.serve("/4", b"content")
    loop = server.serve("/loop", b"", "307 Temporary", location="/loop")
    async with fetching(server, monkeypatch) as made:
        assert await made.fetch(server.url("/0")) == b"content"
        server.asked.clear()
        assert (await refused(made, loop)).code == "too-many-redirects"
    assert len(server.asked) == client.MAX_REDIRECTS + 1


@pytest.mark.parametrize(
    "url",
    [
        "ftp://pictures.test/a",
        "file:///etc/passwd",
        "data:image/png;base64,AA",
        "http://",
        "",
        "http://u:p@pictures.test/",
    ],
)
async def test_what_is_not_of_the_web_is_refused(server: PictureServer, monkeypatch: pytest.MonkeyPatch, url: str):
    async with fetching(server, monkeypatch) as made:
        assert (await refused(made, url)).code == "bad-address"


@pytest.mark.parametrize(
    ("status", "code", "lasting"),
    [
        ("404 Not Found", "not-found", True),
        ("410 Gone", "not-found", True),
        ("403 Forbidden", "refused-by-server", True),
        ("204 No Content", "refused-by-server", True),
        ("304 Not Modified", "refused-by-server", True),
        ("429 Slow Down", "server-error", False),
        ("500 Oops", "server-error", False),
        ("503 Later", "server-error", False),
    ],
)
async def test_what_can_get_better_is_told_from_what_cannot(
    server: PictureServer, monkeypatch: pytest.MonkeyPatch, status: str, code: str, *, lasting: bool
):
    url = server.serve("/a.jpg", b"", status)
    async with fetching(server, monkeypatch) as made:
        failure = await refused(made, url)
    assert (failure.code, failure.lasting) == (code, lasting)


async def test_a_server_that_is_not_there_is_tried_again(server: PictureServer, monkeypatch: pytest.MonkeyPatch):
    async with fetching(server, monkeypatch) as made:
        gone = await refused(made, server.url("/a.jpg", "unknown.test"))
        assert (gone.code, gone.lasting) == ("unknown-host", False)

        async def breaks_off(writer: Writer) -> None:
            writer.write(response(b"half", content_length="1000"))

        server.answers["/half.jpg"] = breaks_off
        assert (await refused(made, server.url("/half.jpg"))).code == "unreachable"
        assert (await refused(made, server.serve("/empty.jpg", b""))).code == "empty"


async def test_an_endless_body_ends(server: PictureServer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bodies, "MAX_BYTES", 1_000_000)
    sent = 0

    async def endless(writer: Writer) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while sent < 100_000_000:
            writer.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
            await writer.drain()
            sent += 0x10000

    server.answers["/endless.jpg"] = endless
    async with fetching(server, monkeypatch) as made:
        assert (await refused(made, server.url("/endless.jpg"))).code == "too-large"
        told = server.serve("/told.jpg", b"x", content_length="1000001")
        assert (await refused(made, told)).code == "too-large"
    # Beside what lies in the buffers of two sockets.
    assert sent < 20_000_000


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
async def test_what_unpacks_to_a_hundred_times_its_size_ends(
    server: PictureServer, monkeypatch: pytest.MonkeyPatch, pack: Callable[[bytes], bytes]
):
    monkeypatch.setattr(bodies, "MAX_BYTES", 1_000_000)
    coding = "gzip" if pack is gzip.compress else "deflate"
    packed = pack(b"\0" * 50_000_000)
    bomb = server.serve("/bomb.jpg", packed, content_encoding=coding)
    good = server.serve("/good.jpg", pack(b"content"), content_encoding=coding)
    async with fetching(server, monkeypatch) as made:
        assert (await refused(made, bomb)).code == "too-large"
        assert await made.fetch(good) == b"content"
        broken = server.serve("/broken.jpg", b"not packed", content_encoding=coding)
        assert (await refused(made, broken)).code == "unreadable"
        strange = server.serve("/strange.jpg", b"x", content_encoding="br, gzip")
        assert (await refused(made, strange)).code == "unknown-encoding"


async def test_a_slow_server_is_left(server: PictureServer, monkeypatch: pytest.MonkeyPatch):
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

    server.answers |= {"/drip.jpg": drips, "/head.jpg": slow_head}
    async with fetching(server, monkeypatch) as made:
        for path in ("/drip.jpg", "/head.jpg"):
            failure = await refused(made, server.url(path))
            assert (failure.code, type(failure)) == ("timeout", Away)


async def test_a_head_is_bounded_and_nonsense_is_no_picture(server: PictureServer, monkeypatch: pytest.MonkeyPatch):
    server.answers["/long.jpg"] = b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n"
    server.answers["/many.jpg"] = b"HTTP/1.1 200 OK\r\n" + b"".join(b"X%d: y\r\n" % n for n in range(100_000))
    server.answers["/ssh"] = b"SSH-2.0-OpenSSH_9.6\r\n"
    async with fetching(server, monkeypatch) as made:
        for path in ("/long.jpg", "/many.jpg", "/ssh"):
            assert (await refused(made, server.url(path))).code == "unreachable"


async def test_a_certificate_that_nobody_vouches_for_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    async with picture_server(self_signed(tmp_path, "pictures.test")) as server, fetching(server, monkeypatch) as made:
        failure = await refused(made, f"https://pictures.test:{server.port}/")
    assert (failure.code, server.asked) == ("bad-certificate", [])
