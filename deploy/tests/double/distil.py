"""From a binding's JavaScript to a schema: attributes with their types, blocks with their nesting.

The shapes (all plain JSON, so that they can be cached):

    Block     {"attributes": {name: Attribute}, "blocks": {name: Nested}}
    Attribute {"type": cty type, "required": bool, "optional": bool, "computed": bool, "write_only": bool}
    Nested    {"block": Block, "nesting": "single|list|set", "min": int, "max": int}

A cty type is Terraform's own JSON of a type: "string", ["list", "string"], ["object", {...}].

The bindings do not carry sensitive flags, limits above one, conflicts and defaults, nor what a provider checks in code
(the format of an ARN, the values of an enumeration). What they cannot tell apart is set right in overrides.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from deploy.tests.double.overrides import BORROWED, LENT, LENT_FIELDS, OVERRIDES

Schema = dict[str, Any]
Classes = dict[str, tuple[str, str]]

# How often a block may be inside itself (a WAF statement in a statement); the real provider has a limit too.
DEPTH = 2

_CLASS = re.compile(r"^class (\w+) extends cdktn\.(\w+)", re.MULTILINE)
_FIELD = re.compile(r"// (\w+) - computed: (true|false), optional: (true|false), required: (true|false)\n")
_FLAGS = ("computed", "optional", "required")
_SINGLE = re.compile(r"= new (?:\w+\.)?(\w+)OutputReference\(this,")
_MANY = re.compile(r"= new (?:index\w*\.|structs\w*\.)?(\w+?)(List|Map)\(this, \"\w+\", (true|false)\)")
_TYPES = {
    "getStringAttribute(": "string",
    "getNumberAttribute(": "number",
    "getBooleanAttribute(": "bool",
    "getStringMapAttribute(": ["map", "string"],
    "getNumberMapAttribute(": ["map", "number"],
    "getBooleanMapAttribute(": ["map", "bool"],
    "new cdktn.StringMap(": ["map", "string"],
    "new cdktn.NumberMap(": ["map", "number"],
    "new cdktn.BooleanMap(": ["map", "bool"],
    "tolist(this.getNumberListAttribute(": ["set", "number"],
    "getNumberListAttribute(": ["list", "number"],
    "tolist(this.getListAttribute(": ["set", "string"],
    "getListAttribute(": ["list", "string"],
}


def distil(name: str, javascript: str) -> Schema:
    """The schema of the one resource, data source or ephemeral resource that the file is about."""
    classes = dict(_classes(javascript))
    main = next(body for kind, body in classes.values() if kind.startswith("Terraform"))
    block = _block(main, classes, javascript)
    for path, attribute in OVERRIDES.get(name, {}).items():
        inner, last = _find(block, path)
        inner["blocks"].pop(last, None)
        inner["attributes"][last] = attribute
    return block


def borrow(name: str, block: Schema, lenders: dict[str, Schema]) -> None:
    """Puts the blocks that the bindings of `name` leave out where they belong; `lenders`: schemas by type."""
    for path, (lender, lent) in BORROWED.get(name, {}).items():
        inner, last = _find(block, path)
        inner["attributes"].pop(last, None)
        inner["blocks"][last] = _pruned(lenders[lender]["blocks"][lent])


def _pruned(nested: Schema, within: str = "") -> Schema:
    """Without the kinds of statement, and the fields to look at, that nobody here uses."""
    blocks = nested["block"]["blocks"]
    kept = {
        name: _pruned(inner, name)
        for name, inner in blocks.items()
        if (name in LENT or not name.endswith("_statement"))
        and (name in LENT_FIELDS or within != "field_to_match")
        and name != "managed_rule_group_configs"
    }
    return {**nested, "block": {**nested["block"], "blocks": kept}}


def _find(block: Schema, path: str) -> tuple[Schema, str]:
    *parents, last = path.split(".")
    for parent in parents:
        block = block["blocks"][parent]["block"]
    return block, last


def _classes(javascript: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """(name, (base class, body)) of each class; a body ends where the next class begins."""
    for mark, body in _split(_CLASS, javascript):
        yield mark.group(1), (mark.group(2), body)


def _split(pattern: re.Pattern[str], text: str) -> Iterator[tuple[re.Match[str], str]]:
    """Each match, with the text between it and the next."""
    marks = list(pattern.finditer(text))
    starts_of_next = [*[mark.start() for mark in marks[1:]], len(text)]
    for mark, end in zip(marks, starts_of_next, strict=False):
        yield mark, text[mark.end() : end]


def _block(body: str, classes: Classes, javascript: str, path: tuple[str, ...] = ()) -> Schema:
    """`path`: the classes this one is inside of."""
    block: Schema = {"attributes": {}, "blocks": {}}
    for name, flags, code in _fields(body):
        single, many = _SINGLE.search(code), _MANY.search(code)
        found = single or many
        if found is None:
            plain = next((kind for mark, kind in _TYPES.items() if mark in code), "dynamic")
            block["attributes"][name] = _attribute(name, flags, plain)
            continue
        inner_name = found.group(1)
        if path.count(inner_name) > DEPTH:
            continue
        inner = _block(classes[f"{inner_name}OutputReference"][1], classes, javascript, (*path, inner_name))
        nesting = _nesting(inner_name, many, javascript)
        if flags["computed"] or nesting in {"map", "object"}:
            # Blocks are never computed, so this is an attribute that holds objects.
            block["attributes"][name] = _attribute(name, flags, _wrap(nesting, _object(inner)))
        else:
            least = 1 if flags["required"] else 0
            block["blocks"][name] = {"block": inner, "nesting": nesting, "min": least, "max": 1 if single else 0}
    return block


def _fields(body: str) -> Iterator[tuple[str, dict[str, bool], str]]:
    for mark, code in _split(_FIELD, body):
        name, *flags = mark.groups()
        yield name, dict(zip(_FLAGS, [flag == "true" for flag in flags], strict=True)), code.split("synthesize", 1)[0]


def _nesting(name: str, many: re.Match[str] | None, javascript: str) -> str:
    if many:
        return "map" if many.group(2) == "Map" else "set" if many.group(3) == "true" else "list"
    # One at most: a list of one block, or, where the bindings say "struct", a single one. Of these only `timeouts`
    # is a block; the others are nested attributes.
    if re.search(rf'type: "struct",\s*storageClassType: "{name}"', javascript):
        return "single" if name.endswith("Timeouts") else "object"
    return "list"


def _attribute(name: str, flags: dict[str, bool], kind: Any) -> Schema:
    return {"type": kind, **flags, "write_only": name.endswith("_wo") and not name.startswith("has_")}


def _wrap(nesting: str, kind: Any) -> Any:
    return kind if nesting in {"object", "single"} else [nesting, kind]


def _object(block: Schema) -> Any:
    """The type of an object that has a block's attributes and inner blocks as its own."""
    fields = {name: attribute["type"] for name, attribute in block["attributes"].items()}
    for name, nested in block["blocks"].items():
        fields[name] = _wrap(nested["nesting"], _object(nested["block"]))
    return ["object", fields]
