"""The picture and the tables of services follow from what each service.yaml says."""

from __future__ import annotations

import re

import msgspec

from tools.documents.pages import architecture

FOUND = architecture.specs()


def changed(name, **fields):
    """The services, one of them with other fields."""
    return [msgspec.structs.replace(each, **fields) if each.name == name else each for each in FOUND]


def test_every_call_every_feed_and_every_way_out_is_drawn():
    drawn = architecture.picture(FOUND)
    for each in FOUND:
        assert f"{each.name}[{each.name}]" in drawn
        if each.calls:
            assert f"{each.name} -->|calls| {' & '.join(each.calls)}\n" in drawn
        if each.reads:
            assert f"{each.name} -->|reads| {' & '.join(each.reads)}\n" in drawn
        if each.follows:
            assert f"{each.name} -.->|follows| {' & '.join(each.follows)}\n" in drawn
    assert "payments --> stripe([Stripe])" in drawn
    owners = " & ".join(each.name for each in FOUND if each.database)
    assert f"{owners} --- postgres" in drawn
    assert "services --- postgres" in architecture.picture([each for each in FOUND if each.database])


def test_a_service_that_calls_another_one_or_has_no_database_changes_the_picture():
    more = architecture.picture(changed("catalog", calls=["orders"]))
    assert "catalog -->|calls| orders\n" in more
    without = architecture.picture(changed("catalog", database="", routes=[], reaches=[]))
    assert "traefik --> identity & orders & pages & payments & shop\n" in without
    assert "identity & orders & payments & shop --- postgres" in without
    assert re.search(r"^ *catalog\b.* internet", more, re.MULTILINE)
    assert not re.search(r"^ *catalog\b.* internet", without, re.MULTILINE)


def test_every_field_of_a_service_is_on_its_page():
    page = architecture.reference(FOUND)
    for field, value in {
        "about": "something else",
        "routes": ["/api/v1/other"],
        "database": "other",
        "follows": ["orders"],
        "calls": ["identity"],
        "reads": ["identity"],
        "followed_by": ["payments"],
        "reaches": ["smtp", "internet"],
        "keys": ["other_key"],
        "admission": "export",
        "port": 8099,
        "scale": msgspec.structs.replace(FOUND[0].scale, cpu=55),
        "resources": msgspec.structs.replace(FOUND[0].resources, memory="77Mi"),
        "slo": msgspec.structs.replace(FOUND[0].slo, p99="42ms"),
    }.items():
        assert architecture.reference(changed("catalog", **{field: value})) != page, field
