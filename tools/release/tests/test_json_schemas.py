"""What fits is compared with what a validator says of values."""

from __future__ import annotations

from typing import Any

import jsonschema
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.release.json_schemas import Comparison

NAMES = ("a", "b")
SCALARS = st.one_of(
    st.fixed_dictionaries(
        {"type": st.just("integer")},
        optional={"minimum": st.integers(0, 3), "maximum": st.integers(1, 4), "exclusiveMinimum": st.integers(0, 2)},
    ),
    st.fixed_dictionaries(
        {"type": st.just("string")},
        optional={
            "minLength": st.integers(0, 2),
            "maxLength": st.integers(1, 3),
            "pattern": st.sampled_from(["x", "y"]),
        },
    ),
    st.fixed_dictionaries({"enum": st.lists(st.sampled_from(["x", "y", "xx"]), min_size=1, unique=True)}),
    st.fixed_dictionaries({"const": st.sampled_from(["x", 1, None])}),
    st.sampled_from([{"type": "null"}, {"type": "number"}, {"type": ["string", "null"]}, {"type": "boolean"}, {}]),
)


def objects(inner):
    return st.fixed_dictionaries(
        {"type": st.just("object"), "properties": st.dictionaries(st.sampled_from(NAMES), inner, max_size=2)},
        optional={
            "required": st.lists(st.sampled_from(NAMES), unique=True),
            "additionalProperties": st.one_of(st.booleans(), inner),
        },
    )


def larger(inner):
    arrays = st.fixed_dictionaries(
        {"type": st.just("array"), "items": inner},
        optional={"maxItems": st.integers(0, 2), "minItems": st.integers(0, 2)},
    )
    unions = st.fixed_dictionaries({"anyOf": st.lists(inner, min_size=1, max_size=2)})
    return st.one_of(arrays, objects(inner), unions)


SCHEMAS = st.recursive(SCALARS, larger, max_leaves=4)
MORE = (
    {"minimum": 2},
    {"maximum": 1},
    {"maxLength": 1},
    {"pattern": "y"},
    {"maxItems": 1},
    {"required": ["a"]},
    {"additionalProperties": False},
    {"additionalProperties": {"type": "integer"}},
)


def edits(schema):
    """Schemas with one thing more, less or changed; those that most releases would have."""
    found = [{**schema, **more} for more in MORE] + [{"anyOf": [schema, {"type": "null"}]}]
    found += [{key: value for key, value in schema.items() if key != name} for name in schema]
    for name, inner in schema.get("properties", {}).items():
        rest = {key: value for key, value in schema["properties"].items() if key != name}
        found += [{**schema, "properties": rest}]
        found += [{**schema, "properties": {**rest, name: {**inner, **more}}} for more in MORE]
    return found


SIMPLE: list[Any] = [None, True, 0, 1, 2, 3, 5, 1.5, "", "x", "y", "xx", "xxxx", [], {}]
SOME = [None, 0, 3, "x", "xxxx"]
VALUES = [*SIMPLE, *([each] for each in SIMPLE), *([each, 1] for each in SIMPLE)]
VALUES += [
    {key: value for key, value in zip("abc", (a, b, c), strict=True) if value != "-"}
    for a in (*SOME, "-")
    for b in (*SOME, "-")
    for c in (0, "-")
]
PAIRS = SCHEMAS.flatmap(lambda each: st.tuples(st.just(each), st.sampled_from(edits(each)) | SCHEMAS))
PAIRS = PAIRS | PAIRS.map(lambda pair: pair[::-1])


def unlike(sent, taken):
    """The values that may be sent and are refused."""
    sends, takes = jsonschema.Draft202012Validator(closed(sent)), jsonschema.Draft202012Validator(taken)
    return [each for each in VALUES if sends.is_valid(each) and not takes.is_valid(each)]


@settings(max_examples=250, deadline=None)
@given(PAIRS)
def test_what_fits_is_taken(pair):
    sent, taken = pair
    if not Comparison(sent, taken, answers=False).misfits(sent, taken):
        assert unlike(sent, taken) == []


@settings(max_examples=150, deadline=None)
@given(PAIRS)
def test_an_answer_that_fits_has_all_that_was_expected(pair):
    new, old = pair
    if not Comparison(new, old, answers=True).misfits(new, old):
        assert unlike(new, opened(old)) == []


def closed(schema):
    """The schema for a sender who knows it, and sends nothing that it does not declare."""
    if isinstance(schema, dict):
        inner = {key: closed(value) for key, value in schema.items()}
        return {"additionalProperties": False, **inner} if "properties" in inner else inner
    return [closed(each) for each in schema] if isinstance(schema, list) else schema


def opened(schema):
    """The schema for a reader who ignores what it does not know."""
    if isinstance(schema, dict):
        return {key: opened(value) for key, value in schema.items() if (key, value) != ("additionalProperties", False)}
    return [opened(each) for each in schema] if isinstance(schema, list) else schema


@settings(max_examples=100, deadline=None)
@given(SCHEMAS)
def test_a_schema_fits_itself(schema):
    assert Comparison(schema, schema, answers=False).misfits(schema, schema) == []
    assert Comparison(schema, schema, answers=True).misfits(schema, schema) == []


def test_a_schema_that_names_itself_ends():
    document = {"$defs": {"Tree": {"type": "object", "properties": {"of": {"$ref": "#/$defs/Tree"}}}}}
    tree = {"$ref": "#/$defs/Tree"}
    assert Comparison(document, document, answers=True).misfits(tree, tree) == []


def test_values_of_an_open_property_may_become_more():
    old = {"type": "object", "properties": {"status": {"enum": ["paid"]}, "kind": {"enum": ["card"]}}}
    new = {"type": "object", "properties": {"status": {"enum": ["paid", "lost"]}, "kind": {"enum": ["card", "cash"]}}}
    assert Comparison(new, old, answers=True).misfits(new, old) == ["kind: the value cash is not sent before"]


def test_what_is_lost_is_told():
    old = {"type": "object", "properties": {"kept": {}, "gone": {"type": "string"}}}
    new = {"type": "object", "properties": {"kept": {}}, "additionalProperties": False}
    assert Comparison(new, old, answers=True).misfits(new, old) == ["gone: is gone"]
    assert Comparison(old, new, answers=False).misfits(old, new) == [
        "gone: is no longer taken",
        ": properties that are not declared are refused now",
    ]
