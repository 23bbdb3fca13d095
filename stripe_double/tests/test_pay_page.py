from __future__ import annotations

import re

import httpx
import pytest

from stripe_double.objects import cards
from stripe_double.pages import rendering
from stripe_double.tests.browser import BACK, TYPED, Page, Person, came_back
from stripe_double.tests.running import Double, Shop


def test_page_is_accessible_and_has_a_strict_csp(double: Double) -> None:
    person = Person(double)
    answer = person.opens()
    assert answer.status_code == 200
    text = answer.text
    assert "42.50 EUR" in text
    assert "Order &lt;7&gt;" in text
    assert "No real money moves" in text
    assert not re.search(r'(?:src|href)="(?!data:,|http://localhost:8080/orders/7)', text)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; base-uri 'none'; frame-ancestors 'none'")
    assert "unsafe" not in policy
    assert "form-action 'self' http://localhost:* https://localhost:*;" in policy
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    page = Page(answer)
    assert page.all("html") == [{"lang": "en"}]
    labelled = {label["for"] for label in page.all("label")}
    assert {field["id"] for field in page.all("input") if field.get("type") != "hidden"} == labelled
    offered = [button["data-number"] for button in page.all("button") if "data-number" in button]
    assert offered == [card.number for card in cards.CARDS]


def test_valid_card_pays_and_returns_to_the_shop(double: Double, shop: Shop) -> None:
    person = Person(double)
    assert came_back(person.pays("4242 4242 4242 4242"), person) == "succeeded"
    assert person.status() == "requires_capture"
    event = shop.told(person.intent["id"], "payment_intent.amount_capturable_updated")
    assert event.request is not None
    assert event.request.id is None
    again = person.opens()
    assert again.status_code == 200
    assert "This payment is done" in again.text
    assert "redirect_status=succeeded" in again.text
    assert person.double.raw("POST", person.path, key=None, data={"client_secret": person.secret, **TYPED}).text.count(
        "This payment is done"
    )
    assert len(double.entry(person.intent["id"])["charges"]) == 1


@pytest.mark.parametrize(
    ("number", "typed", "message", "field"),
    [
        ("4000000000000002", {}, "Your card was declined.", None),
        ("4000000000009995", {}, "Your card has insufficient funds.", None),
        ("4000000000000069", {}, "Your card has expired.", "expiry"),
        ("4000000000000127", {}, "security code is incorrect", "cvc"),
        ("4242424242424241", {}, "Your card number is incorrect.", "number"),
        ("4242424242424242", {"expiry": "1/20"}, "in the past", "expiry"),
        ("4242424242424242", {"expiry": "soon"}, "expiration month is invalid", "expiry"),
        ("4242424242424242", {"cvc": "x<y"}, "security code is invalid", "cvc"),
    ],
)
def test_declined_card_shows_an_error_and_another_pays(
    double: Double, number: str, typed: dict[str, str], message: str, field: str | None
) -> None:
    person = Person(double)
    answer = person.pays(number, **typed)
    assert answer.status_code == 402
    page = Page(answer)
    assert [note["role"] for note in page.all("p") if note.get("id") == "alert"] == ["alert"]
    assert message in answer.text.replace("&#x27;", "'")
    assert [each["id"] for each in page.all("input") if "aria-invalid" in each] == ([field] if field else [])
    assert f'value="{number}"' in answer.text
    assert came_back(person.pays("4242424242424242"), person) == "succeeded"


def test_3d_secure_approved(double: Double, shop: Shop) -> None:
    person = Person(double)
    asked = person.pays("4000002760003184")
    assert asked.status_code == 303
    page = person.opens(asked.headers["location"])
    assert "Your bank asks" in page.text
    assert "•••• 3184" in page.text
    assert "script-src 'sha256-" in page.headers["content-security-policy"]
    assert "<script" not in page.text
    assert person.status() == "requires_action"
    assert came_back(person.answers(page, "approve"), person) == "succeeded"
    assert person.status() == "requires_capture"
    shop.told(person.intent["id"], "payment_intent.requires_action")
    assert came_back(person.answers(page, "approve"), person) == "succeeded"
    assert len(double.entry(person.intent["id"])["charges"]) == 1
    assert person.opens(asked.headers["location"]).status_code == 303


def test_3d_secure_failed_on_the_pay_page_lets_try_again(double: Double, shop: Shop) -> None:
    person = Person(double)
    page = person.opens(person.pays("4000000000003220").headers["location"])
    failed = person.answers(page, "fail")
    assert failed.status_code == 303
    assert failed.headers["location"].startswith(person.path)
    shown = person.opens(failed.headers["location"])
    assert "unable to authenticate" in shown.text
    event = shop.told(person.intent["id"], "payment_intent.payment_failed")
    assert event.data.object["last_payment_error"]["code"] == "payment_intent_authentication_failure"
    assert person.status() == "requires_payment_method"
    assert came_back(person.pays("4242424242424242"), person) == "succeeded"


def test_3d_secure_failed_after_the_shops_own_form_goes_back_to_the_shop(double: Double) -> None:
    person = Person(double)
    form = {"payment_method": "pm_card_threeDSecure2Required", "return_url": BACK}
    asked = double.raw("POST", f"/v1/payment_intents/{person.intent['id']}/confirm", data=form).json()
    page = httpx.get(asked["next_action"]["redirect_to_url"]["url"], timeout=60)
    assert came_back(person.answers(page, "fail"), person) == "failed"


def test_3d_secure_approved_and_then_declined(double: Double) -> None:
    person = Person(double)
    page = person.opens(person.pays("4000008400001629").headers["location"])
    refused = person.answers(page, "approve")
    assert "Your card was declined." in person.opens(refused.headers["location"]).text


def test_without_a_return_url_the_page_shows_a_notice(double: Double) -> None:
    person = Person(double, back=None)
    paid = person.pays("4242424242424242")
    assert paid.status_code == 303
    assert "This payment is done" in person.opens(paid.headers["location"]).text


def test_a_cancelled_payment_cannot_be_paid(double: Double) -> None:
    person = Person(double)
    double.raw("POST", f"/v1/payment_intents/{person.intent['id']}/cancel")
    shown = person.opens()
    assert "nothing was charged" in shown.text
    assert double.raw("POST", person.path, key=None, data={"client_secret": person.secret, **TYPED}).status_code == 200
    assert person.status() == "canceled"


@pytest.mark.parametrize(
    "back",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example/x",
        "http://",
        "https://shop.example/\r\nSet-Cookie: a=b",
        "https://shop.example/<script>",
        "https://shop.example:99999/",
        "http://[::1",
        "https://shop.example/" + "x" * 2100,
    ],
)
def test_unsafe_return_url_is_refused(double: Double, back: str) -> None:
    person = Person(double)
    query = {"client_secret": person.secret, "return_url": back}
    for answer in (
        double.raw("GET", person.path, key=None, params=query),
        double.raw("POST", person.path, key=None, data=query | TYPED),
        double.raw(
            "POST",
            f"/v1/payment_intents/{person.intent['id']}/confirm",
            data={"payment_method": "pm_card_visa", "return_url": back},
        ),
    ):
        assert answer.status_code == 400
        assert "location" not in answer.headers
    assert person.status() == "requires_payment_method"


def test_return_url_with_an_ipv6_address_works(double: Double) -> None:
    person = Person(double, back="http://[::1]:8080/orders/7")
    assert "form-action 'self' http: https:;" in person.opens().headers["content-security-policy"]


def test_invalid_link_shows_a_notice(double: Double) -> None:
    person = Person(double)
    for path, status in (
        (person.path, 400),
        (f"{person.path}?client_secret=wrong", 400),
        (f"/pay/pi_nobody?client_secret={person.secret}", 404),
        (f"{person.path}/authenticate", 400),
    ):
        answer = person.opens(path)
        assert answer.status_code == status
        assert "This payment link does not work" in answer.text
        assert answer.headers["content-type"].startswith("text/html")
    wrong = double.raw(
        "POST", f"{person.path}/authenticate", key=None, data={"client_secret": person.secret, "outcome": "maybe"}
    )
    assert wrong.status_code == 400


def test_csp_has_the_hash_of_the_script() -> None:
    answer = rendering.notice("Hello", "text", 200)
    assert "'self'" in answer.headers["content-security-policy"]
