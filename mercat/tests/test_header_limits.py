"""Whatever the services' openapi.json allow, at its longest and escaped, gets past the edge's bound."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from mercat.edge import traefik
from mercat.tests.conftest import ROOT

METHODS = {"get", "put", "post", "delete", "patch"}
# What comes beside the parameters: an access token, a cookie, and what every client sends.
TOKEN, COOKIE, USUAL = 4_096, 4_096, 2_048
# Lengths of values by their format.
FIXED = {"uuid": 36, "date": 10, "date-time": 48}


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path in sorted((ROOT / "services").glob("*/openapi.json")):
        document = json.loads(path.read_text())
        for address, found in document["paths"].items():
            for method in sorted(METHODS & set(found)):
                yield method, address, _resolved(found[method], document)


def _resolved(operation: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """With the schemas of its parameters in place of references to them, also within lists and choices."""
    schemas = document.get("components", {}).get("schemas", {})

    def whole(part: Any) -> Any:
        if isinstance(part, dict):
            return whole(schemas[part["$ref"].rpartition("/")[2]]) if "$ref" in part else _each(part)
        return [whole(one) for one in part] if isinstance(part, list) else part

    def _each(part: dict[str, Any]) -> dict[str, Any]:
        return {name: whole(value) for name, value in part.items()}

    return {**operation, "parameters": [_each(each) for each in operation.get("parameters", [])]}


def longest(schema: dict[str, Any], *, escaped: bool) -> int:
    """The bytes of a parameter's longest value in an address, or as it is in a header.

    Raises:
        ValueError: it has no bound.
    """
    if "anyOf" in schema:
        return max(longest(choice, escaped=escaped) for choice in schema["anyOf"] if choice != {"type": "null"})
    if "enum" in schema:
        return max(map(len, schema["enum"]))
    match schema["type"]:
        case "boolean":
            return 5
        case "integer":
            return len(str(schema["maximum"]))
    if schema.get("format") in FIXED:
        return FIXED[schema["format"]]
    if "maxLength" not in schema and re.fullmatch(r"\^(\[[^]]+\])\{[0-9]+\}\$", schema.get("pattern", "")):
        return int(re.findall(r"[0-9]+", schema["pattern"])[-1])
    if "maxLength" not in schema:
        raise ValueError("no bound")
    plain = re.search(schema.get("pattern", ""), "😀") is None
    return schema["maxLength"] * (1 if plain or not escaped else 12)


def head(method: str, address: str, operation: dict[str, Any]) -> int:
    """The bytes of an operation's longest request before its body."""
    size = len(f"{method} {address} HTTP/1.1\r\n\r\n") + USUAL + COOKIE + (TOKEN if "security" in operation else 0)
    for parameter in operation.get("parameters", []):
        schema, name = parameter["schema"], parameter["name"]
        try:
            if schema.get("type") == "array":
                size += schema["maxItems"] * (len(f"&{name}=") + longest(schema["items"], escaped=True))
            else:
                size += len(f"{name}: \r\n") + longest(schema, escaped=parameter["in"] != "header")
        except (ValueError, KeyError) as unbounded:
            raise AssertionError(f"{method} {address}: {name} has no bound in openapi.json") from unbounded
    return size


@pytest.mark.parametrize(
    ("method", "address", "operation"), [pytest.param(*one, id=f"{one[0]} {one[1]}") for one in operations()]
)
def test_longest_request_of_every_operation_fits(method, address, operation):
    assert head(method, address, operation) <= traefik.MAX_HEADER_BYTES


def test_unbounded_parameter_is_reported():
    with pytest.raises(AssertionError, match="name has no bound"):
        head("get", "/", {"parameters": [{"in": "query", "name": "name", "schema": {"type": "string"}}]})
