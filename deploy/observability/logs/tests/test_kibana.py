"""Kibana's pages: what they name is there, and documents have the fields that they show."""

from __future__ import annotations

import json
import re
from typing import Any

from deploy.observability.logs import kibana
from deploy.observability.logs.tests.checks import paid
from deploy.observability.logs.tests.running import flat, mapping


def _wrong(objects: list[dict[str, Any]]) -> list[str]:
    """What is wrong with saved objects: names that lead nowhere, and fields that no document has."""
    known = {(each["type"], each["id"]) for each in objects}
    found = [f"{kind} {name} is there twice" for kind, name in known if len(objects) != len(known)]
    fields_of = {*flat(mapping()), "message.keyword", "@timestamp", "___records___"}
    for each in objects:
        name = each["id"]
        found += [
            f"{name} leads to {reference['id']}, which is not there"
            for reference in each["references"]
            if (reference["type"], reference["id"]) not in known
        ]
        named = set(_fields(json.loads(json.dumps(each["attributes"]))))
        found += [f"{name} has the field {field}, which no document has" for field in sorted(named - fields_of)]
    return found + list(paid(objects))


def _fields(whole: Any) -> list[str]:
    """Fields in columns, charts and queries, also within the JSON that Kibana keeps as text."""
    if isinstance(whole, list):
        return [field for each in whole for field in _fields(each)]
    if not isinstance(whole, dict):
        return []
    found = [*whole.get("columns", [])] if isinstance(whole.get("columns"), list) else []
    found += [whole["sourceField"]] if "sourceField" in whole else []
    if whole.get("language") == "kuery":
        found += re.findall(r"([@a-z][a-z0-9_.]*)\s*(?::|>=?|<=?)", whole["query"])
    for name, value in whole.items():
        found += _fields(json.loads(value) if name.endswith("JSON") else value)
    return found


def test_kibanas_objects_lead_to_each_other_and_to_fields_that_documents_have():
    objects = kibana.objects()
    assert _wrong(objects) == []
    assert len([each for each in objects if each["type"] == "dashboard"]) == 3
    for each in objects:
        names = {reference["name"] for reference in each["references"]}
        if each["type"] != "dashboard":
            continue
        panels = json.loads(each["attributes"]["panelsJSON"])
        assert {name.split(":")[0] for name in names} == {panel["panelIndex"] for panel in panels}
        places = [panel["gridData"] for panel in panels]
        assert not [
            (a["i"], b["i"])
            for a in places
            for b in places
            if a["i"] < b["i"]
            and abs(a["x"] - b["x"]) < a["w"]
            and a["y"] < b["y"] + b["h"]
            and b["y"] < a["y"] + a["h"]
        ]


def test_a_page_that_names_what_is_not_there_is_found():
    objects = kibana.objects()
    assert "which is not there" in "".join(_wrong([each for each in objects if each["id"] != "mercat-audit"]))
    broken = json.loads(
        json.dumps(objects).replace("labels.order_id", "labels.order").replace("error.type", "err.type")
    )
    assert {"err.type", "labels.order"} <= {line.split(" the field ")[1].split(",")[0] for line in _wrong(broken)}
