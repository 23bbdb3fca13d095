"""Where strangers may try to lead the client that fetches pictures."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog.pictures import client
from catalog.tests.pictures.clients import fetching, refused
from catalog.tests.pictures.server import PictureServer, Writer, picture_server, response, self_signed


async def test_a_picture_is_fetched_by_its_name(pictures: PictureServer, monkeypatch: pytest.MonkeyPatch):
    url = pictures.serve("/a.jpg?v=1", b"content")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    async with fetching(pictures, monkeypatch) as made:
        assert await made.fetch(f"{url}#part") == b"content"
    (head,) = pictures.asked
    assert head.startswith("GET /a.jpg?v=1 HTTP/1.1")
    assert f"Host: pictures.test:{pictures.port}" in head
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
async def test_no_connection_is_made_to_a_private_address(
    pictures: PictureServer, monkeypatch: pytest.MonkeyPatch, host: str
):
    pictures.serve("/a.jpg", b"secret")
    inside = [["127.0.0.1"]]
    known = {"localhost": inside, "inside_test": inside, "2130706433": inside, "0x7f000001": inside, "127_1": inside}
    async with fetching(pictures, monkeypatch, inside=False, **known) as made:
        failure = await refused(made, pictures.url("/a.jpg", host))
    # What is written as one number is not even looked up.
    assert failure.lasting
    assert failure.code in {"refused-address", "bad-address"}
    assert pictures.asked == []


async def test_a_name_that_changes_its_address_is_checked_at_every_redirect(
    pictures: PictureServer, monkeypatch: pytest.MonkeyPatch
):
    """DNS rebinding: the address that is checked is the one that is connected to, at every hop."""
    pictures.serve("/a.jpg", b"", "302 Found", location=pictures.url("/b.jpg", "turns.test"))
    pictures.serve("/b.jpg", b"secret")
    turns = [["127.0.0.1"], ["10.0.0.1"], ["127.0.0.1"]]
    async with fetching(pictures, monkeypatch, turns_test=turns) as made:
        failure = await refused(made, pictures.url("/a.jpg", "turns.test"))
    assert failure.code == "refused-address"
    assert pictures.paths() == ["/a.jpg"]


async def test_an_inner_address_among_outer_ones_is_not_connected_to(
    pictures: PictureServer, monkeypatch: pytest.MonkeyPatch
):
    pictures.serve("/a.jpg", b"secret")
    async with fetching(pictures, monkeypatch, inside=False, mixed_test=[["127.0.0.1", "127.0.0.2"]]) as made:
        assert (await refused(made, pictures.url("/a.jpg", "mixed.test"))).code == "refused-address"
    assert pictures.asked == []


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
    pictures: PictureServer, monkeypatch: pytest.MonkeyPatch, location: str, code: str
):
    url = pictures.serve("/a.jpg", b"", "302 Found", location=location)
    async with fetching(pictures, monkeypatch) as made:
        assert (await refused(made, url)).code == code
    assert pictures.paths() == ["/a.jpg"]


async def test_some_redirects_are_followed_and_a_loop_ends(pictures: PictureServer, monkeypatch: pytest.MonkeyPatch):
    for step in range(4):
        pictures.serve(f"/{step}", b"", "301 Moved", location=f"/{step + 1}")
    pictures.serve("/4", b"content")
    loop = pictures.serve("/loop", b"", "307 Temporary", location="/loop")
    async with fetching(pictures, monkeypatch) as made:
        assert await made.fetch(pictures.url("/0")) == b"content"
        pictures.asked.clear()
        assert (await refused(made, loop)).code == "too-many-redirects"
    assert len(pictures.asked) == client.MAX_REDIRECTS + 1


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
async def test_urls_that_are_not_http_are_refused(pictures: PictureServer, monkeypatch: pytest.MonkeyPatch, url: str):
    async with fetching(pictures, monkeypatch) as made:
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
async def test_temporary_failures_differ_from_permanent_ones(
    pictures: PictureServer, monkeypatch: pytest.MonkeyPatch, status: str, code: str, *, lasting: bool
):
    url = pictures.serve("/a.jpg", b"", status)
    async with fetching(pictures, monkeypatch) as made:
        failure = await refused(made, url)
    assert (failure.code, failure.lasting) == (code, lasting)


async def test_a_server_that_is_not_there_is_tried_again(pictures: PictureServer, monkeypatch: pytest.MonkeyPatch):
    async with fetching(pictures, monkeypatch) as made:
        gone = await refused(made, pictures.url("/a.jpg", "unknown.test"))
        assert (gone.code, gone.lasting) == ("unknown-host", False)

        async def breaks_off(writer: Writer) -> None:
            writer.write(response(b"half", content_length="1000"))

        pictures.answers["/half.jpg"] = breaks_off
        assert (await refused(made, pictures.url("/half.jpg"))).code == "unreachable"
        assert (await refused(made, pictures.serve("/empty.jpg", b""))).code == "empty"


async def test_an_untrusted_certificate_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    tls = self_signed(tmp_path, "pictures.test")
    async with picture_server(tls) as pictures, fetching(pictures, monkeypatch) as made:
        failure = await refused(made, f"https://pictures.test:{pictures.port}/")
    assert (failure.code, pictures.asked) == ("bad-certificate", [])
