"""Stripe as a PaymentProvider. calls.py and the reconciler repeat calls.

The library's aiohttp transport costs a quarter of the CPU of its httpx one (measured, 1,000 calls each).
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import aiohttp
import stripe

from payments.domain.case import Case, Kind
from payments.domain.intent import Intent
from payments.provider import stripe_case_payloads, stripe_payloads
from payments.provider.amounts import NotChargeable, to_provider
from payments.provider.api import StripeApi
from payments.provider.balance import BalanceCalls
from payments.provider.budget import Budget
from payments.provider.calls import CONNECT_SECONDS, TOTAL_SECONDS, Call, Calls
from payments.provider.customers import CustomerCalls
from payments.provider.disputing import DisputeCalls
from payments.provider.pages import Pages
from payments.provider.port import Health, Lane, Misconfigured, NewIntent, NewRefund, Refused, Unknown

_PAGES = 10
_CASES: dict[Kind, tuple[str, ...]] = {
    "refund": ("refunds",),
    "dispute": ("disputes",),
    "fraud_warning": ("radar", "early_fraud_warnings"),
}
# What Stripe takes as a reason; any other is not sent.
_REASONS = frozenset({"duplicate", "fraudulent", "requested_by_customer"})

# The SDK sends no latencies to Stripe and logs nothing: its lines quote Stripe's messages.
stripe.enable_telemetry = False
logging.getLogger("stripe").setLevel(logging.CRITICAL)


def client_of(secret_key: str, api_base: str | None, transport: stripe.HTTPClient | None = None) -> stripe.StripeClient:
    """Stripe's client, or the same for a double at `api_base`."""
    bases: Any = {"api": api_base} if api_base else None
    return stripe.StripeClient(secret_key, base_addresses=bases, http_client=transport, max_network_retries=0)


class StripeProvider:
    """A PaymentProvider. Open it inside a running event loop and close it there."""

    def __init__(
        self, secret_key: str, api_base: str | None, budget: Budget, *, suffix: str = "", shop: str = ""
    ) -> None:
        timeout = aiohttp.ClientTimeout(total=TOTAL_SECONDS, connect=CONNECT_SECONDS, sock_connect=CONNECT_SECONDS)
        self._transport = stripe.AIOHTTPClient(timeout=timeout)
        self._api = StripeApi(secret_key, api_base, self._transport)
        self._calls = Calls(budget)
        self._pages = Pages(self._api, self._calls)
        self.disputes = DisputeCalls(self._api, self._calls)
        self.balance = BalanceCalls(self._pages)
        self.customers = CustomerCalls(self._api, self._calls, self._pages, shop)
        self._suffix, self._shop = suffix, shop

    def health(self, lane: Lane) -> Health:
        """See PaymentProvider."""
        return self._calls.health(lane)

    async def close(self) -> None:
        """Close its connections."""
        await self._transport.close_async()  # type: ignore[no-untyped-call]  # untyped in the SDK

    async def create(self, wanted: NewIntent, key: str, *, lane: Lane, patience: float = TOTAL_SECONDS) -> Intent:
        """See PaymentProvider."""
        parameters = new_intent(wanted, self._suffix, self._shop)
        intent = _read(
            await self._calls.ask(
                "create",
                lambda: self._api.post("payment_intents", parameters=parameters, key=key),
                lane=lane,
                patience=patience,
            )
        )
        if not intent.methods:
            raise Misconfigured(
                "no_payment_methods", "The account has no way to pay switched on: cards are off.", key_spent=True
            )
        return intent

    async def retrieve(self, intent_id: str, *, patience: float = TOTAL_SECONDS) -> Intent:
        """See PaymentProvider."""
        return await self._one("retrieve", lambda: self._api.get("payment_intents", intent_id), patience)

    async def capture(self, intent_id: str, key: str) -> Intent:
        """See PaymentProvider."""
        return await self._one("capture", lambda: self._api.post("payment_intents", intent_id, "capture", key=key))

    async def cancel(self, intent_id: str, key: str) -> Intent:
        """See PaymentProvider."""
        return await self._one("cancel", lambda: self._api.post("payment_intents", intent_id, "cancel", key=key))

    async def find(self, payment_id: UUID, since: datetime, until: datetime, *, lane: Lane) -> Intent | None:
        """Looks through Stripe's list, which is up to date at once (its search is not), 1,000 intents at most.

        One that is missed does no harm: its secret was never handed out, so nobody can pay it. Nor can one without any
        way to pay.
        """
        wanted = str(payment_id)
        between = {"gte": int(since.timestamp()), "lte": int(until.timestamp()) + 1}
        async for page in self._pages.of("payment_intents", {"created": between}, lane=lane, most=_PAGES):
            intents = map(_read, page)
            found = next((each for each in intents if each.payment_id == wanted and each.methods), None)
            if found is not None:
                return found
        return None

    async def intents_since(self, moment: datetime) -> AsyncIterator[Intent]:
        """See PaymentProvider."""
        async for page in self._pages.of("payment_intents", {"created": {"gte": int(moment.timestamp())}}):
            for intent in map(_read, page):
                # debt(adopt-without-shop): intents without metadata.shop are left out.
                if self._shop and intent.shop == self._shop:
                    yield intent

    async def events_since(self, moment: datetime, types: Collection[str] = ()) -> AsyncIterator[dict[str, Any]]:
        """See PaymentProvider."""
        narrowed = {"types": sorted(types)} if types else {}
        async for page in self._pages.of("events", {"created": {"gte": int(moment.timestamp())}, **narrowed}):
            for event in page:
                yield event

    async def case(self, kind: Kind, case_id: str) -> Case:
        """See PaymentProvider."""
        path = _CASES[kind]
        return _case(kind, await self._calls.ask(f"case_{kind}", lambda: self._api.get(*path, case_id)))

    async def refund(self, wanted: NewRefund, key: str) -> Case:
        """See PaymentProvider."""
        parameters = new_refund(wanted)
        return _case(
            "refund",
            await self._calls.ask("refund", lambda: self._api.post("refunds", parameters=parameters, key=key)),
        )

    async def refunds_of(self, *, charge_id: str = "", intent_id: str = "") -> list[Case]:
        """See PaymentProvider."""
        of = {"charge": charge_id} if charge_id else {"payment_intent": intent_id}
        pages = self._pages.of("refunds", of, most=_PAGES, operation="case_refunds")
        return [_case("refund", each) async for page in pages for each in page]

    async def _one(self, operation: str, call: Call, patience: float = TOTAL_SECONDS) -> Intent:
        return _read(await self._calls.ask(operation, call, patience=patience))


def new_intent(wanted: NewIntent, suffix: str, shop: str = "") -> dict[str, Any]:
    """The parameters of a creation. The same for each try: its idempotency key stands for them.

    Raises:
        Refused: Stripe cannot charge this amount at all.
    """
    try:
        amount = to_provider(wanted.amount, wanted.currency)
    except NotChargeable as wrong:
        raise Refused("amount_not_chargeable", str(wrong)) from None
    number = wanted.details.get("number")
    metadata = {"order_id": str(wanted.order_id), "payment_id": str(wanted.payment_id)}
    metadata |= {"shop": shop} if shop else {}
    shown = {
        "description": f"Order {number}" if number else None,
        "receipt_email": wanted.details.get("email"),
        "shipping": wanted.details.get("shipping"),
        "statement_descriptor_suffix": suffix or None,
        "customer": wanted.details.get("customer"),
    }
    return {
        "amount": amount,
        "currency": wanted.currency.lower(),
        "capture_method": "manual",
        "allowed_payment_method_types": ["card"],
        "metadata": {**metadata, "order_number": number} if number else metadata,
        **{name: value for name, value in shown.items() if value},
    }


def new_refund(wanted: NewRefund) -> dict[str, Any]:
    """The parameters of a refund. The same for each try: its idempotency key stands for them.

    Raises:
        Refused: Stripe has no amount that equals this one.
    """
    try:
        amount = to_provider(wanted.amount, wanted.currency)
    except NotChargeable as wrong:
        raise Refused("amount_not_refundable", str(wrong)) from None
    ids = {"refund_id": wanted.refund_id, "payment_id": wanted.payment_id, "order_id": wanted.order_id}
    return {
        "payment_intent": wanted.intent_id,
        "amount": amount,
        "metadata": {name: str(value) for name, value in ids.items()},
        **({"reason": wanted.reason} if wanted.reason in _REASONS else {}),
    }


def _read(answer: dict[str, Any]) -> Intent:
    try:
        return stripe_payloads.intent_of(answer)
    except stripe_payloads.Unreadable as wrong:
        raise Unknown(f"an answer that cannot be read: {wrong}") from wrong


def _case(kind: Kind, answer: dict[str, Any]) -> Case:
    try:
        return stripe_case_payloads.case_of(kind, answer)
    except stripe_payloads.Unreadable as wrong:
        raise Unknown(f"an answer that cannot be read: {wrong}") from wrong
