"""A synthetic shopper: buys its own article up to the open payment and cancels, again and again, by HTTP alone.

`python -m orders.probe URL` reads from the folder of its secrets the files `email` and `password` of the account that
`python -m identity.create_admin --probe` made, and serves its metrics. With `--pay` it pays as well.

The account's role marks its orders: they reserve nothing that others could buy, and no figure, mail or limit counts
them. Where a run dies half-way its order ends as anybody's: when the time to pay is over.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import prometheus_client

from chassis import telemetry

STEPS = ("browse", "sign-in", "cart", "checkout", "payment", "cancel")
ARTICLE = "mercat-probe"
# As long as anybody waits for an answer; and until an order that is cancelled, or paid, has become so.
ANSWER_SECONDS, END_SECONDS = 15.0, 60.0
_WRONG = (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError)
_TEST_KEY = "pk_test_"

registry = prometheus_client.CollectorRegistry()
success = prometheus_client.Gauge(
    "probe_success", "Whether the step worked in the last run that came to its end", ["step"], registry=registry
)
duration = prometheus_client.Histogram(
    "probe_step_duration_seconds",
    "How long a step took that worked",
    ["step"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
    registry=registry,
)
last_run = prometheus_client.Gauge("probe_last_run_timestamp_seconds", "When a run ended", registry=registry)
_log = telemetry.logger(__name__)


class Unexpected(ValueError):
    """The shop answered something else than a shopper needs; the message says what."""


@dataclass(frozen=True)
class Shop:
    """Where it buys and as whom. `urls`: the address by the first words of a path; "" is for all others."""

    urls: Mapping[str, str]
    email: str
    password: str
    pay: bool = False
    stripe: str = "https://api.stripe.com"


@dataclass
class Run:
    """One purchase. `done`: the steps that worked."""

    shop: Shop
    http: aiohttp.ClientSession
    done: list[str] = field(default_factory=list)
    _headers: dict[str, str] = field(default_factory=dict)
    _order: str = ""

    async def buy(self) -> bool:
        """Whether all steps worked. What it ordered is cancelled, whatever happened in between."""
        secret = None
        try:
            async with self._step("browse"):
                await self._ask("GET", "/api/v1/products?limit=1")
            async with self._step("sign-in"):
                login = {"email": self.shop.email, "password": self.shop.password}
                self._headers = _bearer(await self._ask("POST", "/api/v1/sessions", 201, json=login))
            async with self._step("cart"):
                await self._ask("GET", "/api/v1/cart")
            async with self._step("checkout"):
                payment = await self._check_out()
            async with self._step("payment"):
                secret = payment["client_secret"]
                await self._pay(secret, payment["publishable_key"] or "")
        except _WRONG as wrong:
            await self._give_up(wrong)
            return False
        return await self._end()

    async def _end(self) -> bool:
        try:
            async with self._step("cancel"):
                if not self.shop.pay:
                    await self._cancel()
            await self._ask("DELETE", "/api/v1/sessions/current", 204)
        except _WRONG as wrong:
            _log.warning("probe.failed", reason=f"{type(wrong).__name__}: {wrong}")
            return False
        return True

    async def _give_up(self, wrong: BaseException) -> None:
        """Tell, and let go of the order: by itself it would wait until the time to pay is over."""
        step = STEPS[len(self.done)]
        _log.warning("probe.failed", step=step, reason=f"{type(wrong).__name__}: {wrong}")
        try:
            if self._order:
                await self._ask("POST", f"/api/v1/orders/{self._order}/cancel")
        except _WRONG as refused:
            _log.warning("probe.order_left", order_id=self._order, reason=f"{type(refused).__name__}: {refused}")

    @asynccontextmanager
    async def _step(self, name: str) -> AsyncIterator[None]:
        began = time.perf_counter()
        yield
        duration.labels(name).observe(time.perf_counter() - began)
        self.done.append(name)

    async def _check_out(self) -> dict[str, Any]:
        """Order the article; what is needed to pay."""
        article = await self._ask("GET", f"/api/v1/admin/products/{ARTICLE}")
        variant = article["variants"][0]
        price = variant["prices"][0]["price"]
        body = {
            "email": self.shop.email,
            "expected_total": price,
            "currency": price["currency"],
            "lines": [{"variant_id": variant["id"], "quantity": 1}],
        }
        placed = await self._ask("POST", "/api/v1/orders", 201, json=body, headers={"Idempotency-Key": str(uuid4())})
        self._order = placed["order"]["id"]
        if placed["payment"] is None:
            raise Unexpected("the payment could not be opened")
        return dict(placed["payment"])

    async def _pay(self, secret: str, key: str) -> None:
        """See that the order waits for money; in test mode, pay it with a card that is no card."""
        shown = await self._ask("GET", f"/api/v1/orders/{self._order}/payment")
        if shown["status"] != "pending_payment" or not secret:
            raise Unexpected(f"the order is {shown['status']}")
        if not self.shop.pay:
            return
        if not key.startswith(_TEST_KEY):
            raise Unexpected("--pay is for Stripe's test mode: this shop takes real money")
        form = {"client_secret": secret, "payment_method": "pm_card_visa", "key": key}
        intent = secret.partition("_secret_")[0]
        async with self.http.post(f"{self.shop.stripe}/v1/payment_intents/{intent}/confirm", data=form) as answer:
            if answer.status != 200:
                raise Unexpected(f"Stripe answered {answer.status} to the payment")
        await self._becomes("paid")

    async def _cancel(self) -> None:
        await self._ask("POST", f"/api/v1/orders/{self._order}/cancel")
        await self._becomes("cancelled")

    async def _becomes(self, status: str) -> None:
        """Wait for the order to come to this end."""
        deadline = time.monotonic() + END_SECONDS
        while (await self._ask("GET", f"/api/v1/orders/{self._order}"))["status"] != status:
            if time.monotonic() > deadline:
                raise Unexpected(f"the order was not {status} within {END_SECONDS:.0f} s")
            await asyncio.sleep(0.5)  # between two questions

    async def _ask(self, method: str, path: str, wanted: int = 200, **options: Any) -> Any:
        """The JSON of an answer with this status."""
        base = next((url for start, url in self.shop.urls.items() if start and path.startswith(start)), None)
        headers = {**self._headers, **options.pop("headers", {})}
        url = (base or self.shop.urls[""]) + path
        async with self.http.request(method, url, headers=headers, **options) as answer:
            if answer.status != wanted:
                raise Unexpected(f"{method} {path.partition('?')[0]} was answered with {answer.status}")
            return await answer.json() if wanted != 204 else None


def _bearer(signed_in: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {signed_in['access_token']}"}


async def run_once(shop: Shop) -> bool:
    """Buy once, and show how it went; whether all steps worked."""
    timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout, headers={"User-Agent": "mercat-probe"}) as http:
        run = Run(shop, http)
        worked = await run.buy()
    for step in STEPS:
        success.labels(step).set(step in run.done)
    last_run.set_to_current_time()
    return worked


async def _for_ever(shop: Shop, seconds: float) -> None:
    while True:
        await run_once(shop)
        await asyncio.sleep(seconds)  # between two runs


def main() -> None:
    """Serve the metrics, and buy until the process is ended."""
    parser = argparse.ArgumentParser(prog="python -m orders.probe", description=__doc__.partition("\n")[0])
    parser.add_argument("url", help="the shop's address")
    parser.add_argument("--secrets", type=Path, default=Path("/run/mercat"), metavar="FOLDER")
    parser.add_argument("--every", type=float, default=300.0, metavar="SECONDS", help="between two runs")
    parser.add_argument("--pay", action="store_true", help="pay, too: in Stripe's test mode alone")
    parser.add_argument("--port", type=int, default=8000, help="of the metrics")
    given = parser.parse_args()
    email, password = ((given.secrets / name).read_text(encoding="utf-8").strip() for name in ("email", "password"))
    for step in STEPS:
        success.labels(step)
        duration.labels(step)
    prometheus_client.start_http_server(given.port, registry=registry)
    asyncio.run(_for_ever(Shop({"": given.url.rstrip("/")}, email, password, given.pay), given.every))


if __name__ == "__main__":
    main()
