"""Checks the style of the OpenAPI documents: tags, names, ids, money, problems, descriptions and examples."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.openapi import ROOT
from tools.reference import limits

METHODS = ("get", "post", "put", "patch", "delete")
_TAG = re.compile(r"[a-z]+( [a-z]+)*")
_STAFF_TAG = re.compile(r"staff: [a-z]+( [a-z]+)*")
_SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_HEADER = re.compile(r"[A-Z][a-z]*(-[A-Z][a-z]+)*")
_COOKIE = re.compile(r"__Host-[a-z]+")
_NAMES = {"header": _HEADER, "cookie": _COOKIE}
_KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_FIRST_WORDS = {"get": ("list", "read"), "delete": ("delete", "remove")}
_MINOR = re.compile("minor units", re.IGNORECASE)
_SUM = re.compile(r"(?:.*_)?(?:amount|balance|cost|fee|price|rounding|shipping|subtotal|total)")
# Amounts that are not in a money object, and why.
_BARE = {
    "min_price": "a query parameter is one word: of the query's `currency`",
    "max_price": "a query parameter is one word: of the query's `currency`",
    "VariantPrice.amount": "in a body with one `currency` for all its prices, which cannot differ by line",
    "BandModel.price": "in a rate with one `currency` for all its bands",
    "SampleLine.unit_price": "in a body with one `currency` for all its lines",
}
_AS_MONEY = "money is an object of `amount` and `currency`"

Document = dict[str, Any]


def documents(root: Path = ROOT) -> dict[str, Document]:
    """The openapi.json of each service, by its name."""
    return {
        path.parent.name: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(root.glob("services/*/openapi.json"))
    }


def deviations(found: dict[str, Document]) -> list[str]:
    """One line for each deviation, beginning with the service."""
    lines = [f"{name}: {line}" for name, document in found.items() for line in _of_one(document)]
    ids = Counter(
        operation.get("operationId") for document in found.values() for _, _, operation in operations(document)
    )
    return lines + [
        f"all: {name} is the operationId of {times} operations" for name, times in ids.items() if name and times > 1
    ]


def operations(document: Document) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and operation object of every operation."""
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                yield method, path, methods[method]


def _of_one(document: Document) -> Iterator[str]:
    for method, path, operation in operations(document):
        for line in _operation(method, path, operation, document):
            yield f"{method.upper()} {path}: {line}"
    for name, schema in document["components"]["schemas"].items():
        for line in _schema(name, schema):
            yield f"{name}: {line}"


def _operation(method: str, path: str, operation: dict[str, Any], document: Document) -> Iterator[str]:
    tags = operation.get("tags", [])
    kind = _STAFF_TAG if "/admin/" in path else _TAG
    if len(tags) != 1 or not kind.fullmatch(tags[0]):
        yield f"its tags are {tags}: one is needed, in lower case, `staff: ...` for staff and for nobody else"
    if "/admin/" in path and not any(way.get("access_token") for way in operation.get("security", ())):
        yield "its `security` names no right: what is for staff needs one"
    name = operation.get("operationId", "")
    if not name:
        yield "it has no operationId: clients name a function by it"
        return
    if "api_v" in name:
        yield f"operationId {name}: its path is no part of the name"
    first = _FIRST_WORDS.get(method, (name.partition("_")[0],))
    if not _SNAKE.fullmatch(name) or "_" not in name or name.partition("_")[0] not in first:
        yield f"operationId {name}: a verb and what it is done to ({' or '.join(first)} for {method.upper()})"
    yield from (f"it has no {word}" for word in ("summary", "description") if not operation.get(word))
    for parameter in operation.get("parameters", ()):
        yield from _parameter(parameter)
    yield from _bodies_and_answers(operation, document)


def _bodies_and_answers(operation: dict[str, Any], document: Document) -> Iterator[str]:
    for kind_of_body, content in operation.get("requestBody", {}).get("content", {}).items():
        if not _has_example(content, document):
            yield f"its body ({kind_of_body}) has no example"
    for answer in operation["responses"].values():
        for said in limits.problems(answer):
            if not _KEBAB.fullmatch(said):
                yield f"the problem {said} is not in kebab-case"


def _parameter(parameter: dict[str, Any]) -> Iterator[str]:
    name, schema = parameter["name"], parameter["schema"]
    if not _NAMES.get(parameter["in"], _SNAKE).fullmatch(name):
        yield f"the name of the parameter {name}"
    if not parameter.get("description"):
        yield f"the parameter {name} has no description"
    if name not in _BARE and _is_minor(name, {**schema, "description": parameter.get("description", "")}):
        yield f"the parameter {name}: {_AS_MONEY}"
    # A cursor comes from an earlier answer: no example would be valid.
    if name != "cursor" and not (_examples(parameter) or _shows_a_value(schema)):
        yield f"the parameter {name} has no example"


def _examples(node: dict[str, Any]) -> bool:
    return any(key in holder for holder in (node, node.get("schema", {})) for key in ("example", "examples"))


def _shows_a_value(schema: dict[str, Any]) -> bool:
    """Whether the schema shows a valid value: it is a boolean, an enum, a constant, or has a default."""
    choices = schema.get("anyOf", [schema])
    known = [choice for choice in choices if choice.get("type") != "null"]
    return "default" in schema or all(
        "enum" in choice or "const" in choice or choice.get("type") == "boolean" for choice in known
    )


def _has_example(content: dict[str, Any], document: Document) -> bool:
    schema = content["schema"]
    choices = [choice for choice in schema.get("anyOf", [schema]) if choice.get("type") != "null"]
    resolved = [
        document["components"]["schemas"][each["$ref"].rpartition("/")[2]] for each in choices if "$ref" in each
    ]
    return _examples(content) or any("examples" in each or "example" in each for each in resolved)


def _schema(name: str, schema: dict[str, Any]) -> Iterator[str]:
    own = f"{re.findall('[A-Z][a-z]+', name)[:1] or [name]!s}".strip("[]'").lower() + "_id"
    properties = schema.get("properties", {})
    for key, value in properties.items():
        if not _SNAKE.fullmatch(key):
            yield f"the name of the property {key}"
        if not value.get("description"):
            yield f"the property {key} has no description"
        if key.endswith("id") and key != "id" and not key.endswith("_id"):
            yield f"{key}: an own id is `id`, another's `<thing>_id`"
        if key == own:
            yield f"{key}: its own id is `id`"
        is_money = properties.keys() == {"amount", "currency"}
        if _is_minor(key, value) and not is_money and f"{name}.{key}" not in _BARE:
            yield f"{key}: {_AS_MONEY}"


def _is_minor(name: str, schema: dict[str, Any]) -> bool:
    """Whether it is an amount in minor units, by its name or description."""
    kinds = {choice.get("type") for choice in (schema, *schema.get("anyOf", ()))}
    words = " ".join(choice.get("description", "") for choice in (schema, *schema.get("anyOf", ())))
    return "integer" in kinds and (_SUM.fullmatch(name) or _MINOR.search(words)) is not None
