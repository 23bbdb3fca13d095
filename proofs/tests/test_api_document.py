from __future__ import annotations

from typing import Any

import pytest

from mercat.tests.conftest import ROOT
from proofs import examples
from proofs.api_document import ApiDocument

DOCUMENT = ApiDocument(ROOT / "docs" / "openapi.json")
LINE: dict[str, Any] = {"variant_id": "0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c77", "quantity": 1}


def test_a_request_is_made_from_examples_and_known_values():
    request = DOCUMENT.request("place_order", {"variant_id": LINE["variant_id"], "Idempotency-Key": "k" * 32})
    assert (request.method, request.path) == ("POST", "/api/v1/orders")
    assert request.headers == {"Idempotency-Key": "k" * 32}
    assert request.body["lines"] == [LINE]
    assert DOCUMENT.request("read_product", {}).path.startswith("/api/v1/products/perfect-fifth?currency=EUR")


@pytest.mark.parametrize(
    ("status", "content_type", "body", "said"),
    [
        (200, "application/json", {"items": []}, ""),
        (200, "application/json", {"items": [{"type": "Print"}]}, "'products' is a required property"),
        (200, "text/html", "", "content type text/html is not documented"),
        (418, "application/json", {}, "status 418 is not documented"),
    ],
)
def test_an_answer_that_differs_from_the_document_is_reported(status, content_type, body, said):
    told = DOCUMENT.complaint("list_categories", status, content_type, body)
    assert said in told
    assert bool(said) == bool(told)


def test_every_operation_is_walked():
    steps = [
        *(examples._BROWSING + examples._GUEST + examples._SIGN_UP),
        *(examples._OTHER_DEVICE + examples._CUSTOMER + examples._STAFF + examples._MACHINES),
    ]
    assert set(DOCUMENT.operations) - {step.operation for step in steps} == {"create_account"}
