"""Calls to Stripe are those that its own library makes, and errors mean the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
import stripe

from chassis.values import uuid7
from payments.provider.api import StripeApi
from payments.provider.endings import ended
from payments.provider.port import NewIntent
from payments.provider.stripe_provider import client_of, new_intent
from payments.tests.double import SECRET_KEY

OK = (200, b'{"id":"pi_1","object":"payment_intent","metadata":{}}')


class Recorder(stripe.HTTPClient):
    """A transport that keeps what was asked, and answers the same each time."""

    name = "recorder"

    def __init__(self, answer: tuple[int, bytes] = OK, headers: dict[str, str] | None = None) -> None:
        super().__init__()
        self.answer = answer
        self.headers = headers or {}
        self.asked: list[dict[str, Any]] = []

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        wanted = {"Authorization", "Stripe-Version", "Idempotency-Key", "Content-Type"}
        kept = {name: value for name, value in (headers or {}).items() if name in wanted}
        self.asked.append({"method": method, "url": url, "headers": kept, "body": post_data})
        return self.answer[1], self.answer[0], self.headers


NAME = "Søren & Søn [12] = 100 %+/"
DETAILS = {"number": "M-1", "email": "a+b@c.example", "shipping": {"name": NAME, "address": {"line1": NAME}}}


@pytest.mark.parametrize("base", [None, "http://127.0.0.1:1"])
async def test_the_same_requests_as_the_librarys(base: str | None):
    ours, theirs = Recorder(), Recorder()
    api, library = StripeApi(SECRET_KEY, base, ours), client_of(SECRET_KEY, base, theirs).v1
    parameters: Any = new_intent(NewIntent(uuid7(), uuid7(), 4200, "EUR", DETAILS), "SHOP")
    page: Any = {"created": {"gte": 1, "lte": 2}, "limit": 100, "starting_after": None}
    key: Any = {"idempotency_key": "create-1"}
    await api.post("payment_intents", parameters=parameters, key="create-1")
    await library.payment_intents.create_async(parameters, key)
    await api.post("payment_intents", "pi_1", "capture", key="create-1")
    await library.payment_intents.capture_async("pi_1", options=key)
    await api.get("payment_intents", "pi_/?#1")
    await library.payment_intents.retrieve_async("pi_/?#1")
    await api.get("payment_intents", parameters=page)
    await library.payment_intents.list_async(page)
    await api.get("radar", "early_fraud_warnings", "issfr_1")
    await library.radar.early_fraud_warnings.retrieve_async("issfr_1")
    for mine, other in zip(ours.asked, theirs.asked, strict=True):
        # To a request that has no body the library adds its type, which says nothing.
        assert {**mine, "body": mine["body"] or ""} == {**other, "body": other["body"] or ""}


TYPES = ["invalid_request_error", "idempotency_error", "card_error", "api_error"]
CODES = [None, "lock_timeout", "rate_limit", "resource_missing", "amount_too_small", "idempotency_key_in_use"]
STATUSES = [300, 400, 401, 402, 403, 404, 409, 429, 500, 503]
HEADERS = {"Retry-After": "3", "Idempotent-Replayed": "true"}


@pytest.mark.parametrize("operation", ["create", "capture"])
@pytest.mark.parametrize("status", STATUSES)
async def test_errors_end_a_call_as_the_librarys_do(operation: str, status: int):
    bodies = [{"error": {"type": kind, "code": code, "message": "No."}} for kind in TYPES for code in CODES]
    odd: list[Any] = [{}, {"error": None}, {"error": []}, {"error": {}}]
    odd += [{"error": {"type": kind, "code": code}} for kind in TYPES for code in (["x"], {"x": "y"}, 7)]
    for body in [*map(msgspec.json.encode, bodies + odd), b"", b"<html>", b"[]", b"\xff", b"[" * 100_000]:
        for headers in ({}, HEADERS):
            recorder = Recorder((status, body), headers)
            with pytest.raises(stripe.StripeError) as ours:
                await StripeApi(SECRET_KEY, None, recorder).get("payment_intents", "pi_1")
            with pytest.raises(Exception) as theirs:
                await client_of(SECRET_KEY, None, recorder).v1.payment_intents.retrieve_async("pi_1")
            if isinstance(theirs.value, stripe.StripeError):
                mine, other = ended(ours.value, operation), ended(theirs.value, operation)
                assert (type(mine), vars(mine)) == (type(other), vars(other)), body


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{", b"\xff", b"[" * 100_000])
async def test_an_answer_that_is_no_json_object_is_an_error(body: bytes):
    with pytest.raises(stripe.APIError):
        await StripeApi(SECRET_KEY, None, Recorder((200, body))).get("payment_intents", "pi_1")
