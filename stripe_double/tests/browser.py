"""A person with a browser before the pay page."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from stripe_double.tests.running import Double

BACK = "http://localhost:8080/orders/7?tab=pay"
TYPED = {"number": "4242 4242 4242 4242", "expiry": "12 / 40", "cvc": "123"}


class Page(HTMLParser):
    """The elements of a page, to look at."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(answer.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def hidden(self) -> dict[str, str]:
        return {
            field["name"] or "": field["value"] or "" for field in self.all("input") if field.get("type") == "hidden"
        }


class Person:
    """Someone with a browser before one payment."""

    def __init__(self, double: Double, *, back: str | None = BACK, **order: str) -> None:
        self.double = double
        form = {"amount": "4250", "currency": "eur", "capture_method": "manual", "description": "Order <7>"}
        self.intent: dict[str, Any] = double.raw("POST", "/v1/payment_intents", data=form | order).json()
        self.path = f"/pay/{self.intent['id']}"
        self.secret: str = self.intent["client_secret"]
        self.query = {"client_secret": self.secret} | ({"return_url": back} if back else {})

    def opens(self, path: str | None = None) -> httpx.Response:
        if path is not None:
            return self.double.raw("GET", path, key=None)
        return self.double.raw("GET", self.path, key=None, params=self.query)

    def pays(self, number: str, **typed: str) -> httpx.Response:
        hidden = Page(self.opens()).hidden()
        return self.double.raw("POST", self.path, key=None, data=hidden | TYPED | {"number": number} | typed)

    def answers(self, page: httpx.Response, outcome: str) -> httpx.Response:
        hidden = Page(page).hidden()
        return self.double.raw("POST", f"{self.path}/authenticate", key=None, data=hidden | {"outcome": outcome})

    def status(self) -> str:
        status: str = self.double.raw("GET", f"/v1/payment_intents/{self.intent['id']}").json()["status"]
        return status


def came_back(answer: httpx.Response, person: Person) -> str:
    """How it ended, from the address of the shop that the person is sent to."""
    assert answer.status_code == 303
    where = urlsplit(answer.headers["location"])
    assert (where.scheme, where.netloc, where.path) == ("http", "localhost:8080", "/orders/7")
    query = {name: values[0] for name, values in parse_qs(where.query).items()}
    assert query["tab"] == "pay"
    assert query["payment_intent"] == person.intent["id"]
    assert query["payment_intent_client_secret"] == person.secret
    return query["redirect_status"]
