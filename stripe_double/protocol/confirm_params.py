"""The parameters of a confirmation, from a server or from Stripe.js, and their checks against the intent."""

from __future__ import annotations

from dataclasses import dataclass

from stripe_double.objects.errors import invalid
from stripe_double.objects.intents import CONFIRMABLE
from stripe_double.objects.records import Intent, Method
from stripe_double.protocol import params
from stripe_double.protocol.fields import USAGES, Fields
from stripe_double.protocol.forms import Value

MODES = ("payment", "setup", "subscription")
# Data of Stripe.js about itself, which are ignored.
_IGNORED = ("client_attribution_metadata", "radar_options", "referrer", "payment_user_agent", "_stripe_account")
_NO_RETURN_URL = (
    "A `return_url` must be specified because this Payment Intent is configured to automatically accept the payment "
    "methods enabled in the Dashboard, some of which may require a full page redirect to succeed. If you do not want "
    "to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and "
    "`automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents."
)


@dataclass(frozen=True, slots=True)
class ClientContext:
    """The payment that the Payment Element was created for (`client_context`); it must match the intent."""

    currency: str | None = None
    capture_method: str | None = None
    mode: str | None = None


@dataclass(frozen=True, slots=True)
class Confirm:
    """The checked parameters. `token` is a ConfirmationToken's id. `stripe_sdk`: the caller shows 3-D Secure itself."""

    method: Method | None
    return_url: str | None
    client_secret: str | None
    expand: bool
    token: str | None = None
    stripe_sdk: bool = False
    context: ClientContext = ClientContext()
    off_session: bool = False
    setup_future_usage: str | None = None


def read(form: dict[str, Value], today: tuple[int, int]) -> Confirm:
    """Check the parameters of a confirmation. `today` is (year, month), for the expiry of a card."""
    fields = Fields(form)
    for of_stripe_js in ("_stripe_version", "expected_payment_method_type"):
        fields.text(of_stripe_js)
    fields.skip(_IGNORED)
    wanted = Confirm(
        params.payment_method(fields, today),
        params.return_url(fields),
        fields.text("client_secret"),
        fields.expand("latest_charge"),
        fields.text("confirmation_token"),
        fields.boolean("use_stripe_sdk"),
        _client_context(fields),
        fields.boolean("off_session"),
        fields.choice("setup_future_usage", USAGES),
    )
    fields.done()
    if wanted.token is not None and wanted.method is not None:
        raise invalid(
            "confirmation_token",
            "You may only specify one of these parameters: confirmation_token, payment_method, payment_method_data.",
        )
    return wanted


def require_match(intent: Intent, context: ClientContext, return_url: str | None) -> None:
    """Raise 400 if the context does not match the intent, or a redirect is possible and there is no return URL.

    Intents that cannot be confirmed are not checked: the state machine refuses them.
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
        raise invalid("return_url", _NO_RETURN_URL)


def _client_context(fields: Fields) -> ClientContext:
    nested = fields.nested("client_context")
    if nested is None:
        return ClientContext()
    found = ClientContext(
        currency=nested.text("currency"),
        capture_method=nested.choice("capture_method", params.CAPTURE_METHODS),
        mode=nested.choice("mode", MODES),
    )
    nested.skip(("payment_method_options", "payment_method_types", "setup_future_usage"))
    nested.done()
    return found
