"""Buys a product as a guest or customer, and looks the order up on another device."""

from __future__ import annotations

import argparse
import json
import re
import time
import urllib.parse
import urllib.request
import uuid
from typing import Any

from .store import Device

PASSWORD = "correct horse battery staple"  # noqa: S105 -- of a made-up person
ADDRESS = {
    "name": "Ada Lovelace",
    "line1": "12 St James's Square",
    "city": "London",
    "postal_code": "SW1Y 4LE",
    "country": "GB",
}
ENDS = {"paid", "cancelled"}
# Seconds between polls: short at first, as most orders are paid within two seconds.
PAUSES = (1, 2, 4, 8, *(10,) * 12)


def choose(device: Device, sku: str | None = None) -> str:
    """The id of the variant with this SKU, or of the first in stock; reads the list of products page by page."""
    if sku is not None:
        return str(device.get("/api/v1/stock", sku=sku)["items"][0]["variant_id"])
    page = device.get("/api/v1/products", in_stock="true", limit="10")
    while True:
        for card in page["items"]:
            product = device.get(f"/api/v1/products/{card['slug']}")
            for variant in product["variants"]:
                if variant["in_stock"] and variant["price"]:
                    return str(variant["id"])
        if page["next_cursor"] is None:
            raise LookupError("no product is in stock")
        page = device.get("/api/v1/products", in_stock="true", limit="10", cursor=page["next_cursor"])


def order(device: Device, variant_id: str, email: str) -> dict[str, Any]:
    """Put one unit into a cart and order it for the total that the shop calculates for the address."""
    headers = {}
    if device.access_token is None:
        headers["Cart-Token"] = device.post("/api/v1/cart", {})["cart_token"]
    cart = device.put(f"/api/v1/cart/lines/{variant_id}", {"quantity": 1}, headers=headers)
    wish = {
        "email": email,
        "shipping_address": ADDRESS,
        "expected_total": cart["total"] if cart["shipping_known"] else total_at(device, ADDRESS, headers),
    }
    # With one key, repeated requests make one order.
    return dict(device.post("/api/v1/orders", wish, headers={**headers, "Idempotency-Key": str(uuid.uuid4())}))


def total_at(device: Device, address: dict[str, str], headers: dict[str, str]) -> dict[str, Any]:
    """What the cart costs at an address, where the shop's price of shipping depends on it: by its cheapest way."""
    destination = {name: address[name] for name in ("country", "postal_code")}
    return dict(device.post("/api/v1/checkout/calculations", {"destination": destination}, headers=headers)["total"])


def pay(device: Device, placed: dict[str, Any], card: str) -> None:
    """Confirm the payment at the provider, as its script in a browser does; the provider notifies the shop."""
    order_id, headers = placed["order"]["id"], key_of(placed)
    payment = placed["payment"] or device.get(f"/api/v1/orders/{order_id}/payment", headers=headers)["payment"]
    intent = payment["client_secret"].partition("_secret_")[0]
    there = urllib.parse.urlsplit(payment["pay_url"])
    fields = {
        "key": payment["publishable_key"],
        "client_secret": payment["client_secret"],
        "payment_method": card,
        "return_url": f"{device.base}/orders/{order_id}",
    }
    address = f"{there.scheme}://{there.netloc}/v1/payment_intents/{intent}/confirm"
    with urllib.request.urlopen(address, urllib.parse.urlencode(fields).encode(), timeout=30) as answer:  # noqa: S310 -- the provider's own address
        json.load(answer)


def key_of(placed: dict[str, Any]) -> dict[str, str]:
    """The header with a guest's order token; none for a signed-in customer."""
    return {"Order-Token": placed["order_token"]} if placed.get("order_token") else {}


def wait(device: Device, order_id: str, headers: dict[str, str]) -> dict[str, Any]:
    """Wait until the order is paid or cancelled; returns it."""
    for pause in PAUSES:
        found = dict(device.get(f"/api/v1/orders/{order_id}", headers=headers))
        if found["status"] in ENDS:
            return found
        time.sleep(pause)
    raise TimeoutError(f"order {order_id} is neither paid nor cancelled")


def sign_up(device: Device, email: str, mail: str) -> None:
    """Create an account with the link in the mail, and sign in."""
    device.post("/api/v1/accounts", {"email": email})
    token = mailed(mail, email, r"/account/confirm#(\S+)")[1]
    device.post("/api/v1/email-verifications", {"token": token, "password": PASSWORD, "name": "Ada Lovelace"})
    sign_in(device, email)


def sign_in(device: Device, email: str) -> None:
    """Sign in; later requests of the device have the access token."""
    device.access_token = device.post("/api/v1/sessions", {"email": email, "password": PASSWORD})["access_token"]


def mailed(mail: str, email: str, pattern: str) -> re.Match[str]:
    """The match of the pattern in the newest mail to an address. A local store catches all mails."""
    box = Device(mail)
    for _ in range(100):
        for message in box.get("/mail/api/messages", to=email)["items"]:
            if found := re.search(pattern, message["text"]):
                return found
        time.sleep(0.2)
    raise TimeoutError(f"no mail to {email}")


def look_up(store: str, number: str, email: str, mail: str) -> dict[str, Any]:
    """A guest's order on another device, by number and e-mail address: the mailed link has its id and token."""
    other = Device(store)
    other.post("/api/v1/orders/lookups", {"number": number, "email": email})
    order_id, token = mailed(
        mail, email, rf"asked for the link to order {number}:\s+\S+/orders/(\S+)#token=(\S+)"
    ).groups()
    return dict(other.get(f"/api/v1/orders/{order_id}", headers={"Order-Token": token}))


def look_up_signed_in(store: str, email: str) -> dict[str, Any]:
    """A customer's newest order on another device: sign in and read the list."""
    other = Device(store)
    sign_in(other, email)
    return dict(other.get("/api/v1/orders", limit="1")["items"][0])


def main() -> None:
    """Buy a product in the store `--store`, and print the order as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", default="http://localhost:8080")
    parser.add_argument("--mail", help="URL of the caught mails; default: that of the store")
    parser.add_argument("--as", dest="who", choices=("guest", "customer"), default="guest")
    parser.add_argument("--sku", help="the shop's article number of what is bought; default: the first in stock")
    parser.add_argument("--email", default=f"buyer-{uuid.uuid4().hex[:8]}@example.com")
    parser.add_argument("--card", default="pm_card_visa")
    told = parser.parse_args()
    device, mail = Device(told.store), told.mail or told.store
    if told.who == "customer":
        sign_up(device, told.email, mail)
    placed = order(device, choose(device, told.sku), told.email)
    pay(device, placed, told.card)
    wait(device, placed["order"]["id"], key_of(placed))
    if told.who == "customer":
        seen = look_up_signed_in(told.store, told.email)
    else:
        seen = look_up(told.store, placed["order"]["number"], told.email, mail)
    shown = {name: seen[name] for name in ("id", "number", "status", "email")}
    print(json.dumps({**shown, "sku": seen["lines"][0]["sku"]}))


if __name__ == "__main__":
    main()
