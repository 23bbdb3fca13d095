from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from orders.tests.shop import ADDRESS, Shop, euros

_VARIANT = str(uuid4())
_LINE = {"variant_id": _VARIANT, "quantity": 1}
_HOSTILE: list[tuple[dict[str, Any], str]] = [
    ({"email": "nobody"}, "email"),
    ({"email": "a@b.example\x00"}, "email"),
    ({"email": "a" * 300 + "@example.com"}, "email"),
    ({"email": ["ada@example.com"]}, "email"),
    ({"lines": []}, "lines"),
    ({"lines": [_LINE] * 51}, "lines"),
    ({"lines": [{**_LINE, "quantity": 0}]}, "lines.0.quantity"),
    ({"lines": [{**_LINE, "quantity": -5}]}, "lines.0.quantity"),
    ({"lines": [{**_LINE, "quantity": 10**30}]}, "lines.0.quantity"),
    ({"lines": [{**_LINE, "quantity": 1e3}]}, "lines.0.quantity"),
    ({"lines": [{**_LINE, "unit_price": 1}]}, "lines.0.unit_price"),
    ({"lines": [{**_LINE, "variant_id": "' or 1=1"}]}, "lines.0.variant_id"),
    ({"lines": [{**_LINE, "quantity": 600}, {**_LINE, "quantity": 600}]}, "lines.0.quantity"),
    ({"currency": "eur"}, "currency"),
    ({"currency": "EURO"}, "currency"),
    ({"total": 1}, "total"),
    ({"account_id": _VARIANT}, "account_id"),
    ({"shipping_address": {**ADDRESS, "country": "XX"}}, "shipping_address.country"),
    ({"shipping_address": {**ADDRESS, "country": "Germany"}}, "shipping_address.country"),
    ({"shipping_address": {**ADDRESS, "name": " "}}, "shipping_address.name"),
    ({"shipping_address": {**ADDRESS, "name": "Ada\nBcc: all@example.com"}}, "shipping_address.name"),
    ({"shipping_address": {**ADDRESS, "city": "x\x00y"}}, "shipping_address.city"),
    ({"shipping_address": {**ADDRESS, "line1": "x" * 201}}, "shipping_address.line1"),
    ({"shipping_address": {**ADDRESS, "line1": "4242 4242 4242 4242"}}, "shipping_address.line1"),
    ({"shipping_address": {**ADDRESS, "phone": "call me"}}, "shipping_address.phone"),
    ({"shipping_address": {**ADDRESS, "name": "4242 4242 4242 4242"}}, "shipping_address.name"),
    ({"shipping_address": {**ADDRESS, "name": "You have won, see https://evil.example"}}, "shipping_address.name"),
    ({"shipping_address": {**ADDRESS, "name": "win at evil.example"}}, "shipping_address.name"),
    ({"shipping_address": {**ADDRESS, "name": "Ada\u202eecalevoL"}}, "shipping_address.name"),
    ({"shipping_address": {**ADDRESS, "name": "Ada\u200bLovelace"}}, "shipping_address.name"),
    ({"shipping_address": {**ADDRESS, "line1": "12\u2066 Square"}}, "shipping_address.line1"),
    ({"shipping_address": {**ADDRESS, "line2": "Flat\ufeff 2"}}, "shipping_address.line2"),
    ({"shipping_address": {**ADDRESS, "city": "Lon\u200ddon"}}, "shipping_address.city"),
    ({"shipping_address": {**ADDRESS, "region": "\u061cKent"}}, "shipping_address.region"),
    ({"shipping_address": {**ADDRESS, "postal_code": "SW1\u200e"}}, "shipping_address.postal_code"),
    ({"shipping_address": "London"}, "shipping_address"),
    ({"expected_total": None}, "expected_total"),
    ({"expected_total": 3000}, "expected_total"),
    ({"expected_total": {"amount": 30.5, "currency": "EUR"}}, "expected_total.amount"),
    ({"expected_total": {"amount": -1, "currency": "EUR"}}, "expected_total.amount"),
    ({"expected_total": {"amount": 10**30, "currency": "EUR"}}, "expected_total.amount"),
    ({"expected_total": {"amount": 3000}}, "expected_total.currency"),
]


@pytest.mark.parametrize(("change", "field"), _HOSTILE)
async def test_a_wrong_value_is_named_and_changes_nothing(shop: Shop, change: dict[str, Any], field: str) -> None:
    body = {"email": "ada@example.com", "shipping_address": ADDRESS, "lines": [_LINE], "expected_total": euros(1)}
    body |= change
    answer = await shop.post_order(body)
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (422, "validation-error"), problem
    assert field in [error["field"] for error in problem["errors"]]
    assert answer.headers["content-type"] == "application/problem+json"
    assert await shop.value("select count(*) from orders") == 0


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", {400, 422}),
        (b'{"email": "\xff"}', "application/json", {400, 422}),
        (b'{"email": "\\ud800@example.com"}', "application/json", {400, 422}),
        (b"[" * 100_000, "application/json", {400, 422}),
        (b'{"lines": [{"quantity": NaN}]}', "application/json", {400, 422}),
        (b"email=ada", "application/x-www-form-urlencoded", {415, 422}),
        (b"", "application/json", {400, 422}),
        (b'{"email": "' + b"x" * 1_100_000 + b'"}', "application/json", {413}),
    ],
)
async def test_what_cannot_be_read_is_refused(shop: Shop, content: bytes, kind: str, status: set[int]) -> None:
    headers = {"Idempotency-Key": "hostile", "Content-Type": kind}
    answer = await shop.client.post("/api/v1/orders", content=content, headers=headers)
    assert answer.status_code in status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert await shop.value("select count(*) from orders") == 0
