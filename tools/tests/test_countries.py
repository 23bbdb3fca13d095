from __future__ import annotations

from tools.countries import FILE, render, rules


def test_the_file_matches_its_source() -> None:
    assert FILE.read_text(encoding="utf-8") == render()


def test_a_region_is_required_where_carriers_need_it_and_optional_elsewhere() -> None:
    known = {
        "fmt": "%N%n%A%n%C%n%S",
        "require": "AS",
        "zip_name_type": "postal",
        "locality_name_type": "city",
        "state_name_type": "emirate",
    }
    assert rules("AE", known) == {
        "fields": ["name", "line1", "line2", "city", "region", "phone"],
        "required": ["name", "line1"],
        "one_of": ["region", "city"],
        "labels": {"city": "city", "region": "emirate"},
        "format": ["%A", "%C", "%S"],
    }
    row = rules("US", {**known, "fmt": "%A%n%C, %S %Z", "require": "ACSZ", "zip": r"\d{5}", "zipex": "95014,1"})
    assert row["required"] == ["name", "line1", "city", "region", "postal_code"]
    assert (row["postal_code_pattern"], row["postal_code_example"]) == (r"\d{5}", "95014")
