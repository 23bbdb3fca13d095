from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import stripe

from stripe_double.app import create_app
from stripe_double.controls.clock import Clock
from stripe_double.controls.faults import Faults
from stripe_double.database import event_queue
from stripe_double.database.database import Database, DatabaseInUse
from stripe_double.settings import Settings
from stripe_double.tests.running import Double, Process, Shop, in_thread, until
from stripe_double.webhooks import sender

BACK = "https://shop.example/orders/7"


@pytest.fixture
def quiet_shop() -> Iterator[Shop]:
    shop = Shop()
    yield shop
    shop.close()


async def test_event_has_its_request(double: Double, shop: Shop, sdk: stripe.StripeClient) -> None:
    made = await sdk.v1.payment_intents.create_async(
        {"amount": 900, "currency": "usd"}, {"idempotency_key": "event-of-this"}
    )
    event = shop.told(made.id, "payment_intent.created")
    assert event.id.startswith("evt_")
    assert event.request is not None
    assert event.request.idempotency_key == "event-of-this"
    assert made.last_response is not None
    assert event.request.id == made.last_response.request_id
    until(lambda: double.database()["webhooks"]["pending"] == 0, "the book to know of the delivery")


def test_signature_is_valid_for_its_secret_only() -> None:
    payload = json.dumps({"id": "evt_1", "object": "event"}).encode()
    header = sender.signature(payload, "whsec_a", int(time.time()))
    assert stripe.Webhook.construct_event(payload, header, "whsec_a").id == "evt_1"
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(payload, header, "whsec_b")
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(payload + b" ", header, "whsec_a")


def test_delays_double_up_to_30_seconds() -> None:
    pauses = [sender.pause_after(attempts) for attempts in (0, 1, 2, 7, 8, 5000)]
    assert pauses == [0.2, 0.4, 0.8, 25.6, 30.0, 30.0]


def test_slow_retries_are_as_far_apart_as_stripes() -> None:
    pauses = [sender.pause_after(attempts, slow=True) for attempts in (0, 1, 5, 5000)]
    assert pauses == [60.0, 120.0, 1920.0, 12 * 3600.0]


def _attempts(path: Path) -> list[int]:
    """How often each event was sent, as the double has recorded it."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        return [attempts for (attempts,) in db.execute("SELECT attempts FROM events")]


def test_a_refused_event_waits_for_its_slow_retry(tmp_path: Path, quiet_shop: Shop) -> None:
    quiet_shop.refuse = True
    with in_thread(tmp_path / "book", quiet_shop.url) as double:
        double.faults(webhooks={"slow_retries": True})
        double.raw("POST", "/v1/customers", data={"email": "a@b.example"}).raise_for_status()
        until(lambda: _attempts(tmp_path / "book") == [1], "the first attempt")
        quiet_shop.refuse = False
        double.raw("POST", "/_double/clock", json={"advance_seconds": 30}).raise_for_status()
        assert double.database()["webhooks"]["pending"] == 1
        double.raw("POST", "/_double/clock", json={"advance_seconds": 31}).raise_for_status()
        until(lambda: quiet_shop.events, "the second attempt")
        assert quiet_shop.attempts == 2


def test_refused_event_is_sent_again(tmp_path: Path, quiet_shop: Shop) -> None:
    quiet_shop.refuse = True
    with in_thread(tmp_path / "book", quiet_shop.url) as double:
        intent = double.raw("POST", "/v1/payment_intents", data={"amount": "900", "currency": "usd"}).json()["id"]
        until(lambda: quiet_shop.attempts >= 3, "three attempts")
        assert double.database()["webhooks"]["pending"] == 1
        quiet_shop.refuse = False
        quiet_shop.told(intent, "payment_intent.created")
        until(lambda: double.database()["webhooks"]["delivered"] == 1, "the book to know")


def test_without_a_url_events_stay_in_the_database(tmp_path: Path, quiet_shop: Shop) -> None:
    db = tmp_path / "book"
    with in_thread(db, None) as double:
        intent = double.raw("POST", "/v1/payment_intents", data={"amount": "900", "currency": "usd"}).json()["id"]
        assert double.database()["webhooks"]["pending"] == 1
    with in_thread(db, quiet_shop.url):
        quiet_shop.told(intent, "payment_intent.created")


@pytest.mark.parametrize("age", [0.0, sender.GIVE_UP_AFTER + 60])
async def test_an_event_is_given_up_after_three_days(tmp_path: Path, age: float) -> None:
    db = Database(tmp_path / "book")
    db.open()
    settings = Settings(tmp_path, webhook_url="http://127.0.0.1:9/nobody/listens")
    born = time.time() - age
    await db.write(lambda db: event_queue.add(db, "evt_1", {}, born, born, lost=False))
    running = asyncio.create_task(sender.WebhookSender(db, settings, Faults(), Clock()).run())
    try:
        expected = ("given up",) if age else (None,)

        def state() -> Any:
            return db.read(lambda db: db.execute("SELECT outcome FROM events WHERE attempts > 0").fetchone())

        await asyncio.to_thread(until, lambda: state() == expected, "an attempt")
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        db.close()


@pytest.mark.parametrize("server", ["uvicorn", "granian"])
def test_purchase_through_a_double_in_its_own_process(tmp_path: Path, quiet_shop: Shop, server: str) -> None:
    process = Process(tmp_path / "book", quiet_shop.url, server=server)
    try:
        double = process.ready()
        form = {
            "amount": "900",
            "currency": "usd",
            "confirm": "true",
            "payment_method": "pm_card_visa",
            "return_url": BACK,
        }
        intent = double.raw("POST", "/v1/payment_intents", data=form).json()["id"]
        quiet_shop.told(intent, "payment_intent.succeeded")
        double.faults(reset_after_commit=1)
        with pytest.raises(httpx.RemoteProtocolError):
            double.raw("POST", "/v1/payment_intents", data=form)
        assert len(double.database()["intents"]) == 2
    finally:
        process.end()


def test_killed_double_keeps_its_data_and_delivers_after_a_restart(tmp_path: Path, quiet_shop: Shop) -> None:
    db = tmp_path / "book"
    quiet_shop.refuse = True
    process = Process(db, quiet_shop.url)
    try:
        double = process.ready()
        form = {
            "amount": "900",
            "currency": "usd",
            "confirm": "true",
            "payment_method": "pm_card_visa",
            "return_url": BACK,
        }
        answers = {
            key: double.raw("POST", "/v1/payment_intents", data=form, headers={"Idempotency-Key": key}).json()
            for key in map(str, range(10))
        }
        until(lambda: quiet_shop.attempts > 0, "a first attempt")
        before = double.database()
        assert before["webhooks"]["pending"] == 30
        with pytest.raises(DatabaseInUse):
            Database(db).open()
    finally:
        process.kill()
    process = Process(db, quiet_shop.url)
    try:
        double = process.ready()
        assert double.database() == before
        quiet_shop.refuse = False
        for key, answer in answers.items():
            again = double.raw("POST", "/v1/payment_intents", data=form, headers={"Idempotency-Key": key})
            assert again.json() == answer
            assert again.headers["idempotent-replayed"] == "true"
            quiet_shop.told(answer["id"], "payment_intent.succeeded")
        until(lambda: double.database()["webhooks"]["pending"] == 0, "all deliveries")
        assert len(double.database()["intents"]) == 10
    finally:
        process.end()


async def test_only_subscribed_events_are_sent(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "book", webhook_events=frozenset({"payment_intent.succeeded"}))
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        headers = {"Authorization": f"Bearer {settings.secret_key}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://double", headers=headers) as client:
            form = {
                "amount": "900",
                "currency": "usd",
                "confirm": "true",
                "payment_method": "pm_card_visa",
                "return_url": BACK,
            }
            assert (await client.post("/v1/payment_intents", data=form)).json()["status"] == "succeeded"
            assert (await client.get("/_double/book")).json()["webhooks"]["pending"] == 1
