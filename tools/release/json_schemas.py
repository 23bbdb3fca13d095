"""Whether every value that one JSON schema allows is a value that another one allows.

Of a request, what the old schema allows must fit the new one. Of an answer, what the new one allows must fit the old
one; more properties are no matter there, but none may be missing. Where it cannot be known, it counts as not fitting.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Schema = Mapping[str, Any]
AnySchema = Schema | bool

# Limits from below and from above.
_LEAST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_MOST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_EQUAL = ("format", "pattern", "multipleOf", "uniqueItems", "propertyNames", "prefixItems", "contentEncoding", "not")
# Properties whose values may become more within a version of the API (docs/guides/front-end.md): whoever reads them
# ignores what it does not know.
OPEN = frozenset({"type", "code", "status"})


@dataclass
class Comparison:
    """Compares what is sent with what is taken. `answers`: the taker is the client of the release before."""

    sent: Mapping[str, Any]  # the whole documents, in which `$ref` is looked up
    taken: Mapping[str, Any]
    answers: bool
    _open: set[tuple[str, str]] = field(default_factory=set)

    def misfits(self, sent: AnySchema, taken: AnySchema, place: str = "") -> list[str]:
        """What may be sent and is not taken, a line each; nothing where all of it fits."""
        pair = (_reference(sent), _reference(taken))
        if all(pair):
            if pair in self._open:
                return []
            self._open.add(pair)
        found = list(self._of_alternatives(_whole(sent, self.sent), _whole(taken, self.taken), place))
        self._open.discard(pair)
        return found

    def _of_alternatives(self, sent: Schema, taken: Schema, place: str) -> Iterator[str]:
        accepted = [_whole(each, self.taken) for each in _alternatives(taken, self.taken)]
        for alternative in _alternatives(sent, self.sent):
            each = _whole(alternative, self.sent)
            tried = [list(self._of_one(each, one, place)) for one in accepted]
            if all(tried):
                same = [told for told, one in zip(tried, accepted, strict=True) if _kind(one) == _kind(each)]
                yield from min(same or [[self._said(place, "type", _kinds([each]), _kinds(accepted))]], key=len)

    def _of_one(self, sent: Schema, taken: Schema, place: str) -> Iterator[str]:
        wanted, kind = _kind(taken), _kind(sent)
        if wanted not in {"", kind} and (kind, wanted) != ("integer", "number"):
            yield self._said(place, "type", kind or "anything", wanted)
            return
        yield from self._values(sent, taken, place)
        yield from self._limits(sent, taken, place)
        if "items" in taken and kind in {"", "array"}:
            yield from self.misfits(sent.get("items", True), taken["items"], f"{place}[]")
        if wanted == "object" or (not wanted and kind in {"", "object"}):
            yield from self._properties(sent, taken, place)

    def _values(self, sent: Schema, taken: Schema, place: str) -> Iterator[str]:
        allowed = _enum(taken)
        if allowed is None or (self.answers and place.rpartition(".")[2] in OPEN):
            return
        given = _enum(sent)
        if given is None:
            yield self._said(place, "values", "any", ", ".join(map(str, allowed)))
        elif other := [value for value in given if value not in allowed]:
            known = "not sent before" if self.answers else "no longer taken"
            yield f"{place}: the value {', '.join(map(str, other))} is {known}"

    def _limits(self, sent: Schema, taken: Schema, place: str) -> Iterator[str]:
        for name in (*_LEAST, *_MOST):
            wanted, given = taken.get(name), sent.get(name)
            if wanted is not None and (given is None or (given < wanted if name in _LEAST else given > wanted)):
                yield self._said(place, name, given, wanted)
        for name in _EQUAL:
            if name in taken and sent.get(name) != taken[name]:
                yield self._said(place, name, sent.get(name), taken[name])

    def _properties(self, sent: Schema, taken: Schema, place: str) -> Iterator[str]:
        ours, theirs = sent.get("properties", {}), taken.get("properties", {})
        demanded = set(taken.get("required", ())) - set(sent.get("required", ()))
        for name in sorted(demanded):
            why = "is not always there any more" if self.answers else "is required now"
            yield f"{_in(place, name)}: {'is gone' if name not in ours and self.answers else why}"
        for name in sorted(set(theirs) - set(ours) - demanded if self.answers else ()):
            yield f"{_in(place, name)}: is gone"
        others = taken.get("additionalProperties", True)
        for name, schema in ours.items():
            if name in theirs:
                yield from self.misfits(schema, theirs[name], _in(place, name))
            elif others is False and not self.answers:
                yield f"{_in(place, name)}: is no longer taken"
            elif isinstance(others, Mapping):
                yield from self.misfits(schema, others, _in(place, name))
        yield from self._undeclared(sent, taken, place)

    def _undeclared(self, sent: Schema, taken: Schema, place: str) -> Iterator[str]:
        """Whoever knows a schema sends nothing that it does not declare, unless it says that there may be more."""
        ours, theirs = sent.get("properties", {}), taken.get("properties", {})
        others = taken.get("additionalProperties", True)
        more = sent.get("additionalProperties", True)
        if more is not False and ("additionalProperties" in sent or "properties" not in sent):
            for name in sorted(set(theirs) - set(ours)):
                yield from self.misfits(more, theirs[name], _in(place, name))
        if others is False and more is not False and not self.answers:
            yield f"{place}: properties that are not declared are refused now"
        elif isinstance(others, Mapping):
            yield from self.misfits(more, others, f"{place}{{}}")

    def _said(self, place: str, what: str, sent: object, taken: object) -> str:
        old, new = (taken, sent) if self.answers else (sent, taken)
        return f"{place}: {what} was {_word(old)} and is {_word(new)}"


def _word(value: object) -> object:
    return "not limited" if value is None else value


def _in(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _reference(schema: AnySchema) -> str:
    return str(schema.get("$ref", "")) if isinstance(schema, Mapping) else ""


def _whole(schema: AnySchema, document: Mapping[str, Any]) -> Schema:
    """The schema with its `$ref` looked up and its `allOf` put together; what allows nothing is the type "nothing"."""
    if isinstance(schema, bool):
        return {} if schema else {"type": "nothing"}
    found: Schema = {key: value for key, value in schema.items() if key not in {"$ref", "allOf"}}
    parts = list(schema.get("allOf", ()))
    if reference := schema.get("$ref"):
        target: Any = document
        for part in reference.removeprefix("#/").split("/"):
            target = target[part]
        parts.append(target)
    for part in parts:
        found = _both(found, _whole(part, document))
    return found


def _both(one: Schema, other: Schema) -> Schema:
    """What both schemas allow. What cannot be put together stands as a pair, which is like nothing else."""
    found = {**one, **other}
    for name in set(one) & set(other):
        mine, theirs = one[name], other[name]
        if name in (*_LEAST, *_MOST):
            found[name] = (max if name in _LEAST else min)(mine, theirs)
        elif name == "required":
            found[name] = sorted({*mine, *theirs})
        elif name == "enum":
            found[name] = [value for value in mine if value in theirs]
        elif name == "items":
            found[name] = _each(mine, theirs)
        elif mine != theirs and (name in _EQUAL or name in {"type", "const", "anyOf", "oneOf"}):
            found[name] = f"both {mine} and {theirs}"
    names = {*one.get("properties", ()), *other.get("properties", ())}
    others = [each.get("additionalProperties", True) for each in (one, other)]
    if names:
        found["properties"] = {
            name: _each(
                one.get("properties", {}).get(name, others[0]), other.get("properties", {}).get(name, others[1])
            )
            for name in sorted(names)
        }
    if others != [True, True]:
        found["additionalProperties"] = _each(*others)
    return found


def _each(one: AnySchema, other: AnySchema) -> AnySchema:
    if isinstance(one, bool) or isinstance(other, bool):
        return (one and other) if one and other is not True else (other and one)
    return {"allOf": [one, other]}


def _alternatives(schema: Schema, document: Mapping[str, Any]) -> list[Schema]:
    """The schemas of which a value fits one."""
    for name in ("anyOf", "oneOf"):
        if isinstance(schema.get(name), list):
            rest = {key: value for key, value in schema.items() if key != name}
            parts = [_both(rest, _whole(each, document)) for each in schema[name]]
            return [one for each in parts for one in _alternatives(each, document)]
    kinds = schema.get("type")
    return [{**schema, "type": kind} for kind in kinds] if isinstance(kinds, list) else [schema]


def _enum(schema: Schema) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _kind(schema: Schema) -> str:
    """Its type, as far as it says or its values do."""
    if "type" in schema:
        return str(schema["type"])
    kinds = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
    found = {kinds.get(type(value), "") for value in _enum(schema) or ()}
    return found.pop() if len(found) == 1 else ""


def _kinds(schemas: list[Schema]) -> str:
    return " or ".join(sorted({_kind(each) or "anything" for each in schemas}))
