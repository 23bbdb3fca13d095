"""The double's Stripe.js as it is served; what it does, the walk in web/tests shows in a browser."""

from __future__ import annotations

import re

import httpx
import pytest

from stripe_double.objects import cards
from stripe_double.tests.browser import BACK, Page, Person
from stripe_double.tests.running import PUBLISHABLE, Double


def test_script_is_plain_and_has_stripes_calls(double: Double) -> None:
    answer = double.raw("GET", "/js/stripe.js", key=None)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["x-content-type-options"] == "nosniff"
    text = answer.text
    assert text.startswith("(() => {")
    assert not re.search(r"^(import|export) ", text, re.MULTILINE)
    for name in ("confirmPayment", "retrievePaymentIntent", "handleNextAction", "createConfirmationToken", "elements"):
        assert re.search(rf"^    (async )?{name}[(:]", text, re.MULTILINE), name
    assert "window.Stripe = Stripe;" in text
    assert PUBLISHABLE not in text


def test_imported_names_of_modules_exist(double: Double) -> None:
    text = double.raw("GET", "/js/payment-element.js", key=None).text
    taken = re.findall(r'^import \{ ([^}]+) \} from "\./([^"]+)";$', text, re.MULTILINE)
    assert taken
    for names, module in taken:
        exported = set(
            re.findall(r"^export function (\w+)", double.raw("GET", f"/js/{module}", key=None).text, re.MULTILINE)
        )
        assert set(names.split(", ")) <= exported


def test_card_form_is_a_page_of_the_double_with_a_strict_csp(double: Double) -> None:
    answer = double.raw("GET", "/js/payment-element.html", key=None)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors http: https:;")
    assert "connect-src 'self'" in policy
    assert "unsafe" not in policy
    page = Page(answer)
    fields = {field["id"] for field in page.all("input")}
    assert fields == {label["for"] for label in page.all("label")} == {"number", "expiry", "cvc"}
    offered = [button["data-number"] for button in page.all("button")]
    assert offered == [card.number for card in cards.CARDS]
    assert not re.search(r"<script(?![^>]* src=)|<style|\son\w+=|style=", answer.text)
    for found in re.findall(r'(?:src|href)="(/[^"]+)"', answer.text):
        assert double.raw("GET", found, key=None).status_code == 200, found


@pytest.mark.parametrize("name", ["none.js", "__init__.py", "api.js", "..%2fauth.py", ""])
def test_unknown_file_is_404(double: Double, name: str) -> None:
    assert double.raw("GET", f"/js/{name}", key=None).status_code == 404


def asked_in_a_frame(double: Double) -> tuple[Person, httpx.Response, str]:
    """Someone before the bank's question in a frame over the shop's page; the page, and its address."""
    person = Person(double)
    form = {"payment_method": "pm_card_threeDSecure2Required", "return_url": BACK, "use_stripe_sdk": "true"}
    asked = double.raw("POST", f"/v1/payment_intents/{person.intent['id']}/confirm", data=form).json()
    url: str = asked["next_action"]["use_stripe_sdk"]["stripe_js"]
    return person, httpx.get(url, timeout=60), url


@pytest.mark.parametrize(("outcome", "status"), [("approve", "requires_capture"), ("fail", "requires_payment_method")])
def test_3d_secure_page_works_in_a_frame(double: Double, outcome: str, status: str) -> None:
    person, page, url = asked_in_a_frame(double)
    assert "frame-ancestors http: https:;" in page.headers["content-security-policy"]
    assert "form-action 'self';" in page.headers["content-security-policy"]
    assert all("autofocus" not in button for button in Page(page).all("button"))
    for _ in range(2):
        answered = person.answers(page, outcome)
        assert (answered.status_code, answered.headers["location"]) == (303, "/js/authenticated.html")
        assert person.status() == status
    assert httpx.get(url, timeout=60).headers["location"] == "/js/authenticated.html"
    done = double.raw("GET", answered.headers["location"], key=None)
    assert "frame-ancestors http: https:;" in done.headers["content-security-policy"]


def test_other_pages_cannot_be_framed(double: Double) -> None:
    person = Person(double)
    page = person.opens(person.pays("4000002760003184").headers["location"])
    for answer in (page, person.opens()):
        assert "frame-ancestors 'none'" in answer.headers.get("content-security-policy", "frame-ancestors 'none'")
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
