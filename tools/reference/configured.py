"""The settings of the services, as their classes declare them."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple, get_args

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from chassis.config import CommonSettings
from mercat.config.settings import GENERATED
from tools import openapi
from tools.reference import comments, schemas
from tools.reference.tables import code

# Files of keys: their paths are no secret, what is in them is.
_KEY_FILES = ("_key_file",)


class Setting(NamedTuple):
    """A setting, and the services that have it."""

    name: str
    services: tuple[str, ...]
    kind: str
    default: str
    limits: str
    meaning: str
    secret: str
    made: bool


def settings() -> list[Setting]:
    """All settings: those of every service first. A setting that differs from service to service is told for each.

    Raises:
        ValueError: a setting has no meaning.
    """
    names = openapi.services()
    found: dict[tuple[Any, ...], list[str]] = {}
    for service in names:
        for each in _of_service(service):
            found.setdefault((each.name, *each[2:]), []).append(service)
    shared = [Setting(key[0], tuple(owners), *key[1:]) for key, owners in found.items()]
    return sorted(shared, key=lambda each: (-len(each.services), each.services))


def _of_service(service: str) -> Iterator[Setting]:
    module = importlib.import_module(f"{service}.settings")
    for kind in vars(module).values():
        if isinstance(kind, type) and issubclass(kind, CommonSettings) and kind.__module__ == module.__name__:
            yield from read(kind, service)


def read(kind: type[CommonSettings], service: str) -> Iterator[Setting]:
    """The settings of a class, its base classes' too.

    Raises:
        ValueError: one has no meaning: no comment above its declaration.
    """
    schema = kind.model_json_schema()
    for name, field in kind.model_fields.items():
        meaning = _meaning(kind, name)
        if not meaning:
            raise ValueError(f"{kind.__module__}.{kind.__name__}.{name}: say in a comment above it what it is for")
        its = schema["properties"][name]
        words = schemas.kind(its, lambda of: schemas.kind(schema["$defs"][of]))
        yield Setting(
            name.upper(),
            (service,),
            words.replace(" or `null`", ""),
            _default(field, its),
            schemas.limits(its),
            meaning,
            _secrecy(name, field),
            name.upper() in GENERATED,
        )


def _meaning(kind: type, name: str) -> str:
    """The comment of the class that declares the setting last."""
    for each in inspect.getmro(kind):
        if issubclass(each, CommonSettings) and name in vars(each).get("__annotations__", {}):
            return _comments(each)[name]
    return ""


@cache
def _comments(kind: type) -> dict[str, str]:
    return comments.of_fields(kind)


def _default(field: FieldInfo, schema: schemas.Schema) -> str:
    if field.is_required():
        return "needed"
    default = schema.get("default", field.get_default(call_default_factory=True))
    if default in (None, "", [], {}, ()):
        return "none"
    values = default if isinstance(default, list) else [default]
    return code(_written(value) for value in values)


def _written(value: Any) -> Any:
    """A value as one would write it; what lies in the project, from its folder on."""
    if isinstance(value, bool):
        return str(value).lower()
    return value.removeprefix(f"{openapi.ROOT}/") if isinstance(value, str) else value


def _secrecy(name: str, field: FieldInfo) -> str:
    if field.annotation is SecretStr or SecretStr in get_args(field.annotation):
        return "yes"
    return "what is in the file" if name.endswith(_KEY_FILES) else ""
