"""Decodes Stripe's events and intents. Only the fields named here are used."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import msgspec

from payments.domain.intent import Decline, Intent
from payments.provider.amounts import from_provider

EVENT_ID = re.compile(r"[\x21-\x7e]{1,255}")


class _Method(msgspec.Struct, frozen=True):
    id: str = ""


class _Error(msgspec.Struct, frozen=True):
    type: str = ""
    code: str | None = None
    decline_code: str | None = None
    message: str | None = None
    charge: str | None = None
    payment_method: _Method | None = None


class _PaymentIntent(msgspec.Struct, frozen=True):
    id: str
    object: str
    status: str
    amount: int
    currency: str
    amount_received: int = 0
    client_secret: str | None = None
    metadata: dict[str, str] = {}
    last_payment_error: _Error | None = None
    cancellation_reason: str | None = None
    payment_method_types: list[str] | None = None


class _Named(msgspec.Struct, frozen=True):
    object: str = ""
    id: str | None = None


class _Data(msgspec.Struct, frozen=True):
    object: _Named = _Named()


class _Related(msgspec.Struct, frozen=True):
    id: str
    type: str


class ProviderEvent(msgspec.Struct, frozen=True):
    """A webhook's envelope: with the object as it was ("event"), or with its name alone ("v2.core.event")."""

    id: str
    type: str
    object: str
    # Unix seconds; of an event of v2 a text.
    created: int | str = 0
    livemode: bool | None = None
    account: str | None = None
    context: str | None = None
    data: _Data = _Data()
    related_object: _Related | None = None

    @property
    def thin(self) -> bool:
        """Whether it is an event of v2, which names its object and does not hold it."""
        return self.object == "v2.core.event"

    @property
    def kind(self) -> str:
        """The type without the prefix that thin events have."""
        return self.type.removeprefix("v1.")

    @property
    def subject(self) -> tuple[str, str | None]:
        """Type and id of what it is about."""
        if self.thin:
            return (self.related_object.type, self.related_object.id) if self.related_object else ("", None)
        return self.data.object.object, self.data.object.id


class Unreadable(ValueError):
    """A document that is not of the form of the API's version."""


def event_of(document: object) -> ProviderEvent:
    """A webhook's JSON that has been parsed.

    Raises:
        Unreadable: it is no event.
    """
    try:
        read = msgspec.convert(document, ProviderEvent)
    except msgspec.MsgspecError as wrong:
        raise Unreadable(str(wrong)) from None
    if not EVENT_ID.fullmatch(read.id) or not EVENT_ID.fullmatch(read.type):
        raise Unreadable("an event's id and type are 1 to 255 visible characters")
    if read.object not in {"event", "v2.core.event"}:
        raise Unreadable("it is neither an event nor a v2.core.event")
    return read


def subject_of(event: dict[str, Any]) -> object:
    """The object that an event has as it was, or None."""
    data = event.get("data")
    return data.get("object") if isinstance(data, dict) else None


def intent_of(document: object) -> Intent:
    """A PaymentIntent's.

    Raises:
        Unreadable: it is none.
    """
    try:
        return _intent(msgspec.convert(document, _PaymentIntent))
    except msgspec.MsgspecError as wrong:
        raise Unreadable(str(wrong)) from None


def _intent(read: _PaymentIntent) -> Intent:
    if read.object != "payment_intent":
        raise Unreadable("it is no payment_intent")
    currency = read.currency.upper()
    return Intent(
        id=read.id,
        status=read.status,
        amount=from_provider(read.amount, currency),
        currency=currency,
        amount_received=from_provider(read.amount_received, currency),
        payment_id=read.metadata.get("payment_id", ""),
        order_id=read.metadata.get("order_id", ""),
        shop=read.metadata.get("shop", ""),
        client_secret=read.client_secret,
        decline=_decline(read.last_payment_error),
        cancellation_reason=read.cancellation_reason,
        methods=read.payment_method_types != [],
    )


def _decline(error: _Error | None) -> Decline | None:
    """A bank's refusal has a charge; a 3-D Secure check that failed has only the payment method that was tried."""
    if error is None:
        return None
    method = error.payment_method.id if error.payment_method else ""
    return Decline(
        reference=error.charge or method or "unnamed",
        code=error.decline_code or error.code or error.type or "declined",
        message=error.message or "The payment was declined.",
    )


def uuid_or_none(text: object) -> UUID | None:
    """The UUID in a field of metadata, which is free text; None if it is none."""
    try:
        return UUID(text) if isinstance(text, str) else None
    except ValueError:
        return None
