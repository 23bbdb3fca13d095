from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from stripe_double.tests.running import PUBLISHABLE, SECRET, Double, typed_card

INTENTS = "/v1/payment_intents"
GOOD = {"amount": "900", "currency": "usd"}


def made(double: Double, **more: str) -> dict[str, Any]:
    intent: dict[str, Any] = double.raw("POST", INTENTS, data=GOOD | more).raise_for_status().json()
    return intent


@pytest.mark.parametrize(
    ("form", "param", "code"),
    [
        ({"currency": "usd"}, "amount", "parameter_missing"),
        ({"amount": "900"}, "currency", "parameter_missing"),
        (GOOD | {"amount": "9.5"}, "amount", "parameter_invalid_integer"),
        (GOOD | {"amount": "٣٣٣"}, "amount", "parameter_invalid_integer"),
        (GOOD | {"amount": "0"}, "amount", "parameter_invalid_integer"),
        (GOOD | {"amount": "-100"}, "amount", "parameter_invalid_integer"),
        (GOOD | {"amount": "9" * 40}, "amount", "parameter_invalid_integer"),
        (GOOD | {"amount": "49"}, "amount", "amount_too_small"),
        (GOOD | {"amount": "100000000"}, "amount", "amount_too_large"),
        (GOOD | {"amount[x]": "1", "amount": ""}, "amount[x]", None),
        (GOOD | {"currency": "xxx"}, "currency", None),
        (GOOD | {"currency[a]": "usd", "currency": ""}, "currency[a]", None),
        (GOOD | {"customer": "cus_1"}, "customer", "resource_missing"),
        (GOOD | {"capture_method": "later"}, "capture_method", None),
        (GOOD | {"confirm": "yes"}, "confirm", None),
        (GOOD | {"confirm": "true"}, "payment_method", "payment_intent_unexpected_state"),
        (GOOD | {"payment_method": "pm_nobody"}, "payment_method", "resource_missing"),
        (GOOD | {"payment_method": "pm_card_visa"} | typed_card("4242424242424242"), "payment_method_data", None),
        (GOOD | {"payment_method_data[type]": "card"}, "payment_method_data[card]", "parameter_missing"),
        (GOOD | {"payment_method_data[type]": "sepa_debit"}, "payment_method_data[type]", None),
        (GOOD | {"return_url": "https://shop.example"}, "return_url", None),
        (GOOD | {"metadata": "text"}, "metadata", "parameter_invalid_object"),
        (GOOD | {f"metadata[{'k' * 41}]": "1"}, "metadata", None),
        (GOOD | {f"metadata[{n}]": "1" for n in range(51)}, "metadata", None),
        (GOOD | {"metadata[a]": "x" * 501}, "metadata[a]", "parameter_invalid_string"),
        (GOOD | {"metadata[a][b]": "x"}, "metadata[a]", None),
        (GOOD | {"a[b": "x"}, "a[b", None),
        (GOOD | {"a[b][c][d][e][f]": "x"}, "a[b][c][d][e][f]", None),
        (GOOD | {"expand[]": "customer"}, "expand", None),
        (GOOD | {"expand[x]": "latest_charge"}, "expand", None),
        (GOOD | {"shipping[address][line1]": "1 Rue A"}, "shipping[name]", "parameter_missing"),
        (
            GOOD | {"shipping[name]": "A", "shipping[address][line9]": "x"},
            "shipping[address][line9]",
            "parameter_unknown",
        ),
        (GOOD | {"payment_method_types[]": "card"}, "payment_method_types", "payment_method_types_no_longer_supported"),
        (GOOD | {"allowed_payment_method_types[]": "ideal"}, "payment_method_types", None),
        (
            GOOD | {"allowed_payment_method_types[]": "card", "automatic_payment_methods[enabled]": "true"},
            "automatic_payment_methods",
            None,
        ),
        (GOOD | {"description": "x" * 1001}, "description", "parameter_invalid_string"),
    ],
)
def test_invalid_field_is_named(double: Double, form: dict[str, str], param: str, code: str | None) -> None:
    before = double.contents()
    answer = double.raw("POST", INTENTS, data=form)
    error = answer.json()["error"]
    assert answer.status_code == 400
    assert (error["type"], error["param"], error.get("code")) == ("invalid_request_error", param, code)
    assert double.contents() == before


@pytest.mark.parametrize(
    ("card", "code", "param"),
    [
        ({"number": "4242424242424241"}, "incorrect_number", "number"),
        ({"number": "hello"}, "incorrect_number", "number"),
        ({"number": "4111111111111111"}, "card_declined", "number"),
        ({"number": "4242424242424242", "exp_month": "13"}, "invalid_expiry_month", "exp_month"),
        ({"number": "4242424242424242", "exp_year": "2020"}, "invalid_expiry_year", "exp_year"),
        ({"number": "4242424242424242", "exp_year": "1999"}, "invalid_expiry_year", "exp_year"),
        ({"number": "4242424242424242", "cvc": "12"}, "invalid_cvc", "cvc"),
    ],
)
def test_invalid_card_data_change_nothing(double: Double, card: dict[str, str], code: str, param: str) -> None:
    intent = made(double)
    before = double.contents()
    answer = double.raw(
        "POST",
        f"{INTENTS}/{intent['id']}/confirm",
        PUBLISHABLE,
        data={**typed_card(**card), "client_secret": intent["client_secret"]},
    )
    error = answer.json()["error"]
    assert answer.status_code == 402
    assert (error["type"], error["code"], error["param"]) == ("card_error", code, param)
    assert double.contents() == before


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({}, "You did not provide an API key"),
        ({"Authorization": "Digest x"}, "You did not provide an API key"),
        ({"Authorization": "Basic %%%"}, "You did not provide an API key"),
        ({"Authorization": "Bearer"}, "You did not provide an API key"),
        ({"Authorization": "Bearer short"}, "Invalid API Key provided: ********"),
        ({"Authorization": "Bearer sk_test_of_the_wrong_tests"}, "Invalid API Key provided: sk_test_********ests"),
    ],
)
def test_wrong_key_is_401(double: Double, headers: dict[str, str], message: str) -> None:
    for path in (INTENTS, "/_double/book"):
        answer = double.raw("GET", path, key=None, headers=headers)
        assert answer.status_code == 401
        assert answer.json()["error"]["message"].startswith(message)
        assert answer.headers["request-id"].startswith("req_")


def test_basic_authentication_is_accepted(double: Double) -> None:
    credentials = b64encode(f"{SECRET}:".encode()).decode()
    answer = double.raw("GET", INTENTS, key=None, headers={"Authorization": f"Basic {credentials}"})
    assert answer.status_code == 200
    assert answer.headers["stripe-version"] == "2026-10-28.endive"


def test_publishable_key_has_limited_access(double: Double) -> None:
    intent = made(double, **{"metadata[order_id]": "7"})
    one = f"{INTENTS}/{intent['id']}"
    secret = intent["client_secret"]
    shown = double.raw("GET", one, key=None, params={"key": PUBLISHABLE, "client_secret": secret}).json()
    assert (shown["id"], shown["amount"], shown["status"]) == (intent["id"], 900, "requires_payment_method")
    assert not {"metadata", "latest_charge", "amount_received"} & shown.keys()
    refused = {
        ("GET", one, ""): (400, "parameter_missing"),
        ("GET", one, "client_secret=pi_1_secret_2"): (400, "payment_intent_invalid_parameter"),
        ("GET", INTENTS, ""): (401, "secret_key_required"),
        ("GET", "/_double/book", ""): (401, "secret_key_required"),
        ("POST", INTENTS, "amount=900&currency=usd"): (401, "secret_key_required"),
        ("POST", f"{one}/capture", ""): (401, "secret_key_required"),
        ("POST", f"{one}/cancel", ""): (401, "secret_key_required"),
        ("POST", f"{one}/confirm", "payment_method=pm_card_visa"): (400, "parameter_missing"),
        ("POST", f"{one}/confirm", "payment_method=pm_card_visa&client_secret=x"): (
            400,
            "payment_intent_invalid_parameter",
        ),
    }
    for (method, path, form), expected in refused.items():
        where = {"content": form, "headers": {"Content-Type": "application/x-www-form-urlencoded"}}
        answer = double.raw(method, path, PUBLISHABLE, **(where if method == "POST" else {"params": form}))
        assert (answer.status_code, answer.json()["error"]["code"]) == expected
    typed = typed_card("4242 4242 4242 4242") | {
        "key": PUBLISHABLE,
        "client_secret": secret,
        "use_stripe_sdk": "true",
        "return_url": "https://shop.example/orders/7",
        "expand[]": "latest_charge",
    }
    paid = double.raw("POST", f"{one}/confirm", key=None, data=typed)
    assert paid.json()["status"] == "succeeded"
    assert paid.headers["access-control-allow-origin"] == "*"
    assert "latest_charge" not in paid.json()
    preflight = double.raw("OPTIONS", f"{one}/confirm", key=None)
    assert preflight.status_code == 204
    assert "POST" in preflight.headers["access-control-allow-methods"]


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"amount=%ff", "application/x-www-form-urlencoded", 400),
        (b"amount=\xff", "application/x-www-form-urlencoded", 400),
        (b"amount=1%00", "application/x-www-form-urlencoded", 400),
        (b"a=1&a[b]=2", "application/x-www-form-urlencoded", 400),
        (b"a[b]=2&a=1", "application/x-www-form-urlencoded", 400),
        (b"=1", "application/x-www-form-urlencoded", 400),
        (b"&".join(b"a%d=1" % n for n in range(300)), "application/x-www-form-urlencoded", 400),
        (b"amount=900&currency=usd&description=%ed%a0%80", "application/x-www-form-urlencoded", 400),
        (b'{"amount": 900}', "application/json", 400),
        (b"a=" + b"x" * 70_000, "application/x-www-form-urlencoded", 413),
    ],
)
def test_malformed_body_is_refused(double: Double, content: bytes, kind: str, status: int) -> None:
    answer = double.raw("POST", INTENTS, content=content, headers={"Content-Type": kind})
    assert answer.status_code == status
    assert answer.json()["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", f"{INTENTS}/pi_nobody", 404),
        ("GET", f"{INTENTS}/%00", 404),
        ("POST", f"{INTENTS}/pi_nobody/capture", 404),
        ("GET", "/v1/subscriptions", 404),
        ("DELETE", INTENTS, 404),
        ("GET", f"{INTENTS}/", 404),
        ("POST", "/_double/reset", 404),
        ("GET", f"{INTENTS}?limit=0", 400),
        ("GET", f"{INTENTS}?limit=101", 400),
        ("GET", f"{INTENTS}?created[gte]=x", 400),
        ("GET", f"{INTENTS}?created[about]=1", 400),
        ("GET", f"{INTENTS}?created=99999999999999999999", 400),
        ("GET", f"{INTENTS}?metadata[a]=1", 400),
    ],
)
def test_unknown_path_is_404_in_stripes_envelope(double: Double, method: str, path: str, status: int) -> None:
    answer = double.raw(method, path)
    assert answer.status_code == status
    assert answer.json()["error"]["type"] == "invalid_request_error"


def test_older_api_versions_accept_payment_method_types(double: Double) -> None:
    answer = double.raw(
        "POST",
        INTENTS,
        data=GOOD | {"payment_method_types[]": "card"},
        headers={"Stripe-Version": "2025-03-31.basil"},
    )
    assert (answer.status_code, answer.json()["payment_method_types"]) == (200, ["card"])


def test_readiness_is_200(double: Double) -> None:
    answer = double.raw("GET", "/health/ready", key=None)
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})
