"""A real double on a loopback port, in a thread of the tests or in a process of its own, and a shop to be told."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import stripe
import uvicorn

from local_servers.ports import free_port
from stripe_double.app import create_app
from stripe_double.settings import Settings

ROOT = Path(__file__).parents[2]
SECRET = "sk_test_of_the_tests"
PUBLISHABLE = "pk_test_of_the_tests"
WEBHOOK_SECRET = "whsec_of_the_tests"
PATIENCE = 60.0


def until(condition: Callable[[], Any], what: str) -> Any:
    """The first true value of the condition."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.01)
    raise TimeoutError(f"waited {PATIENCE} s for {what}")


def envelope(error: stripe.StripeError) -> dict[str, Any]:
    """What the double answered, as it was on the wire."""
    body = error.json_body
    assert isinstance(body, dict)
    found: dict[str, Any] = body["error"]
    return found


def typed_card(number: str, **other: str) -> dict[str, str]:
    """What Stripe.js sends of a card that a person typed."""
    card = {"number": number, "exp_month": "12", "exp_year": "40", "cvc": "123", **other}
    data = {f"payment_method_data[card][{name}]": value for name, value in card.items()}
    return {"payment_method_data[type]": "card", "payment_method_data[guid]": "NA", **data}


class Shop:
    """Takes webhooks as a shop would: verifies each with the SDK. `refuse` makes it answer 500."""

    def __init__(self) -> None:
        self.events: list[stripe.Event] = []
        self.attempts = 0
        self.refuse = False
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                event = stripe.Webhook.construct_event(body, self.headers["Stripe-Signature"], WEBHOOK_SECRET)
                shop.attempts += 1
                if not shop.refuse:
                    shop.events.append(event)
                self.send_response(500 if shop.refuse else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/webhooks/stripe"
        self._thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def kinds(self, intent: str) -> list[str]:
        return [event.type for event in list(self.events) if event.data.object["id"] == intent]

    def told(self, intent: str, kind: str) -> stripe.Event:
        """Waits until this intent's event of this kind has come."""

        def found() -> stripe.Event | None:
            return next(
                (event for event in list(self.events) if event.type == kind and event.data.object["id"] == intent),
                None,
            )

        event: stripe.Event = until(found, f"{kind} of {intent}")
        return event

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()


class Double:
    """How the tests talk to a running double."""

    def __init__(self, url: str) -> None:
        self.url = url

    @contextlib.asynccontextmanager
    async def sdk(self, key: str = SECRET) -> AsyncIterator[stripe.StripeClient]:
        """The official client, which never retries by itself here."""
        http = stripe.HTTPXClient(allow_sync_methods=False)
        yield stripe.StripeClient(key, base_addresses={"api": self.url}, http_client=http, max_network_retries=0)
        await http.close_async()

    def raw(self, method: str, path: str, key: str | None = SECRET, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        headers |= more.pop("headers", {})
        return httpx.request(method, self.url + path, headers=headers, timeout=PATIENCE, **more)

    def faults(self, **switches: Any) -> None:
        self.raw("POST", "/_double/faults", json=switches).raise_for_status()

    def database(self) -> dict[str, Any]:
        db: dict[str, Any] = self.raw("GET", "/_double/book").raise_for_status().json()
        return db

    def contents(self) -> tuple[list[dict[str, Any]], int]:
        """What a refusal must leave as it was: the intents and how many events there are."""
        db = self.database()
        return db["intents"], sum(db["webhooks"].values())

    def entry(self, intent: str) -> dict[str, Any]:
        entry: dict[str, Any] = next(entry for entry in self.database()["intents"] if entry["id"] == intent)
        return entry


CARDS = {"allowed_payment_method_types[0]": "card"}


def paid(double: Double, card: str = "pm_card_visa", **more: str) -> dict[str, Any]:
    """An intent that was confirmed with a test card."""
    form = {**CARDS, "amount": "900", "currency": "usd", "confirm": "true", "payment_method": card, **more}
    intent: dict[str, Any] = double.raw("POST", "/v1/payment_intents", data=form).raise_for_status().json()
    return intent


@contextlib.contextmanager
def in_thread(db: Path, webhook_url: str | None) -> Iterator[Double]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = Settings(db, SECRET, PUBLISHABLE, webhook_url, WEBHOOK_SECRET, url)
    server = uvicorn.Server(uvicorn.Config(create_app(settings), port=port, log_level="critical", access_log=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until(lambda: server.started or not thread.is_alive(), "the double to start")
        yield Double(url)
    finally:
        server.should_exit = True
        thread.join()


class Process:
    """A double in a process of its own, to be killed."""

    def __init__(self, db: Path, webhook_url: str, *, server: str = "uvicorn") -> None:
        port = free_port()
        self.double = Double(f"http://127.0.0.1:{port}")
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "STRIPE_DOUBLE_BOOK": str(db),
            "STRIPE_DOUBLE_SECRET_KEY": SECRET,
            "STRIPE_DOUBLE_PUBLISHABLE_KEY": PUBLISHABLE,
            "STRIPE_DOUBLE_WEBHOOK_URL": webhook_url,
            "STRIPE_DOUBLE_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "STRIPE_DOUBLE_PUBLIC_URL": self.double.url,
        }
        options = ["--interface", "asgi", "--workers", "1"] if server == "granian" else []
        self.process = subprocess.Popen(
            [sys.executable, "-m", server, *options, "--port", str(port), "stripe_double.app:app"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def ready(self) -> Double:
        until(self._answers, "the double to be ready")
        return self.double

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

    def end(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=PATIENCE)

    def _answers(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(self.process.communicate()[1].decode())
        try:
            return httpx.get(f"{self.double.url}/health/ready", timeout=60).status_code == 200
        except httpx.TransportError:
            return False
