from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import httpx
import msgspec
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from chassis.problems import Problem
from chassis.web import request_hash
from chassis.web.errors import as_problem
from chassis.web.idempotency_key import IdempotencyKey


class Placed(msgspec.Struct):
    number: int


class Ordered(BaseModel):
    when: datetime


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), json_values, max_size=5))
def test_the_hash_does_not_depend_on_the_order_of_fields(document):
    shuffled = dict(reversed(list(document.items())))
    assert request_hash("s", document) == request_hash("s", shuffled)
    assert request_hash("s", document) != request_hash("t", document)
    assert request_hash("s", document) != request_hash("s", {**document, "one": "more"})


def test_equal_json_has_equal_hashes_and_other_objects_are_refused():
    when = datetime(2026, 1, 1, tzinfo=UTC)
    assert request_hash("s", Ordered(when=when)) == request_hash("s", {"when": "2026-01-01T00:00:00Z"})
    assert request_hash("s", (Placed(1), Ordered(when=when))) == request_hash("s", [{"number": 1}, {"when": when}])
    with pytest.raises(TypeError, match="may not hold a object"):
        request_hash("s", {"a": object()})


@pytest.fixture
async def client():
    app = FastAPI(exception_handlers={Problem: answer})

    @app.post("/")
    async def place(key: IdempotencyKey) -> str:
        return key

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


async def answer(_request, error) -> Any:
    from fastapi import Response

    problem = as_problem(error)
    return Response(problem.body("r", "4bf9"), problem.status)


@pytest.mark.parametrize("key", ["a", "x" * 255, "!~", "3f0d2c9e-6a1b-4c57-9e0a-8d3a2f5b7c10"])
async def test_a_key_is_visible_ascii(client, key):
    answered = await client.post("/", headers={"Idempotency-Key": key})
    assert (answered.status_code, answered.json()) == (200, key)


Raw = Annotated[bytes, "a header's value"]


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ('"k"', "k"),
        ('"a b"', None),
        (r'"a\"b"', 'a"b'),
        (r'"a\\b"', "a\\b"),
        (r'"a\b"', None),
        ('"a', None),
        ('""', None),
    ],
)
async def test_a_key_in_quotes_is_the_string_that_it_means(client, sent: str, meant: str | None):
    answered = await client.post("/", headers={"Idempotency-Key": sent})
    assert answered.status_code == (400 if meant is None else 200)
    assert meant is None or answered.json() == meant


async def test_two_keys_are_refused(client):
    for second in ("a", "b"):
        answered = await client.post("/", headers=[("Idempotency-Key", "a"), ("Idempotency-Key", second)])
        assert (answered.status_code, answered.json()["type"]) == (400, "malformed-request")
        assert answered.json()["errors"][0]["field"] == "header.Idempotency-Key"


@pytest.mark.parametrize(
    "key", [None, b"", b'"' + b"x" * 256 + b'"', b"x" * 256, b"a b", "schlüssel".encode(), b"a\tb", b"\x7f"]
)
async def test_a_missing_or_unusable_key_is_refused(client, key: Raw | None):
    answered = await client.post("/", headers={} if key is None else {b"Idempotency-Key": key})
    assert answered.status_code == 400
    assert answered.json()["type"] == "missing-idempotency-key"
