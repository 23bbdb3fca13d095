"""A person who is planted in requests: each value that a person may send, in every field and header of every route."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

PERSON = {
    "name": "Wilhelmina Plantedname",
    "email": "planted.person@canary.example",
    "phone": "+44 7946 0957131",
    "street": "77 Plantedstreet Lane",
    "card": "4242 4242 4242 4242",
    "password": "Planted-Passw0rd-9137",
    "token": "planted-token-31415926",
    "cookie": "plantedcookie27182818",
    "query": "plantedquery16180339",
    "text": "plantedtext14142135",
}
# What must be found nowhere: the values, and the parts of them that a cut or another form would leave.
NEEDLES = [
    *PERSON.values(),
    "plantedname",
    "planted.person",
    "0957131",
    "plantedstreet",
    "4242424242424242",
    "passw0rd-9137",
]
HEADERS = {
    "Cookie": f"__Host-refresh={PERSON['cookie']}; other={PERSON['cookie']}",
    "User-Agent": f"Mozilla ({PERSON['text']})",
    "Referer": f"https://shop.example/?{PERSON['query']}",
    "X-Request-Id": PERSON["token"],
    "X-Customer": PERSON["email"],
    "tracestate": f"shop={PERSON['cookie']}",
    "traceparent": f"00-{'c' * 32}-{'d' * 16}-01",
}
_BY_WORD = {
    "mail": "email",
    "phone": "phone",
    "line1": "street",
    "street": "street",
    "password": "password",
    "token": "token",
}


def value_for(name: str, number: int) -> str:
    """The person's value for a field of this name; else one of all, in turn."""
    for word, kind in _BY_WORD.items():
        if word in name.lower():
            return PERSON[kind]
    return list(PERSON.values())[number % len(PERSON)]


def requests(document: dict[str, Any], round_: int) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """For each operation of an OpenAPI document: its method, its address, and the rest as httpx takes it."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            headers = {**HEADERS, "Authorization": f"Bearer {PERSON['token']}"}
            query = {"q": PERSON["query"], "email": PERSON["email"]} if round_ % 2 else {}
            address = path
            for number, each in enumerate(operation.get("parameters", ())):
                planted = str(_filled(document, each["schema"], each["name"], number + round_))
                if each["in"] == "path":
                    address = address.replace(f"{{{each['name']}}}", planted.replace("/", "%2F"))
                elif each["in"] == "query":
                    query[each["name"]] = planted
                elif each["in"] == "header":
                    headers[each["name"]] = planted
            content = operation.get("requestBody", {}).get("content", {})
            body: dict[str, Any] = {}
            if "application/json" in content:
                body = {"json": _filled(document, content["application/json"]["schema"], "", round_)}
            elif content:
                headers["Content-Type"] = next(iter(content))
                body = {"content": f"Handle,Title,{PERSON['text']}\n{PERSON['text']},{PERSON['name']},x\n"}
            yield method.upper(), address, {"params": query, "headers": headers, **body}


def _filled(document: dict[str, Any], schema: dict[str, Any], name: str, number: int) -> Any:
    """A value that fits a schema where it is easy to, with the person's in all that is free text."""
    if "$ref" in schema:
        return _filled(document, document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], name, number)
    if "anyOf" in schema:
        return _filled(document, schema["anyOf"][0], name, number)
    if schema.get("type") == "object":
        fields = schema.get("properties", {PERSON["text"]: {"type": "string"}})
        return {key: _filled(document, each, key, number + at) for at, (key, each) in enumerate(fields.items())}
    if schema.get("type") == "array":
        return [_filled(document, schema.get("items", {}), name, number)]
    return _scalar(schema, name, number)


def _scalar(schema: dict[str, Any], name: str, number: int) -> Any:
    if "enum" in schema or "const" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    if schema.get("type") in {"integer", "number"}:
        return schema.get("minimum", 1)
    if schema.get("type") == "boolean":
        return True
    if schema.get("format") == "uuid":
        return str(UUID(int=7))
    if "pattern" in schema and schema.get("examples"):
        return schema["examples"][0]
    return value_for(name, number)


def found_in(what: str, text: str) -> list[str]:
    """Each needle that a text has, with some of the text around it."""
    lower = text.lower()
    return [
        f"{what}: …{text[max(at - 100, 0) : at + 60]}…" for needle in NEEDLES if (at := lower.find(needle.lower())) >= 0
    ] + ([f"{what}: as JSON escapes it"] if json.dumps(PERSON["name"])[1:-1] in text else [])
