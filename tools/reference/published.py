"""The events that each service publishes, and who handles them, as the code declares it."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from chassis.config import service_spec
from chassis.outbox import EventData
from chassis.web import Glossary
from chassis.web.openapi import COMMON
from tools import openapi
from tools.reference import comments, schemas
from tools.release import declared

_CHASSIS = "chassis"
# Where a time has no example of its own.
_TIME = "2026-11-28T12:00:00Z"
NOTHING: Mapping[str, Any] = MappingProxyType({})


class Field(NamedTuple):
    """A field of an event's data."""

    name: str
    kind: str
    needed: bool
    meaning: str
    example: Any


class Published(NamedTuple):
    """An event, the service that publishes it, and the services that handle it."""

    type: str
    service: str
    meaning: str
    fields: list[Field]
    handled_by: list[str]


def events() -> list[Published]:
    """The events of all services, by service in the order in which their modules declare them.

    Raises:
        ValueError: an event or one of its fields does not say what it means.
    """
    names = openapi.services()
    for name in names:
        importlib.import_module(f"{name}.app")
    handled = {name: set(declared.handled(name)) for name in names}
    return [each for service in names for each in _of_service(service, handled)]


def _of_service(service: str, handled: Mapping[str, set[str]]) -> Iterator[Published]:
    if importlib.util.find_spec(f"{service}.events") is None:  # it publishes none
        return
    module = importlib.import_module(f"{service}.events")
    glossary, shown = importlib.import_module(f"{service}.glossary").GLOSSARY, _shown(service)
    for each in vars(module).values():
        if _is_event(each, module.__name__) and each.type not in handled[service]:
            handled_by = _handlers(each.type, service, handled)
            same(each, handled_by)
            yield read(each, service, glossary, handled_by, shown)


def same(event: type[EventData], handled_by: list[str]) -> None:
    """Refuse an event that says of itself that somebody handles it where nobody does, or the other way round.

    Raises:
        ValueError: it is so.
    """
    if event.handled != bool(handled_by):
        where = f"{event.__module__}.{event.__name__}.handled"
        raise ValueError(f"{where} must be {bool(handled_by)}: an event that nobody handles is not written")


def _shown(service: str) -> dict[str, Any]:
    """By the name of a field: its example in the service's API, where it means the same."""
    path = openapi.ROOT / "services" / service / "openapi.json"
    named = json.loads(path.read_text(encoding="utf-8"))["components"]["schemas"].values()
    fields = [(name, its) for schema in named for name, its in schema.get("properties", {}).items()]
    return {name: its["examples"][0] for name, its in reversed(fields) if its.get("examples")}


def _is_event(each: object, module: str) -> bool:
    return (
        isinstance(each, type) and issubclass(each, EventData) and each.__module__ == module and hasattr(each, "type")
    )


def _handlers(kind: str, producer: str, handled: Mapping[str, set[str]]) -> list[str]:
    """The services with a handler of their own, or with the chassis' for who follows the producer."""
    of_chassis = kind in declared.events(_CHASSIS)
    return [
        name
        for name, kinds in handled.items()
        if kind in kinds or (of_chassis and producer in service_spec.load(name).follows)
    ]


def read(
    event: type[EventData], service: str, glossary: Glossary, handled_by: list[str], shown: Mapping[str, Any] = NOTHING
) -> Published:
    """What an event's class says; `shown` are examples by the names of fields.

    Raises:
        ValueError: it has no docstring, or a field has neither a comment nor a term in the service's glossary.
    """
    where = f"{event.__module__}.{event.__name__}"
    meaning = inspect.cleandoc(vars(event).get("__doc__") or "")
    if not meaning:
        raise ValueError(f"{where}: its docstring must say what has happened")
    said, terms = comments.of_fields(event), {**COMMON.terms, **glossary.terms}
    document = msgspec.json.schema(event)["$defs"][event.__name__]
    fields = []
    for field in msgspec.structs.fields(event):
        schema = document["properties"][field.encode_name]
        about = said.get(field.name) or terms.get(field.name)
        if not about:
            raise ValueError(f"{where}.{field.name}: say in a comment above it what it means")
        kind = "time (RFC 3339)" if "datetime" in str(field.type) else schemas.kind(schema)
        example = _TIME if "datetime" in str(field.type) else {**shown, **glossary.examples}.get(field.name)
        example = schemas.example(schema, {}) if example is None else example
        fields.append(Field(field.encode_name, kind, field.required, about, example))
    return Published(event.type, service, " ".join(meaning.split()), fields, handled_by)
