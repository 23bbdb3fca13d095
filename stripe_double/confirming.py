"""What a confirmation may carry: by a server, or by a browser as Stripe.js sends it for the Payment Element."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stripe_double import params
from stripe_double.errors import invalid
from stripe_double.fields import Fields
from stripe_double.intents import CONFIRMABLE

if TYPE_CHECKING:
    from stripe_double.forms import Value
    from stripe_double.records import Intent, Method

MODES = ("payment", "setup", "subscription")
# What Stripe.js tells Stripe of itself; nothing is decided by it.
_NOISE = ("client_attribution_metadata", "radar_options", "referrer", "payment_user_agent", "_stripe_account")
_NO_WAY_BACK = (
    "A `return_url` must be specified because this Payment Intent is configured to automatically accept the payment "
    "methods enabled in the Dashboard, some of which may require a full page redirect to succeed. If you do not want "
    "to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and "
    "`automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents."
)


@dataclass(frozen=True, slots=True)
class Context:
    """What the person's form was made for (`client_context`): a payment that is another is not confirmed by it."""

    currency: str | None = None
    capture_method: str | None = None
    mode: str | None = None


@dataclass(frozen=True, slots=True)
class Confirm:
    """`token` is a ConfirmationToken's id. `stripe_sdk`: the caller itself shows 3-D Secure, over its page."""

    method: Method | None
    return_url: str | None
    client_secret: str | None
    expand: bool
    token: str | None = None
    stripe_sdk: bool = False
    context: Context = Context()


def read(form: dict[str, Value], today: tuple[int, int]) -> Confirm:
    """`today` is (year, month), for the expiry of a typed card."""
    fields = Fields(form)
    for of_stripe_js in ("_stripe_version", "expected_payment_method_type"):
        fields.text(of_stripe_js)
    fields.skip(_NOISE)
    wanted = Confirm(
        params.payment_method(fields, today),
        params.return_url(fields),
        fields.text("client_secret"),
        fields.expand("latest_charge"),
        fields.text("confirmation_token"),
        fields.boolean("use_stripe_sdk"),
        _context(fields),
    )
    fields.done()
    if wanted.token is not None and wanted.method is not None:
        raise invalid(
            "confirmation_token",
            "You may only specify one of these parameters: confirmation_token, payment_method, payment_method_data.",
        )
    return wanted


def require_fit(intent: Intent, context: Context, return_url: str | None) -> None:
    """400 for a form that was made for another payment, and without a way back where a method may lead off the page.

    An intent in a state that cannot be confirmed is left to the state machine, whose refusal says so.
    """
    if intent.status not in CONFIRMABLE:
        return
    for name, said, real in (
        ("currency", context.currency and context.currency.lower(), intent.currency),
        ("capture_method", context.capture_method, intent.capture_method),
        ("mode", context.mode, "payment"),
    ):
        if said is not None and said != real:
            message = f"The {name} provided ({said[:40]}) does not match the expected {name} ({real})."
            raise invalid(f"client_context[{name}]", message)
    if intent.allow_redirects == "always" and return_url is None:
        raise invalid("return_url", _NO_WAY_BACK)


def _context(fields: Fields) -> Context:
    nested = fields.nested("client_context")
    if nested is None:
        return Context()
    found = Context(
        currency=nested.text("currency"),
        capture_method=nested.choice("capture_method", params.CAPTURE_METHODS),
        mode=nested.choice("mode", MODES),
    )
    nested.skip(("payment_method_options", "payment_method_types", "setup_future_usage"))
    nested.done()
    return found
