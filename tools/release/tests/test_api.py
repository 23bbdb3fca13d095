from __future__ import annotations

import copy
import json

import pytest

from tools.release import api
from tools.release.repository import ROOT

DOCUMENT = json.loads((ROOT / "docs/openapi.json").read_text("utf-8"))
SCHEMAS = "components", "schemas"
PRODUCTS = "paths", "/api/v1/products", "get"
PLACE = "paths", "/api/v1/orders", "post"


def at(document, *path):
    for part in path:
        document = document[part]
    return document


# What is done to the document, and the place and the word that are told.
BREAKING = {
    "a path goes": (lambda d: d["paths"].pop("/api/v1/products"), "GET /api/v1/products: is gone"),
    "a method goes": (lambda d: d["paths"]["/api/v1/orders"].pop("post"), "POST /api/v1/orders: is gone"),
    "another name": (lambda d: at(d, *PLACE).update(operationId="order"), "operationId was place_order and is order"),
    "a field of an answer goes": (
        lambda d: at(d, *SCHEMAS, "OrderView", "properties").pop("number"),
        "GET /api/v1/orders/{order_id}: 200: number: is gone",
    ),
    "a field of an answer may be missing": (
        lambda d: at(d, *SCHEMAS, "MoneyModel", "required").remove("amount"),
        "subtotal.amount: is not always there any more",
    ),
    "a field of an answer has another type": (
        lambda d: at(d, *SCHEMAS, "MoneyModel", "properties")["amount"].update(type="string"),
        "amount: type was integer and is string",
    ),
    "a new field is required": (
        lambda d: (
            at(d, *SCHEMAS, "PutLine", "properties").update(note={"type": "string"}),
            at(d, *SCHEMAS, "PutLine", "required").append("note"),
        ),
        "PUT /api/v1/cart/lines/{variant_id}: body: note: is required now",
    ),
    "a limit is narrower": (
        lambda d: at(d, *SCHEMAS, "PutLine", "properties", "quantity").update(maximum=5),
        "body: quantity: maximum was 999.0 and is 5",
    ),
    "a status is another": (
        lambda d: at(d, *PLACE, "responses").update({"200": at(d, *PLACE, "responses").pop("201")}),
        "POST /api/v1/orders: no longer answers 201",
    ),
    "a parameter goes": (
        lambda d: at(d, *PRODUCTS)["parameters"].pop(0),
        "GET /api/v1/products: query search is gone",
    ),
    "a header is required": (
        lambda d: [each.update(required=True) for each in at(d, *PLACE, "parameters")],
        "POST /api/v1/orders: header Cart-Token is required now",
    ),
    "one has to sign in": (
        lambda d: at(d, *PRODUCTS).update(security=[{"AccessToken": []}]),
        "GET /api/v1/products: is no longer open to everybody",
    ),
    "another kind of body": (
        lambda d: at(d, *PLACE, "requestBody").update(content={"text/csv": {}}),
        "POST /api/v1/orders: a body of application/json is no longer taken",
    ),
    "another kind of answer": (
        lambda d: at(d, *PLACE, "responses", "201").update(content={"text/csv": {}}),
        "POST /api/v1/orders: 201: no longer answers application/json",
    ),
}


@pytest.mark.parametrize("name", BREAKING)
def test_what_breaks_a_client_is_told(name):
    change, told = BREAKING[name]
    new = copy.deepcopy(DOCUMENT)
    change(new)
    assert any(told in each for each in api.broken(DOCUMENT, new)), api.broken(DOCUMENT, new)[:5]


def test_additions_break_nobody():
    new = copy.deepcopy(DOCUMENT)
    new["paths"]["/api/v1/gifts"] = copy.deepcopy(new["paths"]["/api/v1/products"])
    for name in ("OrderView", "PutLine"):
        at(new, *SCHEMAS, name, "properties")["gift"] = {"type": "boolean", "default": False}
    at(new, *SCHEMAS, "OrderView", "required").append("gift")
    at(new, *SCHEMAS, "PutLine", "properties", "quantity")["maximum"] = 5000
    at(new, *SCHEMAS, "OrderStatus", "enum").append("returned")
    at(new, *PLACE, "responses")["402"] = at(new, *PLACE, "responses")["409"]
    at(new, *PRODUCTS, "parameters").append({"in": "query", "name": "gift", "schema": {"type": "boolean"}})
    assert api.broken(DOCUMENT, new) == []
    # Seen from the other side, nearly each of these is a loss.
    assert len(api.broken(new, DOCUMENT)) >= 5
