"""Addresses of the world: what people write there is taken as they write it; what is surely wrong is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from orders.addresses.countries import COUNTRIES, POSTAL_CODES
from orders.addresses.models import Address
from orders.addresses.postal_codes import folded, is_postal_code, written

CORPUS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "addresses.json").read_text(encoding="utf-8"))
TAKEN = [entry for entry in CORPUS if "refused" not in entry]
REFUSED = [entry for entry in CORPUS if "refused" in entry]


def test_the_corpus_has_at_least_30_countries() -> None:
    assert len({entry["address"]["country"] for entry in TAKEN}) >= 30


@pytest.mark.parametrize("entry", TAKEN, ids=lambda entry: f"{entry['address']['country']}-{entry['address']['line1']}")
def test_a_valid_address_is_accepted_unchanged(entry: dict[str, Any]) -> None:
    taken = Address.model_validate(entry["address"]).model_dump()
    expected = dict.fromkeys(Address.model_fields) | entry["address"] | entry.get("kept", {})
    assert taken == expected


@pytest.mark.parametrize("entry", REFUSED, ids=lambda entry: f"{entry['address']['country']}-{entry['refused']}")
def test_an_invalid_address_is_refused_by_field(entry: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        Address.model_validate(entry["address"])
    assert {error["loc"][0] for error in refused.value.errors()} == {entry["refused"]}


@pytest.mark.parametrize("code", COUNTRIES)
def test_a_countrys_own_example_passes_in_any_punctuation(code: str) -> None:
    rules = COUNTRIES[code]
    example = rules.postal_code_example
    assert (example is None) == (rules.postal_code_pattern is None)
    assert set(rules.required) <= set(rules.fields)
    assert set(rules.labels) <= set(rules.fields)
    if code not in POSTAL_CODES or example is None:
        return
    for typed in (example, example.lower(), example.replace(" ", "").replace("-", ""), f"{code}-{example}"):
        assert is_postal_code(folded(typed), code, POSTAL_CODES[code]), typed
    assert not is_postal_code("", code, POSTAL_CODES[code])
    assert not is_postal_code(f"{example}0000000", code, POSTAL_CODES[code])


@given(st.text())
def test_folding_twice_changes_nothing_more_and_ascii_is_unchanged(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    if text.isascii():
        assert folded(text) == text


@given(st.sampled_from(sorted(COUNTRIES)), st.text(max_size=20), st.text(max_size=40))
def test_any_postal_code_and_phone_are_accepted_or_refused_by_field(code: str, postal_code: str, phone: str) -> None:
    typed = {"country": code, "name": "Ada", "line1": "1 Road", "city": "X", "region": "Y"}
    wrong: set[int | str] = set()
    try:
        Address.model_validate({**typed, "postal_code": postal_code, "phone": phone})
    except ValidationError as refused:
        wrong = {error["loc"][0] for error in refused.errors()}
    assert wrong <= {"postal_code", "phone"}


@pytest.mark.parametrize(
    ("country", "given", "lines"),
    [
        ("US", {"city": "Springfield", "region": "IL", "postal_code": "62704"}, ["Springfield, IL 62704"]),
        ("US", {"city": "Springfield", "postal_code": "62704"}, ["Springfield 62704"]),
        ("US", {"city": "Springfield", "region": "IL"}, ["Springfield, IL"]),
        ("DE", {"line2": "Hinterhaus", "city": "Köln", "postal_code": "50667"}, ["Hinterhaus", "50667 Köln"]),
        ("GB", {"city": "London", "region": "Kent", "postal_code": "SW1Y 4LE"}, ["London", "SW1Y 4LE", "Kent"]),
        ("CH", {"city": "Zürich", "postal_code": "CH-8001"}, ["CH-8001 Zürich"]),
        ("CH", {"city": "Zürich", "postal_code": "CH 8001"}, ["CH 8001 Zürich"]),
        ("GB", {"city": "LLANDUDNO", "postal_code": "LL30 1AA"}, ["LLANDUDNO", "LL30 1AA"]),
        ("DE", {"city": "AACHEN", "line2": "PAPA", "postal_code": "52062"}, ["PAPA", "52062 AACHEN"]),
        ("HR", {"city": "Split"}, ["Split"]),
        ("SG", {"postal_code": "018956"}, ["SINGAPORE 018956"]),
        ("AE", {"city": "Dubai", "postal_code": "00000"}, ["Dubai", "00000"]),
        ("HK", {"city": "Tai Wai"}, ["Tai Wai"]),
    ],
)
def test_an_address_is_written_as_its_country_does_and_whole(
    country: str, given: dict[str, str], lines: list[str]
) -> None:
    shown = written({"line1": "1 Road", **given}, COUNTRIES[country].format)
    assert [line for line in shown if line != "1 Road"] == lines
    assert "1 Road" in shown


@given(st.sampled_from(sorted(COUNTRIES)), st.sets(st.sampled_from(["line2", "city", "region", "postal_code"])))
def test_nothing_of_an_address_is_left_out(country: str, there: set[str]) -> None:
    parts = {name: f"<{name}>" for name in {"line1"} | there}
    shown = "\n".join(written(parts, COUNTRIES[country].format))
    assert all(shown.count(value) == 1 for value in parts.values())
    assert "\0" not in shown
