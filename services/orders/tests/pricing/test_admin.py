"""Zones, methods and taxes as staff changes them."""

from __future__ import annotations

import asyncio
from typing import Any

from orders.tests.pricing.office import Office, flat

GERMANY: dict[str, Any] = {"country": "DE"}


def amounts(found: dict[str, Any], *names: str) -> list[int]:
    return [found[name]["amount"] for name in names]


async def test_a_new_rule_counts_for_the_next_price(office: Office):
    assert amounts(await office.preview(), "shipping", "tax", "total") == [500, 0, 1500]
    zone = await office.zone(GERMANY)
    no_way = await office.preview(destination=GERMANY)
    assert (no_way["shipping_problem"], no_way["methods"]) == ("no-method", [])
    method = await office.method(zone, flat(490), min_days=2, max_days=4)
    await office.rate()
    found = await office.preview(destination={"country": "DE", "postal_code": "10115"})
    assert amounts(found, "shipping", "tax", "total") == [490, 160 + 78, 1490]
    assert found["method_id"] == method["id"]
    (offered,) = found["methods"]
    assert (offered["title"], offered["min_days"], offered["max_days"]) == ("Parcel", 2, 4)
    elsewhere = await office.preview(destination={"country": "AT"})
    assert elsewhere["shipping_problem"] == "no-method"
    unknown = await office.preview()
    assert unknown["shipping_problem"] == "destination-needed"


async def test_what_is_written_is_read_back_identically(office: Office):
    places = [{"country": "CA", "region": "Ontario"}, {"country": "GB", "postal_code": "sw1*"}, GERMANY]
    zone = await office.zone(*places)
    bands = [{"at_least": 0, "price": 490}, {"at_least": 5000, "price": None}]
    rates = [{"currency": "EUR", "bands": bands, "free_from": 4000}, flat(600, "JPY", free_from=None)]
    method = await office.method(zone, *rates, kind="pickup", pickup_at="Main St 1", basis="weight", position=3)
    assert method["rates"] == rates
    (listed,) = (await office.done("GET", "shipping/zones"))["items"]
    assert listed["places"] == [
        {"country": "CA", "region": "ON", "postal_code": None},
        {"country": "DE", "region": None, "postal_code": None},
        {"country": "GB", "region": None, "postal_code": "SW1*"},
    ]
    assert listed["methods"] == [method]
    rate = await office.rate(
        "US", 88_750, region="New York", postal_codes=["10001-10299"], valid_from="2026-01-01T00:00:00Z"
    )
    assert (rate["region"], rate["postal_codes"], rate["exempt"]) == ("NY", ["10001-10299"], False)
    assert (await office.done("GET", "taxes/rates?country=US"))["items"] == [rate]
    assert (await office.done("GET", "taxes/rates?country=DE"))["items"] == []
    rule = {"country": "US", "region": "NY", "how": "untaxed", "tax_class": "standard"}
    home = {"country": "US", "region": "NY", "postal_code": "10001"}
    kept = await office.settings(home, "USD", shipping=[rule])
    assert kept == await office.done("GET", "taxes/settings")
    assert (kept["home"], kept["prices_without_tax"], kept["shipping"]) == (home, ["USD"], [rule])
    assert (await office.settings(None))["home"] is None


async def test_each_change_counts_the_version_and_is_audited(office: Office):
    start = await office.version()
    zone = await office.zone(GERMANY)
    method = await office.method(zone)
    rate = await office.rate()
    await office.settings({"country": "DE"})
    assert await office.version() == start + 4
    changed = await office.done(
        "PUT", f"shipping/zones/{zone['id']}", {"title": "North", "version": 1, "places": [GERMANY]}
    )
    assert (changed["title"], changed["version"], changed["methods"]) == ("North", 2, [method])
    again = {"title": "Letter", "rates": [flat(100)], "version": 1}
    assert (await office.done("PUT", f"shipping/methods/{method['id']}", again))["version"] == 2
    raised = {"country": "DE", "rate": 200_000, "title": "VAT", "version": 1}
    assert (await office.done("PUT", f"taxes/rates/{rate['id']}", raised))["rate"] == 200_000
    for path in (f"shipping/methods/{method['id']}", f"taxes/rates/{rate['id']}", f"shipping/zones/{zone['id']}"):
        assert (await office.ask("DELETE", f"{path}?version=2")).status_code == 204
        assert (await office.ask("DELETE", f"{path}?version=2")).status_code == 404
    assert await office.version() == start + 10
    lines = await office.audited()
    assert [line["action"] for line in lines] == [
        *("shipping_zone.created", "shipping_method.created", "tax_rate.created", "tax_settings.changed"),
        *("shipping_zone.changed", "shipping_method.changed", "tax_rate.changed"),
        *("shipping_method.deleted", "tax_rate.deleted", "shipping_zone.deleted"),
    ]
    assert (lines[6]["before"]["rate"], lines[6]["after"]["rate"]) == (190_000, 200_000)
    assert lines[0]["after"]["places"] == ["DE"]


async def test_who_read_an_older_version_changes_nothing(office: Office):
    zone, rate = await office.zone(GERMANY), await office.rate()
    method = await office.method(zone)
    stale: list[tuple[str, str, Any]] = [
        ("PUT", f"shipping/zones/{zone['id']}", {"title": "North", "version": 7, "places": [GERMANY]}),
        ("DELETE", f"shipping/zones/{zone['id']}?version=7", None),
        ("PUT", f"shipping/methods/{method['id']}", {"title": "X", "rates": [flat(1)], "version": 7}),
        ("DELETE", f"shipping/methods/{method['id']}?version=7", None),
        ("PUT", f"taxes/rates/{rate['id']}", {"country": "DE", "rate": 1, "title": "X", "version": 7}),
        ("DELETE", f"taxes/rates/{rate['id']}?version=7", None),
        ("PUT", "taxes/settings", {"home": None, "prices_without_tax": [], "shipping": [], "version": 7}),
    ]
    before = await office.version()
    for method_name, path, body in stale:
        answer = await office.ask(method_name, path, body)
        assert (answer.status_code, answer.json()["type"]) == (409, "rule-changed"), path
        assert answer.json()["version"] == 1
    assert await office.version() == before


async def test_two_who_change_one_rule_at_once_do_not_overwrite_each_other(office: Office):
    zone = await office.zone(GERMANY)
    change = {"version": 1, "places": [GERMANY]}
    answers = await asyncio.gather(
        *(office.ask("PUT", f"shipping/zones/{zone['id']}", {"title": f"Z{n}", **change}) for n in range(8))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    won = next(answer.json() for answer in answers if answer.status_code == 200)
    (listed,) = (await office.done("GET", "shipping/zones"))["items"]
    assert listed["title"] == won["title"]


async def test_a_rule_that_is_sent_twice_is_written_once(office: Office):
    zone = await office.zone(GERMANY)
    await office.zone(title="World", elsewhere=True)
    await office.method(zone)
    twice: list[tuple[str, Any]] = [
        ("shipping/zones", {"title": "Here", "places": [{"country": "AT"}]}),
        ("shipping/zones", {"title": "There", "places": [GERMANY]}),
        ("shipping/zones", {"title": "Moon", "elsewhere": True}),
        (f"shipping/zones/{zone['id']}/methods", {"title": "Parcel", "rates": [flat(1)]}),
    ]
    for path, body in twice:
        answer = await office.ask("POST", path, body)
        assert (answer.status_code, answer.json()["type"]) == (409, "rule-exists"), body
    rate = {"country": "DE", "rate": 190_000, "title": "VAT"}
    answers = await asyncio.gather(*(office.ask("POST", "taxes/rates", rate) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 9


async def test_a_raised_tax_follows_the_old_one(office: Office):
    start = "2020-01-01T00:00:00Z"
    first = await office.rate(rate=160_000, valid_until=start)
    overlapping = {"country": "DE", "rate": 190_000, "title": "VAT", "valid_from": "2019-12-31T23:59:59Z"}
    assert (await office.ask("POST", "taxes/rates", overlapping)).status_code == 409
    await office.rate(rate=190_000, valid_from=start)
    longer = {"country": "DE", "rate": 160_000, "title": "VAT", "valid_until": None, "version": 1}
    assert (await office.ask("PUT", f"taxes/rates/{first['id']}", longer)).status_code == 409
    assert (await office.preview(destination=GERMANY))["lines"][0]["tax_rate"] == 190_000


HOSTILE: list[tuple[str, Any, str]] = [
    ("shipping/zones", {"title": "", "places": [GERMANY]}, "title"),
    ("shipping/zones", {"title": "a\u0000", "places": [GERMANY]}, "title"),
    ("shipping/zones", {"title": "A"}, "places"),
    ("shipping/zones", {"title": "A", "elsewhere": True, "places": [GERMANY]}, "places"),
    ("shipping/zones", {"title": "A", "places": [{"country": "XX"}]}, "places.0.country"),
    ("shipping/zones", {"title": "A", "places": [GERMANY, GERMANY]}, "places"),
    ("shipping/zones", {"title": "A", "places": [GERMANY] * 501}, "places"),
    (
        "shipping/zones",
        {"title": "A", "places": [{"country": "DE", "postal_code": "(a+)+$"}]},
        "places.0.postal_code",
    ),
    ("shipping/zones", {"title": "A", "places": [{"country": "DE", "postal_code": "9-1"}]}, "places.0.postal_code"),
    ("taxes/rates", {"country": "DE", "rate": 1_000_001, "title": "A"}, "rate"),
    ("taxes/rates", {"country": "DE", "rate": 0.19, "title": "A"}, "rate"),
    ("taxes/rates", {"country": "DE", "rate": 1, "title": "A", "exempt": True}, "exempt"),
    ("taxes/rates", {"country": "DE", "rate": 1, "title": "A", "tax_class": "none"}, "tax_class"),
    ("taxes/rates", {"country": "DE", "rate": 1, "title": "A", "postal_codes": ["1", "1"]}, "postal_codes"),
    ("taxes/rates", {"country": "DE", "rate": 1, "title": "A", "valid_from": "2026-01-01T00:00:00"}, "valid_from"),
    (
        "taxes/rates",
        {
            "country": "DE",
            "rate": 1,
            "title": "A",
            "valid_from": "2026-01-01T00:00:00Z",
            "valid_until": "2026-01-01T00:00:00Z",
        },
        "valid_until",
    ),
    ("pricing/previews", {"currency": "GBP", "lines": [{"unit_price": 1}]}, "currency"),
    ("pricing/previews", {"currency": "EUR", "lines": []}, "lines"),
    ("pricing/previews", {"currency": "EUR", "lines": [{"unit_price": 1}] * 51}, "lines"),
    ("pricing/previews", {"currency": "EUR", "lines": [{"unit_price": 10**12}]}, "lines.0.unit_price"),
    ("pricing/previews", {"currency": "EUR", "lines": [{"unit_price": 1}], "vat_id": "DE123456789"}, "vat_id"),
]


async def test_a_hostile_rule_is_refused_by_its_field(office: Office):
    before = await office.version()
    for path, body, field in HOSTILE:
        answer = await office.ask("POST", path, body)
        assert answer.status_code == 422, answer.text
        assert field in [error["field"] for error in answer.json()["errors"]], answer.text
    assert await office.version() == before


HOSTILE_METHODS: list[dict[str, Any]] = [
    {"rates": []},
    {"rates": [flat(1), flat(2)]},
    {"rates": [flat(-1)]},
    {"rates": [flat(1, "XXX")]},
    {"rates": [{"currency": "EUR", "bands": [{"at_least": 5, "price": 1}, {"at_least": 5, "price": 2}]}]},
    {"min_days": 3},
    {"min_days": 3, "max_days": 2},
    {"kind": "pickup"},
    {"pickup_at": "Main St 1"},
    {"kind": "drone"},
]


async def test_a_hostile_method_is_refused(office: Office):
    zone = await office.zone(GERMANY)
    for wrong in HOSTILE_METHODS:
        body = {"title": "Parcel", "rates": [flat(490)], **wrong}
        answer = await office.ask("POST", f"shipping/zones/{zone['id']}/methods", body)
        assert answer.status_code == 422, wrong


async def test_rules_are_bounded_and_need_the_right(office: Office):
    zone = await office.zone(GERMANY)
    for number in range(20):
        await office.method(zone, title=f"M{number}")
    path = f"shipping/zones/{zone['id']}/methods"
    full = await office.ask("POST", path, {"title": "M20", "rates": [flat(1)]})
    assert (full.status_code, full.json()["type"], full.json()["limit"]) == (409, "too-many-rules", 20)
    assert len((await office.done("GET", "shipping/zones"))["items"][0]["methods"]) == 20
    nowhere = await office.ask(
        "POST", "shipping/zones/0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c01/methods", {"title": "M", "rates": [flat(1)]}
    )
    assert nowhere.status_code == 404
    assert (await office.ask("POST", "taxes/rates", {}, scopes=("pricing:read",))).status_code == 403
    assert (await office.ask("GET", "taxes/rates", scopes=("orders:read",))).status_code == 403


async def test_rates_are_paged(office: Office):
    made = [await office.rate(code) for code in ("DE", "AT", "FR")]
    first = await office.done("GET", "taxes/rates?limit=2")
    second = await office.done("GET", f"taxes/rates?limit=2&cursor={first['next_cursor']}")
    assert first["items"] + second["items"] == made
    assert second["next_cursor"] is None
