"""The two sides that the contract is tested against: Stripe's double, and Stripe's test mode."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import aiohttp
import pytest
import stripe

from chassis.cache import Valkey
from chassis.limits import Limiter
from chassis.testing.skipping import skip_without
from chassis.testing.waiting import eventually
from chassis.values import uuid7
from payments.domain.intent import Intent
from payments.provider.api import StripeApi
from payments.provider.budget import SANDBOX, Budget
from payments.provider.port import NewIntent, NewRefund
from payments.provider.stripe_provider import StripeProvider
from payments.tests.double import SECRET_KEY, Double

DOUBLE, TEST_MODE = "double", "test mode"
KEY = "STRIPE_CONTRACT_KEY"
PATIENCE = 120.0


@dataclass
class Side:
    """What answers the calls: `api` makes them one by one, `provider` as payments does. `double`: None for Stripe."""

    api: StripeApi
    provider: StripeProvider
    double: Double | None

    async def post(self, *path: str, **parameters: Any) -> dict[str, Any]:
        """A call with a new idempotency key."""
        return await self.api.post(*path, key=f"contract-{uuid7()}", parameters=parameters)

    async def intent(self, amount: int = 4200, **details: str) -> Intent:
        """A new intent, as payments makes one."""
        wanted = NewIntent(uuid7(), uuid7(), amount, "EUR", details)
        return await self.provider.create(wanted, f"create-{wanted.payment_id}", lane="checkout")

    async def confirmed(self, card: str = "pm_card_visa", amount: int = 4200) -> Intent:
        """An intent that was confirmed with a test card."""
        intent = await self.intent(amount)
        await self.post("payment_intents", intent.id, "confirm", payment_method=card)
        return await self.provider.retrieve(intent.id)

    async def captured(self, card: str = "pm_card_visa", amount: int = 4200) -> Intent:
        """An intent that was paid in full."""
        held = await self.confirmed(card, amount)
        return await self.provider.capture(held.id, f"capture-{held.id}")

    async def charge_of(self, intent: Intent, *expand: str) -> dict[str, Any]:
        """The charge that an intent was paid with."""
        whole = await self.api.get("payment_intents", intent.id)
        return await self.api.get("charges", whole["latest_charge"], parameters={"expand": list(expand)})

    async def later(self, what: str, condition: Callable[[], Any]) -> Any:
        """The first true value of a condition that time brings about."""

        async def now() -> Any:
            if self.double is not None:
                self.double.control("clock", advance_seconds=1)
            return await condition()

        return await eventually(now, PATIENCE, what, every=0.02 if self.double else 2.0)


def refund(intent: Intent, amount: int, refund_id: UUID | None = None) -> NewRefund:
    """A refund as payments asks for it."""
    return NewRefund(refund_id or uuid7(), uuid7(), uuid7(), intent.id, amount, "EUR", "requested_by_customer")


@asynccontextmanager
async def opened(name: str, double: Double) -> AsyncIterator[Side]:
    """One of the sides, for as long as the block runs."""
    key, base = (SECRET_KEY, double.url) if name == DOUBLE else (sandbox_key(), None)
    provider = StripeProvider(key, base, _budget(0 if base else SANDBOX))
    transport = stripe.AIOHTTPClient(timeout=aiohttp.ClientTimeout(total=60))
    try:
        yield Side(StripeApi(key, base, transport), provider, double if base else None)
    finally:
        await provider.close()
        await transport.close_async()


def sandbox_key() -> str:
    """The key of Stripe's test mode; without one the test is left out, with one for real money it fails."""
    key = os.environ.get(KEY, "")
    if not key:
        skip_without("a key of Stripe's test mode", f"set {KEY} to one of a sandbox (sk_test_...)")
    if not key.startswith(("sk_test_", "rk_test_")):
        pytest.fail(f"{KEY} must be a key of a sandbox: it begins with sk_test_ or rk_test_")
    return key


def _budget(calls_per_second: int) -> Budget:
    return Budget(Limiter(Valkey(None), "payments", secret=b"x" * 32), calls_per_second)
