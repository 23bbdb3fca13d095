"""The parameters of each call, checked: wrong, missing or unknown ones are refused by name, as Stripe does."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from stripe_double.objects import cards, currencies
from stripe_double.objects.errors import invalid, missing_parameter
from stripe_double.objects.intents import method_of
from stripe_double.objects.links import require_return_url
from stripe_double.objects.records import Method
from stripe_double.protocol import update_params
from stripe_double.protocol.fields import USAGES, Fields
from stripe_double.protocol.forms import Value
from stripe_double.settings import API_VERSION

TYPES_ENDED = "2026-09-30"
"""The first API version that refuses the parameter payment_method_types.

Source: https://docs.stripe.com/changelog/endive/2026-09-30/removes-the-payment-method-types-parameter-from-payment-intents-and-setup-intents
"""
CAPTURE_METHODS = ("automatic", "automatic_async", "manual")
REASONS = ("duplicate", "fraudulent", "requested_by_customer", "abandoned")
# Fields that Stripe.js adds to a payment method and that are ignored.
_IGNORED = (
    "billing_details",
    "allow_redisplay",
    "guid",
    "muid",
    "sid",
    "payment_user_agent",
    "time_on_page",
    "referrer",
    "pasted_fields",
    "client_attribution_metadata",
    "radar_options",
)


@dataclass(frozen=True, slots=True)
class Create:
    """The checked parameters of a creation. `intent` are fields of the record `Intent`."""

    intent: dict[str, Any]
    method: Method | None
    confirm: bool
    return_url: str | None
    expand: bool
    off_session: bool = False


@dataclass(frozen=True, slots=True)
class Capture:
    """The checked parameters of a capture."""

    amount: int | None
    expand: bool


@dataclass(frozen=True, slots=True)
class Cancel:
    """The checked parameters of a cancellation."""

    reason: str | None
    expand: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """The checked parameters of a list. `created` are pairs of SQL comparison and Unix seconds."""

    limit: int
    starting_after: str | None
    created: tuple[tuple[str, int], ...]
    expand: bool
    customer: str | None = None


def create(form: dict[str, Value], today: tuple[int, int], version: str = API_VERSION) -> Create:
    """Check the parameters of a creation. `version` is the API version of the caller."""
    fields = Fields(form)
    currency = currencies.supported(fields.text("currency", required=True))
    amount = fields.integer("amount", 1, required=True)
    allow_redirects, only_cards = _payment_methods(fields, version)
    intent = {
        "amount": currencies.within_limits(currencies.chargeable("amount", amount, currency), currency),
        "currency": currency,
        "capture_method": fields.choice("capture_method", CAPTURE_METHODS) or "automatic_async",
        "allow_redirects": allow_redirects,
        "only_cards": only_cards,
        "metadata": fields.metadata(),
        "description": fields.text("description", longest=1000),
        "receipt_email": fields.text("receipt_email", longest=512),
        "statement_descriptor": update_params.descriptor(fields, "statement_descriptor"),
        "statement_descriptor_suffix": update_params.descriptor(fields, "statement_descriptor_suffix"),
        "shipping": fields.shipping(),
        "customer": fields.text("customer"),
        "setup_future_usage": fields.choice("setup_future_usage", USAGES),
    }
    confirmed = fields.boolean("confirm")
    wanted = Create(
        intent,
        payment_method(fields, today),
        confirmed,
        return_url(fields),
        fields.expand("latest_charge"),
        fields.boolean("off_session"),
    )
    fields.done()
    _require_confirmation(wanted)
    return wanted


def _require_confirmation(wanted: Create) -> None:
    """Raise 400 for parameters that only a creation with confirmation may have, and for one without a method."""
    if wanted.off_session and not wanted.confirm:
        raise invalid("off_session", "The parameter off_session cannot be used unless confirm is set to true.")
    if wanted.confirm and wanted.method is None:
        raise invalid(
            "payment_method",
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            "payment_intent_unexpected_state",
        )
    if wanted.return_url is not None and not wanted.confirm:
        raise invalid("return_url", "The parameter return_url cannot be used unless confirm is set to true.")


def capture(form: dict[str, Value]) -> Capture:
    """Check the parameters of a capture."""
    fields = Fields(form)
    wanted = Capture(fields.integer("amount_to_capture", 1), fields.expand("latest_charge"))
    fields.done()
    return wanted


def cancel(form: dict[str, Value]) -> Cancel:
    """Check the parameters of a cancellation."""
    fields = Fields(form)
    wanted = Cancel(fields.choice("cancellation_reason", REASONS), fields.expand("latest_charge"))
    fields.done()
    return wanted


def retrieve(form: dict[str, Value]) -> tuple[str | None, bool]:
    """Check the query of a retrieval: the client secret, and whether `latest_charge` is expanded."""
    fields = Fields(form)
    wanted = fields.text("client_secret"), fields.expand("latest_charge")
    fields.text("is_stripe_sdk")
    fields.done()
    return wanted


def listing(form: dict[str, Value]) -> Listing:
    """Check the parameters of a list of intents."""
    fields = Fields(form)
    customer = fields.text("customer")
    wanted = replace(page(fields, "data.latest_charge"), customer=customer)
    fields.done()
    return wanted


def page(fields: Fields, expand: str = "") -> Listing:
    """Take the parameters of a page of a list."""
    limit = fields.integer("limit", 1, 100)
    return Listing(
        10 if limit is None else limit,
        fields.text("starting_after"),
        fields.created(),
        fields.expand(expand),
    )


def _payment_methods(fields: Fields, version: str) -> tuple[str | None, bool]:
    """`allow_redirects` if payment methods are automatic (the default), and whether types were given instead."""
    types = _types(fields, version)
    automatic = fields.nested("automatic_payment_methods")
    if automatic is None:
        return (None, True) if types else ("always", False)
    if types:
        raise invalid(
            "automatic_payment_methods",
            "You may only specify one of these parameters: automatic_payment_methods, allowed_payment_method_types.",
        )
    enabled = automatic.boolean("enabled", required=True)
    redirects = automatic.choice("allow_redirects", ("always", "never")) or "always"
    automatic.done()
    return (redirects if enabled else None, False)


def _types(fields: Fields, version: str) -> list[str]:
    """The payment method types; the old parameter name is refused from the version `TYPES_ENDED` on."""
    old = fields.items("payment_method_types")
    if old and version >= TYPES_ENDED:
        raise invalid(
            "payment_method_types",
            "payment_method_types is no longer supported as of this API version. Use allowed_payment_method_types, "
            "or leave it out to use automatic payment methods.",
            "payment_method_types_no_longer_supported",
        )
    types = old or fields.items("allowed_payment_method_types")
    if types and "card" not in types:
        raise invalid("payment_method_types", f"The payment method type provided: {types[0][:40]} is invalid.")
    return types


def payment_method(fields: Fields, today: tuple[int, int]) -> Method | None:
    """Take the PaymentMethod, given by id or as card data, if any. One that may be saved has no card yet."""
    name = fields.text("payment_method")
    data = fields.nested("payment_method_data")
    if name is not None and data is not None:
        raise invalid("payment_method_data", "You may only specify one of payment_method, payment_method_data.")
    if name is not None:
        return method_of(cards.by_name(name)) if name.startswith("pm_card_") else Method(name, "")
    return None if data is None else method_of(_card(data, today))


def typed_card(card: Fields, today: tuple[int, int]) -> cards.Card:
    """Take the number, expiry and security code of a card; 402 if it is none of Stripe's test cards."""
    number, month, year = (card.text(name, required=True, longest=40) for name in ("number", "exp_month", "exp_year"))
    cvc = card.text("cvc", longest=40) or "123"
    card.done()
    return cards.typed(number, month, year, cvc, today)


def _card(data: Fields, today: tuple[int, int]) -> cards.Card:
    data.choice("type", ("card",), required=True)
    data.skip(_IGNORED)
    card = data.nested("card")
    if card is None:
        raise missing_parameter("payment_method_data[card]")
    data.done()
    return typed_card(card, today)


def return_url(fields: Fields) -> str | None:
    """Take `return_url`; 400 if it is no http(s) URL."""
    url = fields.text("return_url", longest=2048)
    return None if url is None else require_return_url(url)


def is_intent_id(text: str) -> bool:
    """Whether the text has the form of a PaymentIntent's id."""
    return re.fullmatch(r"pi_[0-9A-Za-z]{1,60}", text) is not None
