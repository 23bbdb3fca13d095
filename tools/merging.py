"""Merges the OpenAPI documents of all services: operations for shoppers first, then for staff, then for machines."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from chassis.config.version import VERSION

Document = dict[str, Any]

# Tags in this order; other tags follow, before those for staff.
_SHOPPERS = {
    "catalog": "Products, categories, stock and images.",
    "cart": "A guest's cart, or an account's.",
    "checkout": "What a checkout page needs to know.",
    "orders": "Placing an order, and what became of it.",
    "payments": "How to pay here.",
    "accounts": "Signing up, and who is signed in.",
    "sessions": "Signing in and out.",
}
_FIRST = "/api/v1/products"
_MACHINES = {"webhooks": "What Stripe sends.", "keys": "What verifies access tokens."}
_PAGE = re.compile(r"Page_(\w+)_")
_REF = "#/components/schemas/"


def merge(documents: dict[str, Document], introduction: str) -> Document:
    """Merge documents, by service. Different schemas with the same name get the service's name as a prefix."""
    named = _names(documents)
    paths: Document = {}
    schemas: Document = {}
    schemes: Document = {}
    for service, document in documents.items():
        rename = named[service]
        paths |= _renamed(document["paths"], rename)
        schemas |= {
            rename[name]: _titled(rename[name], _renamed(schema, rename))
            for name, schema in document["components"]["schemas"].items()
        }
        schemes |= document["components"].get("securitySchemes", {})
    ordered = sorted(paths.items(), key=lambda item: (min(map(_rank, _tags(item[1]))), not item[0].startswith(_FIRST)))
    tags = sorted({tag for item in paths.values() for tag in _tags(item)}, key=_rank)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Mercat", "version": VERSION, "description": _unwrapped(introduction)},
        "servers": [{"url": "/", "description": "this store"}],
        "tags": [{"name": tag, "description": _about(tag)} for tag in tags],
        "paths": {path: {method: item[method] for method in sorted(item, key=_method)} for path, item in ordered},
        "components": {"schemas": dict(sorted(schemas.items())), "securitySchemes": dict(sorted(schemes.items()))},
    }


def _unwrapped(text: str) -> str:
    """Markdown with each paragraph on one line, since viewers of OpenAPI show line breaks."""
    return re.sub(r"(?<=[^\n])\n *(?=[^\s|#*-])(?!\d+\. )", " ", text)


def render(document: Document) -> str:
    """The document as JSON, with its keys in their order."""
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _names(documents: dict[str, Document]) -> dict[str, dict[str, str]]:
    """By service: the new name of each of its schemas."""
    contents: dict[str, set[str]] = defaultdict(set)
    for document in documents.values():
        for name, schema in document["components"]["schemas"].items():
            contents[_plain(name)].add(json.dumps(schema, sort_keys=True))
    return {
        service: {
            name: _plain(name) if len(contents[_plain(name)]) == 1 else f"{service.capitalize()}{_plain(name)}"
            for name in document["components"]["schemas"]
        }
        for service, document in documents.items()
    }


def _plain(name: str) -> str:
    return _PAGE.sub(r"\1Page", name)


def _renamed(node: Any, rename: dict[str, str]) -> Any:
    if isinstance(node, list):
        return [_renamed(each, rename) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _REF + rename[value.removeprefix(_REF)]
        if key == "$ref" and isinstance(value, str) and value.startswith(_REF)
        else _renamed(value, rename)
        for key, value in node.items()
    }


def _titled(name: str, schema: Document) -> Document:
    """The schema with its name as title: generators of clients name a class by the title."""
    return {**schema, "title": name} if "title" in schema else schema


def _tags(item: Document) -> Iterator[str]:
    return (operation["tags"][0] for operation in item.values())


def _rank(tag: str) -> tuple[int, int, str]:
    if tag in _SHOPPERS:
        return (0, list(_SHOPPERS).index(tag), "")
    return (3 if tag in _MACHINES else 2 if tag.startswith("staff: ") else 1, 0, tag)


def _method(method: str) -> int:
    return ("get", "post", "put", "patch", "delete").index(method)


def _about(tag: str) -> str:
    return (_SHOPPERS | _MACHINES).get(
        tag, "For staff, signed in with the right." if "staff" in tag else tag.capitalize()
    )
