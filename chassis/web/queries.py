"""Refuses unknown query parameters, and repeated ones that a route takes once, before the route runs.

The parameters of a route are computed once. A query string is parsed as FastAPI parses it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from starlette.types import ASGIApp, Receive, Scope, Send

from chassis.problems import FieldError, Invalid

_LISTED = 20
_LONGEST = 100
_LISTS = (list, set, frozenset, tuple)


class Declared(NamedTuple):
    """The names that a route takes, in order and as the set `known`; those of `lists` may stand more than once."""

    names: tuple[str, ...]
    lists: frozenset[str]
    known: frozenset[str]


@cache
def of_model(model: type[BaseModel]) -> Declared:
    """What a model of a whole query declares."""
    return _declared(_of_model(model))


def of_route(route: APIRoute) -> Declared:
    """What a route declares: its own parameters and those of its dependencies."""
    return _declared(_of_dependant(route.dependant))


def _declared(found: Iterator[tuple[str, Any]]) -> Declared:
    fields = dict(found)
    lists = frozenset(name for name, annotation in fields.items() if _is_list(annotation))
    return Declared(tuple(fields), lists, frozenset(fields))


def _of_dependant(dependant: Dependant) -> Iterator[tuple[str, Any]]:
    for field in dependant.query_params:
        annotation = field.field_info.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield from _of_model(annotation)
        else:
            yield field.alias, annotation
    for dependency in dependant.dependencies:
        yield from _of_dependant(dependency)


def _of_model(model: type[BaseModel]) -> Iterator[tuple[str, Any]]:
    return ((_alias(name, field), field.annotation) for name, field in model.model_fields.items())


def _alias(name: str, field: FieldInfo) -> str:
    return field.alias or name


def _is_list(annotation: Any) -> bool:
    """Whether it is a list, or a union or an annotation of one."""
    origin = getattr(annotation, "__origin__", annotation)
    return origin in _LISTS or any(map(_is_list, getattr(annotation, "__args__", ())))


def check(query: str, declared: Declared) -> None:
    """Refuse a query string that holds what the route does not take.

    Raises:
        Invalid: naming each such parameter, and those that there are.
    """
    names = [name for name, _ in parse_qsl(query, keep_blank_values=True)]
    if len(set(names)) == len(names) and declared.known.issuperset(names):
        return
    given = Counter(names)
    faults = [_unknown(name, declared) for name in given if name not in declared.names]
    once = set(declared.names) - declared.lists
    faults += [_twice(name) for name, times in given.items() if times > 1 and name in once]
    if faults:
        raise Invalid("See `errors` for each parameter of the query.", errors=faults[:_LISTED])


def _unknown(name: str, declared: Declared) -> FieldError:
    there_are = f"There are: {', '.join(declared.names)}." if declared.names else "This address takes none."
    return FieldError(f"query.{_shown(name)}", f"There is no such parameter here. {there_are}", "unknown-parameter")


def _twice(name: str) -> FieldError:
    return FieldError(f"query.{name}", "This parameter stands more than once; send it once.", "repeated-parameter")


def _shown(name: str) -> str:
    return name.encode("utf-8", "replace").decode()[:_LONGEST]


class Checked:
    """A route's application behind the check of its query."""

    def __init__(self, app: ASGIApp, declared: Declared) -> None:
        self._app = app
        self._declared = declared

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the query, then run the route. Raises Invalid."""
        if scope["query_string"]:
            check(scope["query_string"].decode("latin-1"), self._declared)
        await self._app(scope, receive, send)
