"""`python -m payments.doctor` against the double: what is well, and each thing that may be wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from chassis.testing.keys import Bench
from payments import doctor
from payments.doctor import examine
from payments.findings import Check
from payments.provider.stripe_provider import client_of
from payments.settings import PaymentsSettings
from payments.tests.conftest import settings
from payments.tests.double import Double
from payments.tests.stripe_front import StripeProxy, proxy_before
from payments.tests.test_parts import BASE


@pytest.fixture
def front(double: Double) -> Iterator[StripeProxy]:
    with proxy_before(double.url) as standing:
        yield standing


def _lines(front: StripeProxy, **given: Any) -> list[Check]:
    shop = PaymentsSettings(**{**BASE, **settings(front.url), **given})
    return list(examine(shop))


def _said(lines: list[Check], verdict: str) -> str:
    return "\n".join(line.text for line in lines if line.verdict == verdict)


def test_with_the_double_the_only_warning_is_about_the_double(front: StripeProxy):
    lines = _lines(front)
    assert _said(lines, "wrong") == ""
    assert "STRIPE_API_BASE names a double" in _said(lines, "look")
    for what in ("opens the account acct_", "may take payments", "cards are switched on", "takes EUR", "all events"):
        assert what in _said(lines, "ok"), what
    assert "clock" in "\n".join(line.text for line in lines)


def test_each_fault_of_a_webhook_destination_is_reported(double: Double, front: StripeProxy):
    double.control("destination", payload="thin")
    assert "payload style is thin" in _said(_lines(front), "ok")
    double.control("destination", payload="snapshot", api_version="2020-08-27")
    assert "API version 2020-08-27" in _said(_lines(front), "look")
    double.control("destination", api_version="2026-10-28.endive", enabled=False)
    assert "it is disabled" in _said(_lines(front), "wrong")
    double.control("destination", enabled=True, events=["payment_intent.succeeded"])
    assert "does not send charge.dispute.closed" in _said(_lines(front), "wrong")
    needed = sorted(doctor.NEEDED)
    double.control("destination", events=needed)
    lines = _lines(front)
    assert _said(lines, "wrong") == ""
    assert "does not send charge.dispute.closed" in _said(lines, "look")


def _answered(front: StripeProxy, change: dict[str, Any], **given: Any) -> list[Check]:
    """The double's account, but for `change`."""
    account = {
        "id": "acct_1",
        "object": "account",
        "charges_enabled": True,
        "country": "DE",
        "capabilities": {"card_payments": "active"},
        "settings": {"card_payments": {"statement_descriptor_prefix": "ATELIER"}},
        **change,
    }
    front.answers = [(200, msgspec.json.encode(account))]
    return _lines(front, **given)


def test_each_fault_of_an_account_is_reported(double: Double, front: StripeProxy):
    double.faults(account_inactive=True)
    said = _said(_lines(front), "wrong")
    assert "finish its activation" in said
    assert "card payments are inactive" in said
    double.faults()
    assert "finish its activation" in _said(_answered(front, {"charges_enabled": False}), "wrong")
    inactive = {"capabilities": {"card_payments": "inactive"}}
    assert "card payments are inactive" in _said(_answered(front, inactive), "wrong")
    assert "was not told" in _said(_answered(front, {"capabilities": None}), "look")
    assert "which currencies an account in XX" in _said(_answered(front, {"country": "XX"}), "look")
    assert "does not take XAU" in _said(_answered(front, {}, currencies="EUR, XAU"), "wrong")
    fits, long = {"stripe_statement_suffix": "SHOP"}, {"stripe_statement_suffix": "A LONG SUFFIX 18"}
    assert "say “ATELIER* SHOP”" in _said(_answered(front, {}, **fits), "ok")
    assert "shorten STRIPE_STATEMENT_SUFFIX" in _said(_answered(front, {}, **long), "wrong")
    assert "needs a shortened descriptor" in _said(_answered(front, {"settings": {}}, **fits), "wrong")


def test_a_url_without_a_webhook_destination_is_reported(front: StripeProxy):
    shop = PaymentsSettings(**{**BASE, **settings(front.url), "public_url": "https://shop.mercat.store"})
    stripe_itself = shop.model_copy(update={"stripe_api_base": ""})
    client = client_of(shop.stripe_secret_key.get_secret_value(), front.url)
    said = "\n".join(line.text for line in doctor._destination(client, stripe_itself))
    assert "no webhook destination sends to https://shop.mercat.store/webhooks/stripe" in said
    front.answers = [(403, b'{"error":{"type":"invalid_request_error","message":"No."}}')]
    assert "the key may not read them" in next(iter(doctor._destination(client, shop))).text
    assert "of test mode" in next(iter(doctor._mode(stripe_itself))).text


class _Told:
    def __init__(self, headers: dict[str, str]) -> None:
        self.last_response = self
        self.headers = headers


def test_a_clock_that_is_off_is_named():
    date = "Sat, 21 Nov 2026 09:30:00 GMT"
    at = 1_795_253_400.0
    assert doctor._clock(_Told({}), at).verdict == "look"
    assert "behind" in doctor._clock(_Told({"Date": date}), at * 0).text
    assert "ahead" in doctor._clock(_Told({"Date": "Sat, 21 Nov 2015 09:30:00 GMT"}), at).text


REFUSALS = {
    "does not know STRIPE_SECRET_KEY": (401, b'{"error":{"message":"Invalid API Key"}}'),
    "give the restricted key": (403, b'{"error":{"message":"Not allowed"}}'),
    "Stripe answered 500: Broken": (500, b'{"error":{"message":"Broken"}}'),
}


@pytest.mark.parametrize("said", REFUSALS)
def test_the_reason_why_stripe_is_unreachable_is_reported(front: StripeProxy, said: str):
    front.answer = REFUSALS[said]
    with pytest.raises(doctor.Unreachable, match=said):
        _lines(front)


def _run(bench: Bench, **given: str) -> tuple[int, str]:
    environment = {**os.environ, **bench.environment("payments", "postgresql://x"), **given}
    done = subprocess.run(
        [sys.executable, "-m", "payments.doctor"], env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout


def test_the_command_prints_the_result_and_sets_the_exit_status(bench: Bench, double: Double):
    given = {name.upper(): value for name, value in settings(double.url).items()}
    code, said = _run(bench, **given)
    assert (code, said.splitlines()[-1]) == (0, "Shoppers can pay.")
    code, said = _run(bench, **{**given, "CURRENCIES": "XAU"})
    assert (code, said.splitlines()[-1]) == (1, "1 thing to put right.")
    code, said = _run(bench, **{**given, "STRIPE_API_BASE": "http://127.0.0.1:9"})
    assert code == 2
    assert said.startswith("WRONG the double of Stripe does not answer at http://127.0.0.1:9: start the store")
    code, said = _run(bench, **{**given, "STRIPE_API_BASE": "", "HTTPS_PROXY": "http://127.0.0.1:9"})
    assert code == 2
    assert said.startswith("WRONG Stripe cannot be reached from here")
    code, said = _run(bench, **{**given, "STRIPE_SECRET_KEY": "sk_live_1", "STRIPE_PUBLISHABLE_KEY": "pk_test_1"})
    assert code == 1
    assert "same mode" in said
