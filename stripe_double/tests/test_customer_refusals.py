"""What is refused of customers, their sessions and payment methods."""

from __future__ import annotations

import pytest

from stripe_double.tests.running import Double
from stripe_double.tests.test_customers import SESSION


@pytest.mark.parametrize(
    ("method", "path", "form", "status"),
    [
        ("POST", "/v1/customers", {"balance": "5"}, 400),
        ("POST", "/v1/customers", {"payment_method": "pm_none"}, 404),
        ("POST", "/v1/customers", {"payment_method": "pm_card_chargeDeclined"}, 402),
        ("POST", "/v1/customers", {"tax_exempt": "yes"}, 400),
        ("POST", "/v1/customers/cus_none", {"name": "x"}, 404),
        ("DELETE", "/v1/customers/cus_none", {}, 404),
        ("GET", "/v1/customers/cus_none/payment_methods", {}, 404),
        ("GET", "/v1/payment_methods", {}, 400),
        ("GET", "/v1/payment_methods/pm_none", {}, 404),
        ("POST", "/v1/payment_methods", {"type": "card"}, 400),
        ("POST", "/v1/payment_methods/pm_card_visa/attach", {}, 400),
        ("POST", "/v1/payment_methods/pm_none/detach", {}, 404),
        ("POST", "/v1/customer_sessions", {"customer": "cus_none"}, 400),
        ("POST", "/v1/customer_sessions", {"customer": "cus_none", **SESSION}, 404),
        ("POST", "/v1/customer_sessions", {"customer": "a", "components[buy_button][enabled]": "true"}, 400),
        ("POST", "/v1/customer_sessions", {"customer": "a", "components[payment_element][enabled]": "false"}, 400),
        (
            "POST",
            "/v1/customer_sessions",
            {
                "customer": "a",
                **SESSION,
                "components[payment_element][features][payment_method_allow_redisplay_filters][0]": "x",
            },
            400,
        ),
        ("POST", "/v1/payment_intents", {"amount": "900", "currency": "usd", "off_session": "true"}, 400),
        ("POST", "/v1/payment_intents", {"amount": "900", "currency": "usd", "setup_future_usage": "often"}, 400),
    ],
)
def test_what_is_unknown_is_refused(double: Double, method: str, path: str, form: dict[str, str], status: int) -> None:
    answer = double.raw(method, path, data=form or None)
    assert answer.status_code == status, answer.text
    assert answer.json()["error"]["type"] in {"invalid_request_error", "card_error"}
