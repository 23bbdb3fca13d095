"""The parameters of customers, their sessions and payment methods."""

from __future__ import annotations

from typing import Any

from stripe_double.objects.errors import StripeError, missing_parameter
from stripe_double.objects.intents import method_of
from stripe_double.objects.records import Method
from stripe_double.protocol.fields import Fields
from stripe_double.protocol.forms import Value
from stripe_double.protocol.params import typed_card

_TEXTS = {"business_name": 150, "description": 5000, "email": 512, "individual_name": 150, "name": 256, "phone": 20}
_FILTERS = ("always", "limited", "unspecified")
_SWITCH = ("disabled", "enabled")


def customer(form: dict[str, Value], *, changes: bool = False) -> tuple[dict[str, Any], list[str]]:
    """The given fields of a customer, and the paths to expand. `changes`: of an update, where empty values count."""
    fields = Fields(form)
    names = fields.names()
    given: dict[str, Any] = {name: fields.text(name, longest=most) for name, most in _TEXTS.items()}
    given |= {
        "address": fields.address(),
        "metadata": fields.metadata(changes=changes),
        "preferred_locales": fields.items("preferred_locales"),
        "shipping": fields.shipping(),
        "tax_exempt": fields.choice("tax_exempt", ("exempt", "none", "reverse")),
        **({} if changes else {"payment_method": fields.text("payment_method")}),
    }
    settings = fields.nested("invoice_settings")
    if settings is not None:
        names.append("default_payment_method")
        given["default_payment_method"] = settings.text("default_payment_method")
        settings.done()
    paths = fields.items("expand")
    fields.done()
    return {name: value for name, value in given.items() if name in names}, paths


def method(form: dict[str, Value], today: tuple[int, int]) -> Method:
    """The card of a new payment method."""
    fields = Fields(form)
    fields.choice("type", ("card",), required=True)
    fields.skip(("billing_details", "allow_redisplay"))
    card = fields.nested("card")
    if card is None:
        raise missing_parameter("card")
    found = typed_card(card, today)
    fields.done()
    return method_of(found)


def session(form: dict[str, Value]) -> tuple[str, dict[str, Any]]:
    """The customer of a session, and its components: the Payment Element alone is known to the double."""
    fields = Fields(form)
    name = fields.text("customer", required=True)
    components = fields.nested("components")
    if components is None:
        raise missing_parameter("components")
    element = components.nested("payment_element")
    if element is None:
        raise StripeError(400, "At least one component must be enabled.", param="components")
    enabled = element.boolean("enabled", required=True)
    features = element.nested("features")
    given = _features(features) if features is not None else None
    for checked in (features, element, components, fields):
        if checked is not None:
            checked.done()
    if not enabled:
        raise StripeError(400, "At least one component must be enabled.", param="components")
    return name, {"enabled": enabled, "features": given}


def _features(fields: Fields) -> dict[str, Any]:
    filters = fields.items("payment_method_allow_redisplay_filters") or ["always"]
    for each in filters:
        if each not in _FILTERS:
            raise StripeError(400, "Invalid payment_method_allow_redisplay_filters", param="components")
    return {
        "payment_method_allow_redisplay_filters": filters,
        "payment_method_redisplay": fields.choice("payment_method_redisplay", _SWITCH) or "disabled",
        "payment_method_redisplay_limit": fields.integer("payment_method_redisplay_limit", 1, 10) or 3,
        "payment_method_remove": fields.choice("payment_method_remove", _SWITCH) or "disabled",
        "payment_method_save": fields.choice("payment_method_save", _SWITCH) or "disabled",
        "payment_method_save_usage": fields.choice("payment_method_save_usage", ("off_session", "on_session")),
    }
