"""OpenAPI 3.1 as 3.0 for the reader on the docs page, which knows 3.0 only. The committed files stay what they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_NULL = {"type": "null"}


def convert(document: dict[str, Any]) -> dict[str, Any]:
    """A description that shows the same; what 3.0 cannot say is left out."""
    shown: dict[str, Any] = _walk({key: value for key, value in document.items() if key != "webhooks"})
    return {**shown, "openapi": "3.0.3"}


def _walk(node: Any) -> Any:
    if isinstance(node, list):
        return [_walk(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = {key: value if key in {"example", "default"} else _walk(value) for key, value in node.items()}
    for rule in _RULES:
        rule(node)
    return node


def _null_choice(node: dict[str, Any]) -> None:
    """`anyOf: [X, null]` is X, nullable."""
    for key in ("anyOf", "oneOf"):
        choices = node.get(key)
        if isinstance(choices, list) and _NULL in choices:
            rest = [choice for choice in choices if choice != _NULL]
            node["nullable"] = True
            del node[key]
            if len(rest) == 1:
                # A $ref must stand alone in 3.0.
                node.update({"allOf": rest} if "$ref" in rest[0] else {**rest[0], **node})
            elif rest:
                node[key] = rest


def _null_type(node: dict[str, Any]) -> None:
    """`type: [string, null]` is string, nullable."""
    kinds = node.get("type")
    if isinstance(kinds, list):
        rest = [kind for kind in kinds if kind != "null"]
        node["nullable"] = len(rest) < len(kinds)
        node["type"] = rest[0] if rest else "string"


def _constant(node: dict[str, Any]) -> None:
    if "const" in node and not isinstance(node["const"], dict):
        node["enum"] = [node.pop("const")]


def _examples(node: dict[str, Any]) -> None:
    """A schema's list of examples is its first; the named ones of a body stay."""
    if isinstance(node.get("examples"), list):
        found = node.pop("examples")
        if found:
            node.setdefault("example", found[0])


def _open_bounds(node: dict[str, Any]) -> None:
    for bound, key in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        limit = node.get(key)
        if isinstance(limit, int | float) and not isinstance(limit, bool):
            node[bound], node[key] = limit, True


def _binary(node: dict[str, Any]) -> None:
    if node.get("contentMediaType") == "application/octet-stream":
        del node["contentMediaType"]
        node["format"] = "binary"


_RULES: tuple[Callable[[dict[str, Any]], None], ...] = (
    _null_choice,
    _null_type,
    _constant,
    _examples,
    _open_bounds,
    _binary,
)
