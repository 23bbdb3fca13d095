"""Stripe's double as a process, and a listener that keeps the webhooks it sends, for tests to deliver as they like."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import msgspec
import stripe

from chassis.testing.servers import child_process, free_port
from chassis.testing.waiting import wait_until

SECRET_KEY = "sk_test_payments_tests"
WEBHOOK_SECRET = "whsec_payments_tests"
PAYS, DECLINED, NO_FUNDS = "pm_card_visa", "pm_card_visa_chargeDeclined", "pm_card_visa_chargeDeclinedInsufficientFunds"


@dataclass(frozen=True)
class Sent:
    """A webhook as it was sent."""

    body: bytes
    signature: str

    @property
    def event(self) -> dict[str, Any]:
        return msgspec.json.decode(self.body)

    @property
    def order_id(self) -> str:
        """Of an event about an intent as it was; "" of any other."""
        subject = self.event.get("data", {}).get("object", {})
        return subject["metadata"].get("order_id", "") if subject.get("object") == "payment_intent" else ""


@dataclass
class Listener:
    """Answers 200 to every webhook and keeps it."""

    sent: list[Sent] = field(default_factory=list)
    port: int = 0

    def about(self, name: str, kind: str = "") -> list[Sent]:
        """Of an object by its id, of a type that contains `kind`."""
        return [each for each in self.sent if name in each.body.decode() and kind in each.event["type"]]

    def of(self, order_id: UUID, kind: str = "") -> list[Sent]:
        return [each for each in self.sent if each.order_id == str(order_id) and kind in each.event["type"]]

    @contextmanager
    def listening(self) -> Iterator[Listener]:
        kept = self.sent

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                kept.append(Sent(body, self.headers["Stripe-Signature"]))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        with serving(Handler) as self.port:
            yield self


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    """A server on loopback; its port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Double:
    """The double's other side: the shopper, the faults, and the book."""

    def __init__(self, url: str) -> None:
        self.url = url
        headers = {"Authorization": f"Bearer {SECRET_KEY}"}
        self._client = httpx.Client(base_url=url, headers=headers, timeout=60)

    def close(self) -> None:
        self._client.close()

    def faults(self, **faults: Any) -> None:
        self._client.post("/_double/faults", json=faults).raise_for_status()

    def pay(self, intent_id: str, card: str = PAYS) -> int:
        """The shopper confirms; the status of the answer."""
        form = {"payment_method": card}
        return self._client.post(f"/v1/payment_intents/{intent_id}/confirm", data=form).status_code

    def act(self, intent_id: str, operation: str, **form: Any) -> httpx.Response:
        """As somebody would in Stripe's dashboard."""
        return self._client.post(f"/v1/payment_intents/{intent_id}/{operation}", data=form)

    def post(self, path: str, **form: Any) -> dict[str, Any]:
        """What somebody does by the API with the account's key."""
        return self._client.post(f"/v1/{path}", data=form).raise_for_status().json()

    def whole(self, intent_id: str) -> dict[str, Any]:
        """As the API answers it."""
        return self._client.get(f"/v1/payment_intents/{intent_id}").raise_for_status().json()

    def change(self, intent_id: str, **form: Any) -> None:
        """As somebody would with the account's key."""
        self._client.post(f"/v1/payment_intents/{intent_id}", data=form).raise_for_status()

    def control(self, what: str, **wanted: Any) -> dict[str, Any]:
        """The double's own switches, and what somebody does in the dashboard: "limits", "disputes/du_1"."""
        return self._client.post(f"/_double/{what}", json=wanted).raise_for_status().json()

    def shown(self, what: str) -> dict[str, Any]:
        return self._client.get(f"/_double/{what}").raise_for_status().json()

    def go_on(self) -> None:
        """What Stripe and the banks do after a while, now: evidence is decided, refunds and payouts arrive."""
        self.control("clock", advance_seconds=0)

    def plain(self) -> None:
        """As it was at first."""
        self.faults()
        self.control("limits")
        self.control("destination", payload="snapshot", events=None, enabled=True)

    def intents(self, order_id: UUID) -> list[dict[str, Any]]:
        """What the book holds for an order."""
        book = self._client.get("/_double/book", params={"order_id": str(order_id)}).raise_for_status().json()
        return list(book["intents"])

    def refunds(self, order_id: UUID) -> list[dict[str, Any]]:
        """The refunds of an order's intent, oldest first."""
        parameters = {"payment_intent": self.intent(order_id)["id"], "limit": "100"}
        answer = self._client.get("/v1/refunds", params=parameters).raise_for_status()
        return list(reversed(answer.json()["data"]))

    def intent(self, order_id: UUID) -> dict[str, Any]:
        (only,) = self.intents(order_id)
        return only


@contextmanager
def double_process(folder: Path, webhook_url: str, port: int | None = None) -> Iterator[str]:
    """The double on loopback; its URL."""
    port = port or free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "STRIPE_DOUBLE_BOOK": str(folder / "book.sqlite3"),
        "STRIPE_DOUBLE_SECRET_KEY": SECRET_KEY,
        "STRIPE_DOUBLE_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "STRIPE_DOUBLE_WEBHOOK_URL": webhook_url,
        "STRIPE_DOUBLE_PUBLIC_URL": url,
    }
    argv = [sys.executable, "-m", "chassis.serve", "stripe_double", "--port", str(port)]
    with child_process(argv, env=environment, stdout=subprocess.DEVNULL) as process:
        wait_until(lambda: _ready(url) or process.poll() is not None, what="stripe_double")
        yield url


def _ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health/ready", timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def signed(event: dict[str, Any], secret: str = WEBHOOK_SECRET, at: int | None = None) -> Sent:
    """A webhook as Stripe would send it."""
    body = msgspec.json.encode(event)
    header = stripe.WebhookSignature.generate_signature_header(body.decode(), secret, at)
    return Sent(body, header)
