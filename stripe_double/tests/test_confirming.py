"""What the Payment Element sends when a person pays, and what a server sends in its stead."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import stripe

from stripe_double.operations import confirmation_tokens
from stripe_double.tests.running import PUBLISHABLE, Double, typed_card

INTENTS = "/v1/payment_intents"
BACK = "https://shop.example/orders/7"
ORDER = {"amount": "4250", "currency": "eur", "capture_method": "manual"}
# As Stripe.js 10 sends it; the rest is the card, the key and the secret.
OF_STRIPE_JS = {
    "return_url": BACK,
    "use_stripe_sdk": "true",
    "expected_payment_method_type": "card",
    "client_context[currency]": "eur",
    "client_context[mode]": "payment",
    "client_context[capture_method]": "manual",
    "client_context[payment_method_options][us_bank_account][verification_method]": "instant",
    "client_attribution_metadata[client_session_id]": "a1",
    "client_attribution_metadata[merchant_integration_source]": "elements",
    "payment_method_data[billing_details][address][country]": "DE",
    "payment_method_data[allow_redisplay]": "unspecified",
    "payment_method_data[payment_user_agent]": "stripe.js/x; payment-element",
    "payment_method_data[referrer]": "https://shop.example",
    "payment_method_data[time_on_page]": "9000",
    "payment_method_data[client_attribution_metadata][client_session_id]": "a1",
    "radar_options[hcaptcha_token]": "x",
}


def made(double: Double, **order: str) -> dict[str, Any]:
    intent: dict[str, Any] = double.raw("POST", INTENTS, data=ORDER | order).raise_for_status().json()
    return intent


def confirmed(double: Double, intent: dict[str, Any], **form: str) -> httpx.Response:
    data = {"key": PUBLISHABLE, "client_secret": intent["client_secret"], **form}
    return double.raw("POST", f"{INTENTS}/{intent['id']}/confirm", key=None, data=data)


def test_parameters_of_the_payment_element_are_accepted(double: Double) -> None:
    intent = made(double)
    answer = confirmed(double, intent, **OF_STRIPE_JS, **typed_card("4242 4242 4242 4242"))
    assert (answer.status_code, answer.json()["status"]) == (200, "requires_capture")
    assert answer.headers["access-control-allow-origin"] == "*"
    again = confirmed(double, intent, **OF_STRIPE_JS, **typed_card("4242 4242 4242 4242"))
    assert again.status_code == 400
    assert again.json()["error"]["code"] == "payment_intent_unexpected_state"
    assert again.json()["error"]["payment_intent"]["status"] == "requires_capture"
    assert len(double.entry(intent["id"])["charges"]) == 1


def test_use_stripe_sdk_makes_stripe_js_show_3d_secure(double: Double) -> None:
    intent = made(double)
    asked = confirmed(double, intent, **OF_STRIPE_JS, **typed_card("4000 0027 6000 3184")).json()
    assert asked["status"] == "requires_action"
    assert asked["next_action"]["type"] == "use_stripe_sdk"
    page = asked["next_action"]["use_stripe_sdk"]
    assert page["type"] == "three_d_secure_redirect"
    assert page["stripe_js"].startswith(f"{double.url}/pay/{intent['id']}/authenticate?")
    by_hand = confirmed(double, intent, return_url=BACK, payment_method="pm_card_authenticationRequired").json()
    assert by_hand["next_action"]["redirect_to_url"]["return_url"] == BACK


@pytest.mark.parametrize(
    ("order", "needed"),
    [
        ({}, True),
        ({"automatic_payment_methods[enabled]": "true"}, True),
        ({"automatic_payment_methods[enabled]": "true", "automatic_payment_methods[allow_redirects]": "never"}, False),
        ({"automatic_payment_methods[enabled]": "false"}, False),
        ({"allowed_payment_method_types[]": "card"}, False),
    ],
)
def test_redirect_methods_need_a_return_url(double: Double, order: dict[str, str], *, needed: bool) -> None:
    intent = made(double, **order)
    before = double.contents()
    answer = confirmed(double, intent, payment_method="pm_card_visa")
    whole = double.raw("POST", INTENTS, data=ORDER | order | {"confirm": "true", "payment_method": "pm_card_visa"})
    if needed:
        assert double.contents() == before
        for refused in (answer, whole):
            error = refused.json()["error"]
            assert (refused.status_code, error["param"], error["type"]) == (400, "return_url", "invalid_request_error")
            assert "A `return_url` must be specified" in error["message"]
    else:
        assert answer.json()["status"] == whole.json()["status"] == "requires_capture"


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"client_context[currency]": "usd"}, "client_context[currency]"),
        ({"client_context[capture_method]": "automatic"}, "client_context[capture_method]"),
        ({"client_context[mode]": "setup"}, "client_context[mode]"),
        ({"client_context[mode]": "gift"}, "client_context[mode]"),
        ({"client_context[colour]": "red"}, "client_context[colour]"),
        ({"client_context": "eur"}, "client_context"),
        ({"use_stripe_sdk": "perhaps"}, "use_stripe_sdk"),
        ({"confirmation_token": "ctoken_nobody"}, "confirmation_token"),
        ({"confirmation_token": "ctoken_nobody", "payment_method": "pm_card_visa"}, "confirmation_token"),
    ],
)
def test_client_context_of_another_payment_is_refused(double: Double, wrong: dict[str, str], param: str) -> None:
    intent = made(double)
    before = double.contents()
    method = {} if "confirmation_token" in wrong else {"payment_method": "pm_card_visa"}
    answer = confirmed(double, intent, return_url=BACK, **method | wrong)
    assert 400 <= answer.status_code < 500
    assert answer.json()["error"]["param"] == param
    assert double.contents() == before


def test_a_confirmation_token_confirms_one_payment(double: Double, monkeypatch: pytest.MonkeyPatch) -> None:
    form = {"key": PUBLISHABLE, "return_url": BACK, **typed_card("5555 5555 5555 4444")}
    token = double.raw("POST", "/v1/confirmation_tokens", key=None, data=form).raise_for_status().json()
    assert (token["object"], token["return_url"], token["payment_intent"]) == ("confirmation_token", BACK, None)
    assert token["payment_method_preview"]["card"]["last4"] == "4444"
    one = f"/v1/confirmation_tokens/{token['id']}"
    assert double.raw("GET", one, PUBLISHABLE).json()["error"]["code"] == "secret_key_required"
    intent, other = made(double), made(double)
    unfit = {"confirmation_token": token["id"], "client_context[currency]": "usd"}
    assert double.raw("POST", f"{INTENTS}/{other['id']}/confirm", data=unfit).status_code == 400
    assert double.raw("GET", one).json()["payment_intent"] is None
    paid = double.raw("POST", f"{INTENTS}/{intent['id']}/confirm", data={"confirmation_token": token["id"]})
    assert paid.json()["status"] == "requires_capture"
    assert double.raw("GET", one).json()["payment_intent"] == intent["id"]
    refused = double.raw("POST", f"{INTENTS}/{other['id']}/confirm", data={"confirmation_token": token["id"]})
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, "confirmation_token")
    assert double.entry(other["id"])["status"] == "requires_payment_method"
    fresh = double.raw("POST", "/v1/confirmation_tokens", key=None, data=form).json()
    monkeypatch.setattr(confirmation_tokens, "VALID_SECONDS", 0)
    late = double.raw("POST", f"{INTENTS}/{other['id']}/confirm", data={"confirmation_token": fresh["id"]})
    assert "has expired" in late.json()["error"]["message"]
    assert double.raw("GET", "/v1/confirmation_tokens/ctoken_nobody").status_code == 404


async def test_server_creates_confirmation_tokens_by_the_test_helper(double: Double, sdk: stripe.StripeClient) -> None:
    token = await sdk.v1.test_helpers.confirmation_tokens.create_async(
        {"payment_method": "pm_card_visa", "return_url": BACK}
    )
    made = await sdk.v1.payment_intents.create_async({"amount": 900, "currency": "usd"})
    paid = await sdk.v1.payment_intents.confirm_async(made.id, {"confirmation_token": token.id})
    assert paid.status == "succeeded"
    form = {"payment_method": "pm_card_visa"}
    refused = double.raw("POST", "/v1/test_helpers/confirmation_tokens", PUBLISHABLE, data=form)
    assert refused.json()["error"]["code"] == "secret_key_required"
    assert double.raw("POST", "/v1/confirmation_tokens", data={}).json()["error"]["code"] == "parameter_missing"


def test_elements_session_describes_the_form(double: Double) -> None:
    intent = made(double)
    asks = {"key": PUBLISHABLE, "type": "payment_intent", "locale": "en", "client_secret": intent["client_secret"]}
    session = double.raw("GET", "/v1/elements/sessions", key=None, params=asks).raise_for_status().json()
    assert session["session_id"].startswith("elements_session_")
    preference = session["payment_method_preference"]
    assert preference["ordered_payment_method_types"] == ["card"]
    assert (preference["payment_intent"]["id"], preference["payment_intent"]["amount"]) == (intent["id"], 4250)
    assert "metadata" not in preference["payment_intent"]
    later = {"key": PUBLISHABLE, "type": "deferred_intent"}
    deferred = {"deferred_intent[mode]": "payment", "deferred_intent[currency]": "eur", "deferred_intent[amount]": "9"}
    to_come = double.raw("GET", "/v1/elements/sessions", key=None, params=later | deferred).json()
    assert "payment_intent" not in to_come["payment_method_preference"]
    for wrong, param in (
        (asks | {"client_secret": "pi_1_secret_2"}, "intent"),
        (asks | {"client_secret": f"{intent['id']}_secret_x"}, "client_secret"),
        ({"key": PUBLISHABLE, "type": "payment_intent"}, "client_secret"),
        (later, "deferred_intent[currency]"),
        (asks | {"type": "gift"}, "type"),
        (asks | {"colour": "red"}, "colour"),
    ):
        answer = double.raw("GET", "/v1/elements/sessions", key=None, params=wrong)
        assert 400 <= answer.status_code < 500
        assert answer.json()["error"]["param"] == param
