from __future__ import annotations

import json

import pytest

from mercat.portal.openapi30 import convert
from mercat.tests.conftest import ROOT


def schema(found):
    document = {"openapi": "3.1.0", "components": {"schemas": {"X": found}}}
    return convert(document)["components"]["schemas"]["X"]


@pytest.mark.parametrize(
    ("new", "old"),
    [
        (
            {"anyOf": [{"type": "string", "maxLength": 3}, {"type": "null"}]},
            {"type": "string", "maxLength": 3, "nullable": True},
        ),
        ({"anyOf": [{"$ref": "#/a"}, {"type": "null"}]}, {"allOf": [{"$ref": "#/a"}], "nullable": True}),
        (
            {"oneOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}]},
            {"oneOf": [{"type": "string"}, {"type": "integer"}], "nullable": True},
        ),
        ({"type": ["string", "null"]}, {"type": "string", "nullable": True}),
        ({"const": "EUR"}, {"enum": ["EUR"]}),
        ({"examples": ["a", "b"]}, {"example": "a"}),
        ({"examples": {"one": {"value": 1}}}, {"examples": {"one": {"value": 1}}}),
        ({"exclusiveMinimum": 0}, {"minimum": 0, "exclusiveMinimum": True}),
        (
            {"type": "string", "contentMediaType": "application/octet-stream"},
            {"type": "string", "format": "binary"},
        ),
        ({"anyOf": [{"type": "null"}], "title": "t"}, {"nullable": True, "title": "t"}),
    ],
)
def test_what_31_says_is_said_as_30_does(new, old):
    assert schema(new) == old


def test_an_example_is_shown_as_it_is():
    example = {"type": ["a", "null"], "const": 1, "examples": [1]}
    assert schema({"example": example, "default": example}) == {"example": example, "default": example}


def test_a_title_beside_a_choice_wins():
    assert (
        schema({"anyOf": [{"type": "string", "title": "inner"}, {"type": "null"}], "title": "outer"})["title"]
        == "outer"
    )


def test_the_descriptions_of_this_store_become_30():
    for path in sorted((ROOT / "services").glob("*/openapi.json")):
        shown = convert(json.loads(path.read_text()))
        assert shown["openapi"] == "3.0.3"
        assert '"type": "null"' not in json.dumps(shown["paths"])
        assert shown["paths"]
