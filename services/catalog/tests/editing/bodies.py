"""What the tests of this room send."""

from __future__ import annotations

import uuid
from typing import Any

import httpx

from catalog.tests.shop import Shop

ADMIN = "/api/v1/admin/products"


def price(amount: int, compare_at: int | None = None, currency: str = "EUR") -> dict[str, Any]:
    before = None if compare_at is None else {"amount": compare_at, "currency": currency}
    return {"price": {"amount": amount, "currency": currency}, "compare_at": before}


def variant(sku: str, *values: str, **fields: Any) -> dict[str, Any]:
    return {"sku": sku, "option_values": list(values), "prices": [price(2500)], **fields}


def product(**fields: Any) -> dict[str, Any]:
    own = {"title": "Low Tide", "options": ["Size"], "variants": [variant("LOW-S", "S"), variant("LOW-L", "L")]}
    return {**own, **fields}


async def post(shop: Shop, path: str, body: Any, key: str | None = None, **headers: str) -> httpx.Response:
    sent = {**shop.staff, "Idempotency-Key": key or str(uuid.uuid4()), **headers}
    return await shop.client.post(f"{ADMIN}{path}", json=body, headers=sent)


async def created(shop: Shop, **fields: Any) -> dict[str, Any]:
    answer = await post(shop, "", product(**fields))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def shown(shop: Shop, slug: str) -> dict[str, Any]:
    answer = await shop.client.get(f"{ADMIN}/{slug}", headers=shop.staff)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found
