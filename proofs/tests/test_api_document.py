from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from mercat.tests.conftest import ROOT
from proofs import examples, steps_of_goods, steps_of_people, walk_people
from proofs import steps as steps_of_staff
from proofs.api_document import ApiDocument
from proofs.not_walked import NOT_WALKED
from proofs.steps import Step

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


def _steps(room: ModuleType) -> list[Step]:
    return [step for each in vars(room).values() if isinstance(each, tuple) for step in each]


def test_every_operation_is_walked():
    steps = [
        *(examples._BROWSING + examples._GUEST + examples._SIGN_UP),
        *(examples._OTHER_DEVICE + examples._CUSTOMER + examples._MACHINES + steps_of_staff.STAFF),
        *(steps_of_staff.SENT_AND_RETURNED + steps_of_staff.CANCELLED + steps_of_staff.DISPUTED),
        *(steps_of_staff.TRANSFERRED + steps_of_staff.DRAFTED + steps_of_staff.SENT_DRAFT + steps_of_staff.FILED),
        *(steps_of_staff.PAID_OUT + steps_of_staff.PRICES),
        *(step for room in (steps_of_goods, steps_of_people) for step in _steps(room)),
    ]
    assert set(DOCUMENT.operations) - {step.operation for step in steps} == NOT_WALKED


def test_a_model_without_an_example_has_those_of_its_fields():
    known = {"order_id": "o", "note_id": "n"}
    assert DOCUMENT.request("add_order_note", known).body == {"body": "Rang twice, nobody answered."}
    edited = DOCUMENT.request("edit_orders", known, {"order_ids": "o"}).body
    assert (edited["order_ids"], edited["add_tags"]) == (["o"], ["gift"])
    told = DOCUMENT.request("place_order", known, {"payment_method": "bank_transfer"}).body
    assert told["payment_method"] == "bank_transfer"


def test_a_file_is_sent_in_place_of_the_examples_text():
    assert DOCUMENT.request("upload_picture", {}).body == "the bytes of the file"
    sent = DOCUMENT.request("upload_picture", {}, {"bytes": b"picture"})
    assert (sent.body, sent.content_type) == (b"picture", "image/avif")


@pytest.mark.parametrize(("at", "code"), [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")])
def test_a_code_is_the_one_of_rfc_6238(at, code):
    assert walk_people.code_of("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", at) == code
