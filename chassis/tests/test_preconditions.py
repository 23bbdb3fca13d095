from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI, Response

from chassis.problems import Malformed, Problem
from chassis.web.preconditions import (
    IfMatch,
    VersionChanged,
    check_version,
    etag,
    if_match,
)

PRESENT = 7


@pytest.mark.parametrize(
    ("header", "version"),
    [(None, None), ("*", None), (" * ", None), ('"7"', 7), ('\t"7" ', 7), ('"9223372036854775807"', 2**63 - 1)],
)
def test_a_header_names_a_version_or_none(header, version):
    assert if_match(header) == version


FOREIGN = ["", "7", '"7', '""', '"0"', '"07"', '"-7"', '"7","8"', 'W/"7"', '"abc"', '"\u0667"', "**"]
TOO_HIGH = ['"9223372036854775808"', '"99999999999999999999"']


@pytest.mark.parametrize("header", [*FOREIGN, *TOO_HIGH])
def test_what_is_no_version_of_ours_is_refused(header):
    with pytest.raises(Malformed) as refused:
        if_match(header)
    assert [(each.field, each.code) for each in refused.value.errors] == [("header.If-Match", "etag")]


def test_what_is_sent_as_etag_comes_back_as_the_same_version():
    assert [if_match(etag(version)) for version in (1, 7, 2**63 - 1)] == [1, 7, 2**63 - 1]


def test_another_version_is_refused_with_the_present_one():
    check_version(None, PRESENT)
    check_version(PRESENT, PRESENT)
    with pytest.raises(VersionChanged) as refused:
        check_version(6, PRESENT)
    assert refused.value.status == 412
    assert refused.value.extensions == {"version": PRESENT}
    assert refused.value.headers == {"ETag": '"7"'}


@pytest.fixture
async def client():
    app = FastAPI(exception_handlers={Problem: answer})

    @app.put("/")
    async def change(version: IfMatch) -> dict[str, int]:
        check_version(version, PRESENT)
        return {"version": PRESENT + 1}

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


async def answer(_request, error) -> Response:
    return Response(error.body("r", "4bf9"), error.status, error.headers)


async def test_a_handler_gets_the_version_or_refuses(client):
    assert (await client.put("/")).json() == {"version": 8}
    assert (await client.put("/", headers={"If-Match": '"7"'})).json() == {"version": 8}
    stale = await client.put("/", headers={"If-Match": '"6"'})
    assert (stale.status_code, stale.headers["etag"]) == (412, '"7"')
    assert (stale.json()["type"], stale.json()["version"]) == ("version-changed", PRESENT)
    weak = await client.put("/", headers={"If-Match": 'W/"7"'})
    assert (weak.status_code, weak.json()["errors"][0]["field"]) == (400, "header.If-Match")
    twice = await client.put("/", headers=[("If-Match", '"7"'), ("If-Match", '"8"')])
    assert (twice.status_code, twice.json()["errors"][0]["code"]) == (400, "duplicate")
