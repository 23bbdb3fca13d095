"""Limits, objects in use, destinations and the account, as Stripe has them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import stripe

from stripe_double.controls import locks
from stripe_double.controls.limits import Limits
from stripe_double.objects.errors import StripeError
from stripe_double.settings import NAMED, Settings
from stripe_double.tests.running import SECRET, Double, Shop, until
from stripe_double.webhooks.sender import signature


@pytest.fixture
def plain(double: Double) -> Iterator[Double]:
    """Set back to what it was at first."""
    yield double
    double.raw("POST", "/_double/limits", json={}).raise_for_status()
    first = {"payload": "snapshot", "api_version": "2026-10-28.endive", "events": None, "enabled": True}
    double.raw("POST", "/_double/destination", json=first).raise_for_status()


def test_bucket_is_refilled_continuously() -> None:
    at = 0.0
    limits = Limits({"endpoint": 2, "total": 3}, lambda: at)
    for name in ("create", "create", "list"):
        limits.take(name)
    for name, reason in (("create", "endpoint-rate"), ("cancel", "global-rate")):
        with pytest.raises(StripeError) as refusal:
            limits.take(name)
        assert refusal.value.headers["Stripe-Rate-Limited-Reason"] == reason
    at = 0.5
    limits.take("create")
    assert limits.as_json() == {"endpoint": 2, "total": 3, "refused": 2}


def test_call_above_the_limit_gets_429(plain: Double) -> None:
    plain.raw("POST", "/_double/limits", json={"endpoint": 1}).raise_for_status()
    path = "/v1/payment_intents"
    assert plain.raw("GET", path).status_code == 200

    def refused() -> httpx.Response | None:
        """One of those at once: a slow machine gives each its own second."""
        with ThreadPoolExecutor() as threads:
            answers = list(threads.map(lambda _: plain.raw("GET", path), range(8)))
        return next((answer for answer in answers if answer.status_code != 200), None)

    answer = until(refused, "a call too many")
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "rate_limit")
    assert answer.headers["stripe-should-retry"] == "true"
    assert plain.raw("GET", "/_double/limits").json()["refused"] >= 1
    for wrong in (b"[]", b"x", b'{"endpoints": 1}', b'{"endpoint": -1}', b'{"endpoint": true}'):
        assert plain.raw("POST", "/_double/limits", content=wrong).status_code == 400


def test_named_limits_are_set(tmp_path: Path) -> None:
    env = {"STRIPE_DOUBLE_BOOK": str(tmp_path / "book")}
    assert Settings.from_env({**env, "STRIPE_DOUBLE_LIMITS": "sandbox"}).limits == NAMED["sandbox"]
    assert Settings.from_env(env).limits is None
    with pytest.raises(ValueError, match="STRIPE_DOUBLE_LIMITS"):
        Settings.from_env({**env, "STRIPE_DOUBLE_LIMITS": "none"})


def test_call_on_a_locked_object_waits_then_gets_429(double: Double) -> None:
    form = {"amount": "900", "currency": "usd"}
    intent = double.raw("POST", "/v1/payment_intents", data=form).json()["id"]
    double.faults(latency_ms=int(locks.WAIT_SECONDS * 3000), operation="cancel")
    answers: list[int] = []
    slow = threading.Thread(
        target=lambda: answers.append(double.raw("POST", f"/v1/payment_intents/{intent}/cancel").status_code)
    )
    slow.start()

    def locked() -> dict[str, Any] | None:
        answer = double.raw("POST", f"/v1/payment_intents/{intent}", data={"description": "x"})
        return answer.json()["error"] if answer.status_code == 429 else None

    assert until(locked, "the object in use")["code"] == "lock_timeout"
    slow.join()
    assert answers == [200]
    assert double.raw("POST", f"/v1/payment_intents/{intent}", data={"description": "x"}).status_code == 200
    double.faults(lock_timeout=1, operation="list")
    assert double.raw("GET", "/v1/payment_intents").json()["error"]["code"] == "lock_timeout"


async def test_an_object_is_never_held_by_two_callers() -> None:
    own, inside, at_once = locks.Locks(), 0, 0

    async def call() -> None:
        nonlocal inside, at_once
        async with own.hold("pi_1"):
            inside += 1
            at_once = max(at_once, inside)
            await asyncio.sleep(0)
            inside -= 1

    async def calls() -> None:
        for _ in range(20):
            await call()

    await asyncio.gather(*(calls() for _ in range(3)))
    assert at_once == 1


def test_thin_event_has_only_the_objects_id(plain: Double) -> None:
    plain.faults(webhooks={"lost": True})  # the shop of these tests reads snapshots alone
    shown = plain.raw("POST", "/_double/destination", json={"payload": "thin"}).json()
    assert shown["payload"] == "thin"
    form = {"amount": "900", "currency": "usd"}
    plain.raw("POST", "/v1/payment_intents", data=form).raise_for_status()
    listed = plain.raw("GET", "/v2/core/event_destinations").json()["data"]
    assert listed[0]["event_payload"] == "thin"
    assert plain.raw("GET", "/v1/webhook_endpoints").json()["data"] == []
    plain.raw("POST", "/_double/destination", json={"payload": "thin", "events": ["charge.refunded"]})
    assert plain.raw("GET", "/v2/core/event_destinations").json()["data"][0]["enabled_events"] == ["v1.charge.refunded"]
    for wrong in (b"[]", b"x", b'{"payload": "fat"}', b'{"url": "x"}', b'{"events": [1]}', b'{"api_version": ""}'):
        assert plain.raw("POST", "/_double/destination", content=wrong).status_code == 400
    plain.raw("POST", "/_double/destination", json={"payload": "snapshot", "events": None})


async def test_account_and_endpoint_are_answered(double: Double, sdk: stripe.StripeClient, shop: Shop) -> None:
    account = await sdk.v1.accounts.retrieve_current_async()
    assert account.charges_enabled
    (endpoint,) = (await sdk.v1.webhook_endpoints.list_async()).data
    assert (endpoint.url, endpoint.enabled_events, endpoint.status) == (shop.url, ["*"], "enabled")
    assert (await sdk.v1.webhook_endpoints.retrieve_async(endpoint.id)).id == endpoint.id
    for missing in (sdk.v1.webhook_endpoints.retrieve_async("we_none"), sdk.v1.country_specs.retrieve_async("XX")):
        with pytest.raises(stripe.InvalidRequestError):
            await missing
    assert "eur" in (await sdk.v1.country_specs.retrieve_async("DE")).supported_payment_currencies
    double.faults(account_inactive=True)
    assert not (await sdk.v1.accounts.retrieve_current_async()).charges_enabled
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        await sdk.v1.payment_intents.create_async({"amount": 900, "currency": "usd"})
    assert refusal.value.code == "account_invalid"


def test_two_secrets_make_two_signatures() -> None:
    header = signature(b"{}", "whsec_new,whsec_old", 1_700_000_000)
    assert header.count("v1=") == 2
    for secret in ("whsec_new", "whsec_old"):
        assert stripe.WebhookSignature.verify_header("{}", header, secret)


def test_answer_has_the_version_of_the_request(double: Double) -> None:
    answer = double.raw("GET", "/v1/payment_intents", SECRET, headers={"Stripe-Version": "2024-06-20"})
    assert answer.headers["stripe-version"] == "2024-06-20"
