"""What browsers tell is counted by closed names, and whatever else they send is refused by its field."""

from __future__ import annotations

from typing import Any

import pytest

from catalog import metrics
from catalog.domain.browsing import PageKind
from catalog.tests.shop import Shop
from chassis.problems import MEDIA_TYPE

PATH = "/api/v1/measurements"
VITAL = {"page": "product", "vital": "lcp", "value": 2.6}
STEP = {"step": "pay", "way": "left"}
ERROR = {"page": "pay", "kind": "resource"}


REFUSED: list[tuple[Any, str]] = [
    ({}, "body"),
    ({"vitals": []}, "body"),
    ({"vitals": [VITAL] * 11, "steps": [STEP] * 10}, "body"),
    ({"vitals": [VITAL] * 21}, "vitals"),
    ({"vitals": [{**VITAL, "page": "/orders/0199a5d0"}]}, "vitals.0.page"),
    ({"vitals": [{**VITAL, "vital": "fid"}]}, "vitals.0.vital"),
    ({"vitals": [{**VITAL, "value": -0.1}]}, "vitals.0.value"),
    ({"vitals": [{**VITAL, "value": 601}]}, "vitals.0.value"),
    ({"vitals": [{**VITAL, "value": "1"}]}, "vitals.0.value"),
    ({"vitals": [{**VITAL, "value": True}]}, "vitals.0.value"),
    ({"vitals": [{**VITAL, "value": None}]}, "vitals.0.value"),
    ({"vitals": [{**VITAL, "who": "ada@example.com"}]}, "vitals.0.who"),
    ({"steps": [{"step": "pay"}]}, "steps.0.way"),
    ({"steps": [{"step": "pay", "way": "lost"}]}, "steps.0.way"),
    ({"errors": [{"page": "pay", "kind": "TypeError: ada is undefined"}]}, "errors.0.kind"),
    ({"errors": [ERROR], "address": "https://shop.example.com/"}, "address"),
    ([VITAL], "body"),
]


def everything() -> list[Any]:
    """All that browsers' figures are counted in."""
    found = (metrics.page_seconds, metrics.page_shift, metrics.checkout_steps, metrics.script_errors)
    return [sample for metric in found for sample in metric.samples()]


def counted(metric: Any, *values: str) -> int:
    """How many amounts a histogram has, of any size."""
    return next(int(s.value) for s in metric.samples() if (s.suffix, s.values) == ("_count", values))


async def test_what_a_browser_tells_is_counted(shop: Shop):
    seconds, shift = counted(metrics.page_seconds, "lcp", "product"), counted(metrics.page_shift, "product")
    total = metrics.page_seconds.value("lcp", "product")
    steps, errors = metrics.checkout_steps.value("pay", "left"), metrics.script_errors.value("pay", "resource")
    vitals = [VITAL, {"page": "product", "vital": "cls", "value": 0.02}]
    answer = await shop.client.post(PATH, json={"vitals": vitals, "steps": [STEP], "errors": [ERROR]})
    assert (answer.status_code, answer.content, answer.headers.get("set-cookie")) == (204, b"", None)
    assert counted(metrics.page_seconds, "lcp", "product") == seconds + 1
    assert metrics.page_seconds.value("lcp", "product") == pytest.approx(total + 2.6)
    assert counted(metrics.page_shift, "product") == shift + 1
    assert metrics.checkout_steps.value("pay", "left") == steps + 1
    assert metrics.script_errors.value("pay", "resource") == errors + 1


async def test_anything_else_is_refused_by_its_field_and_counts_nothing(shop: Shop):
    before = everything()
    for body, field in REFUSED:
        answer = await shop.client.post(PATH, json=body)
        assert answer.status_code == 422, (body, answer.text)
        assert answer.headers["content-type"] == MEDIA_TYPE
        assert field in [error["field"] for error in answer.json()["errors"]], (body, answer.text)
    for number in ("NaN", "Infinity", "-Infinity", "1e999"):
        text = f'{{"vitals": [{{"page": "product", "vital": "lcp", "value": {number}}}]}}'
        answer = await shop.client.post(PATH, content=text, headers={"content-type": "application/json"})
        assert answer.status_code in {400, 422}, answer.text
    assert everything() == before


async def test_no_page_of_others_can_send_it_without_asking(shop: Shop):
    """These types are what a browser sends for any page without asking the shop first."""
    for kind in ("text/plain;charset=UTF-8", "application/x-www-form-urlencoded", "multipart/form-data"):
        answer = await shop.client.post(PATH, content=b'{"steps": []}', headers={"content-type": kind})
        assert answer.status_code == 415
    asked = {"origin": "https://elsewhere.example", "access-control-request-method": "POST"}
    answer = await shop.client.request("OPTIONS", PATH, headers=asked)
    assert answer.status_code >= 400
    assert "access-control-allow-origin" not in answer.headers


async def test_each_address_may_send_so_many(shop: Shop):
    answer = await shop.client.post(PATH, json={"steps": [STEP]})
    assert answer.headers["ratelimit-policy"].startswith('"measurements";q=1200;w=60')


def test_every_series_begins_at_zero():
    places = {s.values for s in metrics.page_seconds.samples()}
    assert places == {(vital, page) for vital in ("lcp", "inp", "ttfb") for page in PageKind}
