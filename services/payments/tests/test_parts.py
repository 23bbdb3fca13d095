"""Settings, and what is read of Stripe's JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from payments.provider import stripe_payloads
from payments.settings import PaymentsSettings

BASE: dict[str, Any] = {
    "database_url": "postgresql://x",
    "service_key_file": Path("x"),
    "callers_file": Path("x"),
    "stripe_secret_key": "sk_x",
    "stripe_publishable_key": "pk_x",
}


def test_settings_know_one_or_two_webhook_secrets_and_refuse_none():
    one = PaymentsSettings(**BASE, stripe_webhook_secret="whsec_1")
    two = PaymentsSettings(**BASE, stripe_webhook_secret=" whsec_1, whsec_2 ,", stripe_api_base="http://x")
    assert (one.webhook_secrets, one.provider) == (("whsec_1",), "stripe")
    assert (two.webhook_secrets, two.provider) == (("whsec_1", "whsec_2"), "double")
    for none in ("", " , "):
        with pytest.raises(ValidationError, match="at least one webhook secret"):
            PaymentsSettings(**BASE, stripe_webhook_secret=none)
    assert "whsec" not in repr(two)
    assert "sk_x" not in repr(two)


@pytest.mark.parametrize(
    "url",
    ["https://js.stripe.com/endive/stripe.js", "https://js.stripe.com/basil/stripe.js", "https://js.stripe.com/v3/"],
)
def test_another_version_of_stripes_script_may_be_chosen(url: str):
    assert PaymentsSettings(**BASE, stripe_webhook_secret="whsec_1", stripe_script_url=url).script_url == url


@pytest.mark.parametrize(
    "url",
    [
        "http://js.stripe.com/endive/stripe.js",
        "https://js.stripe.com.evil.example/endive/stripe.js",
        "https://js.stripe.com@evil.example/endive/stripe.js",
        "https://evil.example/js.stripe.com/endive/stripe.js",
        "https://js.stripe.com/endive/../../evil.js",
        "https://js.stripe.com/",
        "https://JS.STRIPE.COM/endive/stripe.js",
        "//js.stripe.com/endive/stripe.js",
        "javascript:alert(1)",
        "https://js.stripe.com/endive/stripe.js\n",
        "x",
    ],
)
def test_only_stripes_own_script_is_loaded_for_stripe(url: str):
    with pytest.raises(ValidationError, match="STRIPE_SCRIPT_URL"):
        PaymentsSettings(**BASE, stripe_webhook_secret="whsec_1", stripe_script_url=url)


def test_the_double_serves_its_own_script():
    double = {**BASE, "stripe_webhook_secret": "whsec_1", "stripe_api_base": "http://127.0.0.1:8005/"}
    assert PaymentsSettings(**double).script_url == "http://127.0.0.1:8005/js/stripe.js"
    seen = "http://localhost:8005/js/stripe.js"
    assert PaymentsSettings(**double, stripe_script_url=seen).script_url == seen
    for wrong in ("javascript:alert(1)", "http://local host/", "https://js.stripe.com/endive/stripe.js"):
        with pytest.raises(ValidationError, match="STRIPE_SCRIPT_URL"):
            PaymentsSettings(**double, stripe_script_url=wrong)


def test_production_takes_neither_the_double_nor_a_key_that_moves_no_money():
    live = {
        **BASE,
        "environment": "production",
        "public_url": "https://shop.mercat.store",
        "stripe_secret_key": "sk_live_1",
        "stripe_publishable_key": "pk_live_1",
        "stripe_webhook_secret": f"whsec_{'a1' * 16}",
    }
    assert PaymentsSettings(**live).provider == "stripe"
    assert PaymentsSettings(**{**live, "stripe_secret_key": "rk_live_1"}).provider == "stripe"
    unfit = {
        "stripe_api_base": "https://stripe.mercat.store",
        "stripe_pay_url": "https://stripe.mercat.store/pay",
        "stripe_secret_key": "sk_test_1",
        "stripe_publishable_key": "pk_test_1",
        "stripe_webhook_secret": f"whsec_{'a1' * 16},whsec_mercat",
    }
    for name, value in unfit.items():
        with pytest.raises(ValidationError, match=f"ENVIRONMENT=production refuses:\n  {name.upper()} .*: "):
            PaymentsSettings(**{**live, name: value})
    with pytest.raises(ValidationError) as refusal:
        PaymentsSettings(**{**live, **unfit})
    assert all(name.upper() in str(refusal.value) for name in unfit)
    assert PaymentsSettings(**{**live, **unfit, "environment": "staging"}).provider == "double"


_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
_KEYS = st.sampled_from(["id", "type", "object", "data", "metadata", "amount", "status", "currency"]) | st.text()


@given(st.recursive(_LEAVES, lambda inner: st.lists(inner) | st.dictionaries(_KEYS, inner)))
def test_any_other_json_is_refused_as_an_event_and_as_an_intent(document: object):
    with pytest.raises(stripe_payloads.Unreadable):
        stripe_payloads.event_of(document)
    with pytest.raises(stripe_payloads.Unreadable):
        stripe_payloads.intent_of(document)


def test_a_decline_without_a_charge_is_told_apart_by_its_payment_method():
    document = {
        "id": "pi_1",
        "object": "payment_intent",
        "status": "requires_payment_method",
        "amount": 1,
        "currency": "eur",
        "last_payment_error": {"code": "payment_intent_authentication_failure", "payment_method": {"id": "pm_1"}},
    }
    decline = stripe_payloads.intent_of(document).decline
    assert decline is not None
    assert (decline.reference, decline.code) == ("pm_1", "payment_intent_authentication_failure")
    document["last_payment_error"] = {}
    bare = stripe_payloads.intent_of(document).decline
    assert bare is not None
    assert (bare.reference, bare.code, bare.message) == ("unnamed", "declined", "The payment was declined.")
    with pytest.raises(stripe_payloads.Unreadable):
        stripe_payloads.intent_of({**document, "object": "charge"})
    with pytest.raises(stripe_payloads.Unreadable):
        stripe_payloads.intent_of({**document, "amount": None})
