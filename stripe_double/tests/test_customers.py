"""Customers, saved payment methods, payments without the shopper, and what Stripe.js may see of them."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import stripe

from stripe_double.tests.running import CARDS, PUBLISHABLE, Double, Shop, paid, typed_card

SESSION = {
    "components[payment_element][enabled]": "true",
    "components[payment_element][features][payment_method_redisplay]": "enabled",
    "components[payment_element][features][payment_method_save]": "enabled",
}


def _new(double: Double, **form: str) -> str:
    name: str = double.raw("POST", "/v1/customers", data=form).raise_for_status().json()["id"]
    return name


def _saved(double: Double, customer: str) -> list[dict[str, Any]]:
    listed = double.raw("GET", "/v1/payment_methods", params={"customer": customer}).raise_for_status().json()
    found: list[dict[str, Any]] = listed["data"]
    return found


def _save(double: Double, customer: str, card: str = "pm_card_visa", usage: str = "off_session") -> str:
    """Pay on session and save the card; returns the payment method's id."""
    intent = paid(double, card, customer=customer, setup_future_usage=usage)
    name: str = intent["payment_method"]
    return name


def _charge(double: Double, customer: str, method: str, **form: str) -> httpx.Response:
    form = {"amount": "900", "currency": "usd", "confirm": "true", "customer": customer, **CARDS, **form}
    return double.raw("POST", "/v1/payment_intents", data={"payment_method": method, **form})


async def test_customer_is_created_changed_listed_and_deleted(
    double: Double, sdk: stripe.StripeClient, shop: Shop
) -> None:
    wanted: Any = {"email": "a@b.example", "name": "Ada", "metadata": {"account": "7", "x": "y"}}
    wanted["address"] = {"line1": "Street 1", "city": "Bonn", "country": "DE", "postal_code": "53111"}
    made = await sdk.v1.customers.create_async(wanted)
    assert made.address is not None
    assert (made.address.city, made.address.line2, made.livemode, made.tax_exempt) == ("Bonn", None, False, "none")
    shop.told(made.id, "customer.created")
    after = await sdk.v1.customers.update_async(made.id, {"name": "", "phone": "1", "metadata": {"x": ""}})
    assert after.metadata is not None
    assert (after.name, after.phone, after.email) == (None, "1", "a@b.example")
    assert after.metadata.to_dict() == {"account": "7"}
    shop.told(made.id, "customer.updated")
    listed = await sdk.v1.customers.list_async({"email": "a@b.example", "limit": 1})
    assert listed.data[0].id == made.id
    gone = await sdk.v1.customers.delete_async(made.id)
    assert gone.deleted
    shop.told(made.id, "customer.deleted")
    shown = await sdk.v1.customers.retrieve_async(made.id)
    assert shown.to_dict() == {"id": made.id, "object": "customer", "deleted": True}
    assert (await sdk.v1.customers.list_async({"email": "a@b.example"})).data == []
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        await sdk.v1.customers.update_async(made.id, {"name": "x"})
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        await sdk.v1.payment_intents.create_async({"amount": 900, "currency": "usd", "customer": made.id})
    assert (refusal.value.code, refusal.value.param) == ("resource_missing", "customer")


def test_a_card_is_saved_during_a_payment_and_used_without_the_shopper(double: Double, shop: Shop) -> None:
    customer = _new(double, email="a@b.example")
    once = paid(double, customer=customer)
    assert (once["customer"], once["setup_future_usage"], _saved(double, customer)) == (customer, None, [])
    method = _save(double, customer)
    shop.told(method, "payment_method.attached")
    assert [(each["id"], each["customer"]) for each in _saved(double, customer)] == [(method, customer)]
    charged = _charge(double, customer, method, off_session="true").json()
    assert (charged["status"], charged["payment_method"]) == ("succeeded", method)
    charge = double.raw("GET", f"/v1/charges/{charged['latest_charge']}").json()
    assert charge["customer"] == customer
    refund = double.raw("POST", "/v1/refunds", data={"charge": charge["id"], "expand[]": "customer"}).json()
    assert refund["customer"]["email"] == "a@b.example"
    mine = double.raw("GET", "/v1/payment_intents", params={"customer": customer}).json()["data"]
    assert {each["customer"] for each in mine} == {customer}
    assert len(mine) == 3


@pytest.mark.parametrize(
    ("card", "usage", "code"),
    [
        ("pm_card_authenticationRequired", "off_session", "authentication_required"),
        ("pm_card_authenticationRequiredOnSetup", "off_session", None),
        ("pm_card_authenticationRequiredOnSetup", "on_session", "authentication_required"),
        ("pm_card_authenticationRequiredSetupForOffSession", "on_session", None),
        ("pm_card_chargeCustomerFail", None, "card_declined"),
    ],
)
def test_some_cards_need_the_shopper(double: Double, card: str, usage: str | None, code: str | None) -> None:
    customer = _new(double)
    if usage is None:
        attached = double.raw("POST", f"/v1/payment_methods/{card}/attach", data={"customer": customer})
        method = attached.raise_for_status().json()["id"]
    else:
        waiting = paid(double, card, customer=customer, setup_future_usage=usage, return_url="https://a.example/")
        assert (waiting["status"], _saved(double, customer)) == ("requires_action", [])
        page = f"/pay/{waiting['id']}/authenticate"
        form = {"client_secret": waiting["client_secret"], "outcome": "approve"}
        double.raw("POST", page, data=form)
        (found,) = _saved(double, customer)
        method = found["id"]
    answer = _charge(double, customer, method, off_session="true")
    if code is None:
        assert answer.json()["status"] == "succeeded"
        return
    error = answer.json()["error"]
    assert (answer.status_code, error["type"], error["code"]) == (402, "card_error", code)
    assert error["payment_intent"]["status"] == "requires_payment_method"
    failed = double.raw("GET", f"/v1/charges/{error['charge']}").json()
    assert (failed["status"], failed["failure_code"]) == ("failed", code)


def test_a_payment_method_is_of_one_customer(double: Double) -> None:
    owner, other = _new(double), _new(double)
    method = _save(double, owner)
    stolen = _charge(double, other, method).json()["error"]
    assert "does not belong to the Customer" in stolen["message"]
    nobody = double.raw(
        "POST",
        "/v1/payment_intents",
        data={"amount": "900", "currency": "usd", "confirm": "true", "payment_method": method, **CARDS},
    ).json()["error"]
    assert f"belongs to the Customer {owner}" in nobody["message"]
    taken = double.raw("POST", f"/v1/payment_methods/{method}/attach", data={"customer": other}).json()["error"]
    assert "already been attached" in taken["message"]
    default = {"invoice_settings[default_payment_method]": method}
    assert double.raw("POST", f"/v1/customers/{other}", data=default).status_code == 400
    mine = double.raw("POST", f"/v1/customers/{owner}", data=default).json()
    assert mine["invoice_settings"]["default_payment_method"] == method


@pytest.mark.parametrize("how", ["detached", "deleted", "used once"])
def test_a_payment_method_is_not_used_again(double: Double, shop: Shop, how: str) -> None:
    customer = _new(double)
    card = {"type": "card", "card[number]": "4242424242424242", "card[exp_month]": "12", "card[exp_year]": "40"}
    if how == "used once":
        method = double.raw("POST", "/v1/payment_methods", PUBLISHABLE, data=card).json()["id"]
        assert _charge(double, customer, method).json()["status"] == "succeeded"
    else:
        method = _save(double, customer)
        if how == "detached":
            double.raw("POST", f"/v1/payment_methods/{method}/detach").raise_for_status()
            assert double.raw("POST", f"/v1/payment_methods/{method}/detach").status_code == 400
        else:
            double.raw("DELETE", f"/v1/customers/{customer}").raise_for_status()
            customer = _new(double)
        shop.told(method, "payment_method.detached")
    refused = _charge(double, customer, method)
    assert (refused.status_code, "may not be used again" in refused.json()["error"]["message"]) == (400, True)
    again = double.raw("POST", f"/v1/payment_methods/{method}/attach", data={"customer": customer})
    assert again.status_code == 400
    assert _saved(double, customer) == []


def test_a_typed_card_is_saved_by_the_browser(double: Double) -> None:
    customer = _new(double)
    form = {**CARDS, "amount": "900", "currency": "usd", "customer": customer}
    intent = double.raw("POST", "/v1/payment_intents", data=form).json()
    typed = typed_card("4242424242424242") | {
        "client_secret": intent["client_secret"],
        "setup_future_usage": "on_session",
    }
    shown = double.raw("POST", f"/v1/payment_intents/{intent['id']}/confirm", PUBLISHABLE, data=typed).json()
    assert (shown["status"], shown["setup_future_usage"]) == ("succeeded", "on_session")
    assert len(_saved(double, customer)) == 1


def test_a_confirmation_token_saves_its_card(double: Double) -> None:
    customer = _new(double)
    form = {**CARDS, "amount": "900", "currency": "usd", "customer": customer}
    intent = double.raw("POST", "/v1/payment_intents", data=form).json()
    wanted = typed_card("4242424242424242") | {"setup_future_usage": "off_session"}
    token = double.raw("POST", "/v1/confirmation_tokens", PUBLISHABLE, data=wanted).json()
    assert token["setup_future_usage"] == "off_session"
    confirm = {"confirmation_token": token["id"]}
    double.raw("POST", f"/v1/payment_intents/{intent['id']}/confirm", data=confirm).raise_for_status()
    (method,) = _saved(double, customer)
    again = double.raw(
        "POST", "/v1/test_helpers/confirmation_tokens", data={"payment_method": method["id"]}
    ).raise_for_status()
    assert again.json()["payment_method_preview"]["card"]["last4"] == "4242"


def test_stripe_js_sees_saved_cards_by_a_session(double: Double) -> None:
    customer = _new(double)
    method = _save(double, customer)
    session = double.raw("POST", "/v1/customer_sessions", data={"customer": customer, **SESSION}).json()
    assert session["expires_at"] > session["created"]
    features = session["components"]["payment_element"]["features"]
    assert (features["payment_method_redisplay"], features["payment_method_remove"]) == ("enabled", "disabled")
    intent = double.raw("POST", "/v1/payment_intents", data={"amount": "900", "currency": "usd"}).json()
    query = {"type": "payment_intent", "client_secret": intent["client_secret"]}
    query |= {"customer_session_client_secret": session["client_secret"]}
    shown = double.raw("GET", "/v1/elements/sessions", PUBLISHABLE, params=query).json()["customer"]
    assert [each["id"] for each in shown["payment_methods"]] == [method]
    double.raw("POST", "/_double/clock", json={"advance_seconds": 1801}).raise_for_status()
    late = double.raw("GET", "/v1/elements/sessions", PUBLISHABLE, params=query).json()["error"]
    assert late["param"] == "customer_session_client_secret"
    hidden = {"customer": customer, "components[payment_element][enabled]": "true"}
    query["customer_session_client_secret"] = double.raw("POST", "/v1/customer_sessions", data=hidden).json()[
        "client_secret"
    ]
    shown = double.raw("GET", "/v1/elements/sessions", PUBLISHABLE, params=query).json()["customer"]
    assert shown["payment_methods"] == []


def test_methods_of_a_customer_are_listed_at_its_own_address(double: Double) -> None:
    customer = _new(double, payment_method="pm_card_mastercard")
    listed = double.raw("GET", f"/v1/customers/{customer}/payment_methods", params={"type": "card"}).json()
    assert [each["card"]["brand"] for each in listed["data"]] == ["mastercard"]
    one = double.raw("GET", f"/v1/payment_methods/{listed['data'][0]['id']}", params={"expand[]": "customer"}).json()
    assert one["customer"]["id"] == customer
