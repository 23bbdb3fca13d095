"""Stripe's double as a process, and the shopper who pays there."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from chassis.testing.live import ready
from chassis.testing.servers import child_process
from chassis.testing.waiting import wait_until

SECRET_KEY, PUBLISHABLE_KEY, WEBHOOK_SECRET = "sk_test_orders_tests", "pk_test_orders_tests", "whsec_orders_tests"
# What the shop says to those who pay by bank transfer.
TRANSFER = "Ada's Prints, IBAN DE02120300000000202051\nReference: {number}"
PAYS, DECLINED = "pm_card_visa", "pm_card_visa_chargeDeclined"


@dataclass(frozen=True)
class Double:
    url: str

    def pay(self, client_secret: str, method: str = PAYS) -> httpx.Response:
        """What Stripe.js sends when a shopper confirms."""
        intent = client_secret.partition("_secret_")[0]
        return httpx.post(
            f"{self.url}/v1/payment_intents/{intent}/confirm",
            data={"client_secret": client_secret, "payment_method": method, "key": PUBLISHABLE_KEY},
            timeout=60,
        )

    def act(self, client_secret: str, how: str) -> httpx.Response:
        """What somebody does in Stripe's dashboard: capture or cancel."""
        intent = client_secret.partition("_secret_")[0]
        return httpx.post(f"{self.url}/v1/payment_intents/{intent}/{how}", auth=(SECRET_KEY, ""), timeout=60)

    def faults(self, **switches: Any) -> None:
        httpx.post(f"{self.url}/_double/faults", json=switches, auth=(SECRET_KEY, ""), timeout=60).raise_for_status()

    def at_dashboard(self, what: str, client_secret: str, **wanted: Any) -> dict[str, Any]:
        """What somebody does in Stripe's dashboard, or a bank: a refund, a dispute."""
        body = {"payment_intent": client_secret.partition("_secret_")[0], **wanted}
        answer = httpx.post(f"{self.url}/_double/{what}", json=body, auth=(SECRET_KEY, ""), timeout=60)
        made: dict[str, Any] = answer.raise_for_status().json()
        return made

    def refunds_of(self, client_secret: str) -> list[dict[str, Any]]:
        """The refunds of an intent, oldest first."""
        parameters = {"payment_intent": client_secret.partition("_secret_")[0], "limit": "100"}
        answer = httpx.get(f"{self.url}/v1/refunds", params=parameters, auth=(SECRET_KEY, ""), timeout=60)
        return list(reversed(answer.raise_for_status().json()["data"]))

    def intents_of(self, order_id: str) -> list[dict[str, Any]]:
        about = {"order_id": order_id}
        answer = httpx.get(f"{self.url}/_double/book", params=about, auth=(SECRET_KEY, ""), timeout=60)
        return list(answer.raise_for_status().json()["intents"])


@contextmanager
def double_process(folder: Path, port: int, webhook_url: str) -> Iterator[Double]:
    url = f"http://127.0.0.1:{port}"
    settings = {
        "STRIPE_DOUBLE_BOOK": str(folder / "book.sqlite3"),
        "STRIPE_DOUBLE_SECRET_KEY": SECRET_KEY,
        "STRIPE_DOUBLE_PUBLISHABLE_KEY": PUBLISHABLE_KEY,
        "STRIPE_DOUBLE_WEBHOOK_URL": webhook_url,
        "STRIPE_DOUBLE_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "STRIPE_DOUBLE_PUBLIC_URL": url,
    }
    argv = [sys.executable, "-m", "uvicorn", "--port", str(port), "--log-level", "warning", "stripe_double.app:app"]
    with child_process(argv, env={**os.environ, **settings}):
        wait_until(lambda: ready(url), what="the double")
        yield Double(url)


def payments_settings(double_port: int) -> dict[str, str]:
    url = f"http://127.0.0.1:{double_port}"
    return {
        "STRIPE_SECRET_KEY": SECRET_KEY,
        "STRIPE_PUBLISHABLE_KEY": PUBLISHABLE_KEY,
        "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "STRIPE_API_BASE": url,
        "STRIPE_PAY_URL": f"{url}/pay",
        "PAYMENT_METHODS": "card,bank_transfer,cash",
        "BANK_TRANSFER_INSTRUCTIONS": TRANSFER,
    }
