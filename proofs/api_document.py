"""The API's OpenAPI document: makes requests from its examples, and compares answers with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import jsonschema

METHODS = ("get", "post", "put", "patch", "delete")


class Request(NamedTuple):
    """One request. `body` is JSON, or a text or bytes of `content_type`."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any
    content_type: str | None


class ApiDocument:
    """The document of the whole API."""

    def __init__(self, path: Path) -> None:
        self._document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        self._operations = {
            item[method]["operationId"]: (method, where, item[method])
            for where, item in self._document["paths"].items()
            for method in METHODS
            if method in item
        }

    @property
    def operations(self) -> list[str]:
        """All operationIds, in the order of the document."""
        return list(self._operations)

    def request(self, name: str, known: Mapping[str, Any], fields: Mapping[str, Any] = MappingProxyType({})) -> Request:
        """The request from an operation's examples. A parameter without an example and a known value is left out.

        `known` are ids and tokens of earlier answers, by name: they replace the example values; `fields` are put into
        the body; `bytes` is the body of a file.
        """
        method, path, operation = self._operations[name]
        query: list[tuple[str, Any]] = []
        headers: dict[str, str] = {}
        for parameter in operation.get("parameters", ()):
            value = known.get(parameter["name"], None if _is_secret(parameter) else _example(parameter))
            if value is None:
                continue
            if parameter["in"] == "path":
                path = path.replace(f"{{{parameter['name']}}}", quote(str(value), safe=""))
            elif parameter["in"] == "query":
                query.append((parameter["name"], value))
            elif parameter["in"] == "header":
                headers[parameter["name"]] = str(value)
        content_type, body = self._body(operation, known, fields)
        address = f"{path}?{urlencode(query, doseq=True)}" if query else path
        return Request(method.upper(), address, headers, body, content_type)

    def _body(
        self, operation: dict[str, Any], known: Mapping[str, Any], fields: Mapping[str, Any]
    ) -> tuple[str | None, Any]:
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            if "example" in content:
                return kind, fields.get("bytes", content["example"])
            choices = [each for each in content["schema"].get("anyOf", [content["schema"]]) if "$ref" in each]
            schema = self._schema(choices[0])
            return kind, _known_in(_example_body(schema), known) | _typed(schema, fields)
        return None, None

    def _schema(self, reference: dict[str, Any]) -> dict[str, Any]:
        schema: dict[str, Any] = self._document["components"]["schemas"][reference["$ref"].rpartition("/")[2]]
        return schema

    def complaint(self, name: str, status: int, content_type: str, body: Any) -> str:
        """How an answer differs from the document; an empty text if it does not."""
        documented = self._operations[name][2]["responses"].get(str(status))
        if documented is None:
            return f"the status {status} is not documented: {body}"
        content = documented.get("content", {})
        if not content:
            return f"there is a body, and none is documented: {body}" if body else ""
        if content_type not in content:
            return f"the content type {content_type} is not documented"
        schema = {**content[content_type].get("schema", {}), "components": self._document["components"]}
        text = body.decode("latin-1") if isinstance(body, bytes) else body  # a file is a string to JSON Schema
        wrong = next(jsonschema.Draft202012Validator(schema).iter_errors(text), None)
        return f"{wrong.json_path}: {wrong.message}"[:300] if wrong else ""


def _example_body(schema: dict[str, Any]) -> Any:
    """The example of a model; of one without, the examples of its fields."""
    if "examples" in schema:
        return schema["examples"][0]
    return {name: field["examples"][0] for name, field in schema["properties"].items() if field.get("examples")}


def _typed(schema: dict[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields; of a list one value is the only item."""
    lists = {name for name, field in schema.get("properties", {}).items() if field.get("type") == "array"}
    return {name: [value] if name in lists else value for name, value in fields.items()}


def _is_secret(parameter: dict[str, Any]) -> bool:
    """Whether the parameter is a guest's token: its example is never valid, and signed-in customers need none."""
    return str(parameter["name"]).endswith("-Token")


def _example(parameter: dict[str, Any]) -> Any:
    schema = parameter["schema"]
    choices = [schema, *schema.get("anyOf", ())]
    listed = [value for node in (parameter, *choices) for value in node.get("examples", ())]
    return parameter.get("example", listed[0] if listed else None)


def _known_in(node: Any, known: Mapping[str, Any]) -> Any:
    if isinstance(node, list):
        return [_known_in(each, known) for each in node]
    if not isinstance(node, dict):
        return node
    return {key: known.get(key, value) if key in _GIVEN else _known_in(value, known) for key, value in node.items()}


# The fields of bodies whose values come from an earlier answer or a mail.
_GIVEN = {"variant_id", "token", "expected_total"}
