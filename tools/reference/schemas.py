"""Words for a JSON Schema: what kind of value it is, and within which limits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]
Link = Callable[[str], str]

_FORMATS = {
    "date-time": "time (RFC 3339)",
    "email": "e-mail address",
    "ipv4network": "network",
    "ipv6network": "network",
    "password": "text",
    "path": "path",
    "binary": "bytes",
}
_TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "`true` or `false`",
    "object": "object",
    "array": "list",
    "null": "`null`",
}
_SOME_ID = "0199a5d0-1f2a-7c11-8a4e-5b1f0f0a9c01"
# By what is limited: the words for the least and the most.
_BOUNDS = (
    ("minimum", "maximum", ""),
    ("minLength", "maxLength", "characters"),
    ("minItems", "maxItems", "entries"),
    ("minProperties", "maxProperties", "entries"),
)


def plain(name: str) -> str:
    """A link to nowhere: the name as code."""
    return f"`{name}`"


def kind(schema: Schema, link: Link = plain) -> str:
    """What kind of value it is. `link` gives the words for a schema of a name."""
    if "$ref" in schema:
        return link(schema["$ref"].rpartition("/")[2])
    if choices := [*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())]:
        return " or ".join(dict.fromkeys(kind(choice, link) for choice in choices))
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    return _plain_kind(schema, link)


def _plain_kind(schema: Schema, link: Link) -> str:
    types = schema.get("type", "any value")
    if isinstance(types, list):
        return " or ".join(kind({**schema, "type": each}, link) for each in types)
    if types == "array" and "items" in schema:
        return f"list of {kind(schema['items'], link)}"
    if types == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        return f"object: {kind(schema['additionalProperties'], link)} by name"
    form = schema.get("format", "")
    if form == "uuid":
        return "UUID"
    return _FORMATS.get(form, _TYPES.get(types, str(types)))


def limits(schema: Schema) -> str:
    """Within which limits a value must be; an empty text if there are none."""
    return "; ".join(_limits(schema))


def _limits(schema: Schema) -> Iterator[str]:
    for choice in (*schema.get("anyOf", ()), *schema.get("allOf", ())):
        yield from _limits(choice)
    for least, most, unit in _BOUNDS:
        if words := _between(schema.get(least), schema.get(most)):
            yield f"{words} {unit}".strip()
    if "exclusiveMinimum" in schema:
        yield f"more than {schema['exclusiveMinimum']}"
    if "pattern" in schema:
        yield f"`{schema['pattern']}`"
    if isinstance(items := schema.get("items"), Mapping):
        yield from (f"each {words}" for words in _limits(items))


def _between(least: float | None, most: float | None) -> str:
    if least is not None and most is not None:
        return f"{_number(least)} to {_number(most)}" if least != most else _number(least)
    if most is not None:
        return f"at most {_number(most)}"
    # Nothing is shorter than 0, or holds fewer.
    return f"at least {_number(least)}" if least is not None else ""


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def example(schema: Schema, named: Mapping[str, Schema]) -> Any:
    """A value of the schema, of the examples in it."""
    if "$ref" in schema:
        return example(named[schema["$ref"].rpartition("/")[2]], named)
    for key in ("examples", "enum"):
        if schema.get(key):
            return schema[key][0]
    for key in ("const", "default"):
        if key in schema:
            return schema[key]
    for choice in schema.get("anyOf", ()):
        return example(choice, named)
    if schema.get("type") == "array":
        return [example(schema["items"], named)]
    if schema.get("format") == "uuid":
        return _SOME_ID
    if "properties" in schema:
        return {name: example(value, named) for name, value in schema["properties"].items()}
    return {"string": "...", "integer": 1, "number": 1, "boolean": True}.get(schema.get("type", ""), {})
