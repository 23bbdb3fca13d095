"""A client that buys over HTTPS or HTTP; each has another client address in 127.0.0.0/8."""

from __future__ import annotations

import asyncio
import itertools
import re
import socket
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from proofs.products import Variant
from proofs.store import ProofStore
from proofs.waiting import eventually

ADDRESS = {
    "name": "Ada Lovelace",
    "line1": "12 St James's Square",
    "city": "London",
    "postal_code": "SW1Y 4LE",
    "country": "GB",
}
PASSWORD = "correct horse battery staple"  # noqa: S105 -- of made-up people
OK = "pm_card_visa"
# Its money is available at once: it can be paid out on the same day.
AVAILABLE = "pm_card_bypassPending"
DISPUTES = "pm_card_createDispute"
DECLINED = "pm_card_visa_chargeDeclined"
THREE_D_SECURE = "pm_card_threeDSecure2Required"

# A client repeats its request after these: it was refused for now, or its outcome is not known.
_REPEATED = frozenset({429, 502, 503, 504})
_UNDER_WAY = "idempotency-key-running"

_numbers = itertools.count(1)
_LINK = re.compile(r"/account/confirm#(\S+)")


@dataclass(frozen=True)
class Answer:
    """Status and JSON of an answer."""

    status: int
    body: Any

    @property
    def type(self) -> str:
        """The type of the problem, or "" for any other answer."""
        return self.body.get("type", "") if isinstance(self.body, dict) and self.status >= 400 else ""


@dataclass
class Shopper:
    """One buyer. `base` is the URL of the store, https or http; `headers` are sent with each request."""

    store: ProofStore
    http: aiohttp.ClientSession
    base: str
    email: str
    headers: dict[str, str] = field(default_factory=dict)

    async def call(self, method: str, path: str, *, json: Any = None, **headers: str) -> Answer:
        """Send one request; a closed connection raises."""
        url = path if path.startswith("http") else self.base + path
        async with self.http.request(method, url, json=json, headers={**self.headers, **headers}) as answer:
            # Traefik answers in plain text if there is no server.
            body = await answer.json() if "json" in answer.content_type else await answer.text()
            return Answer(answer.status, body)

    async def retry(self, ask: Callable[[], Awaitable[Answer]], seconds: float = 60) -> Answer:
        """Repeat a request each second, for so many seconds, until its outcome is known; returns the last answer.

        Raises:
            aiohttp.ClientError, TimeoutError: the last try failed.
        """
        deadline = time.monotonic() + seconds
        while True:
            over = time.monotonic() > deadline
            try:
                answer = await ask()
                if over or (answer.status not in _REPEATED and answer.type != _UNDER_WAY):
                    return answer
            except (aiohttp.ClientError, TimeoutError):
                if over:
                    raise
            await asyncio.sleep(1)

    async def retry_on(self, status: int, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """Repeat a request each second as long as the answer has this status (503: busy); returns the last answer."""
        answer = await ask()
        while answer.status == status:
            await asyncio.sleep(1)
            answer = await ask()
        return answer

    async def register(self, password: str = PASSWORD) -> None:
        """Create an account with the link in the mail, and sign in."""
        asked = await self.call("POST", "/api/v1/accounts", json={"email": self.email})
        assert asked.status == 202, asked

        async def link() -> str:
            texts = [mail["text"] for mail in await self.store.mails(self.email)]
            found = [match[1] for match in map(_LINK.search, texts) if match]
            return found[0] if found else ""

        token = await eventually(link, 30, f"a mail to {self.email} with a link")
        wish = {"token": token, "password": password}
        made = await self.call("POST", "/api/v1/email-verifications", json=wish)
        assert made.status == 201, made
        await self.sign_in(password)

    async def sign_in(self, password: str) -> None:
        """Sign in; later requests have the access token."""
        signed = await self.call("POST", "/api/v1/sessions", json={"email": self.email, "password": password})
        assert signed.status == 201, signed
        self.headers["Authorization"] = f"Bearer {signed.body['access_token']}"

    async def order(self, variant: Variant, key: str | None = None, **wish: Any) -> Answer:
        """Order one unit; `wish` replaces fields of the body. Later requests have the order token of a guest."""
        body = {
            "email": self.email,
            "shipping_address": ADDRESS,
            "lines": [{"variant_id": variant.id, "quantity": 1}],
            "expected_total": variant.total,
            **wish,
        }
        answer = await self.call("POST", "/api/v1/orders", json=body, **{"Idempotency-Key": key or uuid.uuid4().hex})
        if answer.status == 201 and answer.body.get("order_token"):
            self.headers["Order-Token"] = answer.body["order_token"]
        return answer

    async def confirm(self, payment: dict[str, Any], card: str) -> Answer:
        """Confirm a payment at the provider as a browser does, with the publishable key and the client secret."""
        intent = payment["client_secret"].partition("_secret_")[0]
        data = {
            "client_secret": payment["client_secret"],
            "key": payment["publishable_key"],
            "payment_method": card,
            "return_url": f"{self.base}/",
        }
        async with self.http.post(f"{self.store.double}/v1/payment_intents/{intent}/confirm", data=data) as answer:
            return Answer(answer.status, await answer.json())

    async def pay(self, placed: dict[str, Any], seconds: float = 60) -> str:
        """Confirm the payment of an order when it can be paid: "bought", or the reason why not."""
        payment, order, deadline = placed["payment"], placed["order"]["id"], time.monotonic() + seconds
        while payment is None:
            answer = await self.retry(lambda: self.call("GET", f"/api/v1/orders/{order}/payment"), seconds)
            if answer.status != 200:
                return f"asking for the payment: {answer.status} {answer.type}"
            payment, status = answer.body["payment"], answer.body["status"]
            if payment is None and status in {"authorised", "stock_committed", "paid"}:
                return "bought"
            if payment is None and (status not in {"placed", "pending_payment"} or time.monotonic() > deadline):
                return f"an order that is {status}"
            await asyncio.sleep(0 if payment else 0.5)
        confirmed = await self.retry(lambda: self.confirm(payment, OK), seconds)
        # An earlier try confirmed the intent, and its answer was lost.
        again = confirmed.status == 400 and confirmed.body["error"]["code"] == "payment_intent_unexpected_state"
        return "bought" if confirmed.status == 200 or again else f"payment {confirmed.status}"

    async def buy(self, variant: Variant, seconds: float = 60) -> str:
        """Order a unit with one key and pay, repeating unanswered requests: "bought", or the reason why not."""
        key = uuid.uuid4().hex
        placed = await self.retry(lambda: self.order(variant, key), seconds)
        return await self.pay(placed.body, seconds) if placed.status == 201 else placed.type or str(placed.status)

    async def status(self, order_id: str) -> str:
        """The status of the buyer's order; waits while the calls are rate-limited."""
        answer = await self.retry_on(429, lambda: self.call("GET", f"/api/v1/orders/{order_id}"))
        assert answer.status == 200, answer
        return str(answer.body["status"])

    async def until(self, order_id: str, *statuses: str, seconds: float = 60) -> str:
        """Wait until the order has one of these statuses; returns it."""

        async def there() -> str:
            status = await self.status(order_id)
            return status if status in statuses else ""

        return str(await eventually(there, seconds, f"order {order_id} in {' or '.join(statuses)}"))


@asynccontextmanager
async def shopper(
    store: ProofStore, *, https: bool = True, email: str | None = None, source: str | None = None
) -> AsyncIterator[Shopper]:
    """A new buyer, with the client address `source` or another one for each buyer: rate limits count by address."""
    number = next(_numbers)
    source = source or f"127.1.{number // 250 % 250}.{number % 250 + 2}"
    connector = aiohttp.TCPConnector(
        local_addr=(source, 0), ssl=store.trust if https else False, family=socket.AF_INET, limit=8, force_close=False
    )
    timeout = aiohttp.ClientTimeout(total=60)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as http:
        base = store.https if https else store.plain
        yield Shopper(store, http, base, email or f"buyer-{number}-{uuid.uuid4().hex[:6]}@example.com")
