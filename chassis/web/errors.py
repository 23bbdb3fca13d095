"""Maps exceptions to problems: those of the framework, those of the database, and unexpected ones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import asyncpg
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from chassis.db import UNREACHABLE
from chassis.problems import (
    FieldError,
    Forbidden,
    Internal,
    Invalid,
    Malformed,
    MethodNotAllowed,
    NotFound,
    Problem,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnsupportedMedia,
)
from chassis.web.bodies import Refused

_BY_STATUS: dict[int, type[Problem]] = {
    kind.status: kind
    for kind in (Malformed, Unauthenticated, Forbidden, NotFound, MethodNotAllowed, TooLarge, UnsupportedMedia)
}
_UNREADABLE = {"json_invalid", "value_error.jsondecode"}


def as_problem(error: Exception) -> Problem:
    """The problem for `error`. An unexpected exception becomes `Internal`, which holds nothing of it."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, RequestValidationError):
        return _validation(error.errors())
    if isinstance(error, Refused):
        return error.problem
    if isinstance(error, HTTPException):
        kind = _BY_STATUS.get(error.status_code, Internal if error.status_code >= 500 else Malformed)
        return kind(headers=error.headers)
    if isinstance(error, ClientDisconnect):
        # The client disconnected or sent invalid chunks: a server reports both in the same way.
        return Malformed("The body could not be read to its end.")
    if isinstance(error, asyncpg.DataError):
        # A value that the schema lets pass and PostgreSQL cannot store, such as a NUL in a text.
        return Invalid("A value cannot be stored as it is.")
    if isinstance(error, UNREACHABLE):
        return Unavailable()
    return Internal("It has been noted. Quote the request_id if you ask us about it.")


def _validation(errors: Iterable[dict[str, Any]]) -> Problem:
    """400 where the body could not be read at all, 422 where values are wrong; never echoes a value back."""
    listed = list(errors)
    if any(error["type"] in _UNREADABLE for error in listed):
        return Malformed("The body is not valid JSON.")
    fields = [FieldError(_path(error["loc"]), _message(error), str(error["type"])) for error in listed[:20]]
    if fields and all(error["type"] == "missing" and error["loc"] == ("body",) for error in listed):
        return Invalid("A JSON body with Content-Type: application/json is needed.", errors=fields)
    return Invalid("See `errors` for each field.", errors=fields)


def _path(location: Iterable[Any]) -> str:
    parts = [str(part) for part in location]
    if parts and parts[0] == "body":
        parts = parts[1:] or ["body"]
    return ".".join(part.encode("utf-8", "replace").decode()[:100] for part in parts[:10])


def _message(error: dict[str, Any]) -> str:
    if error["type"] == "extra_forbidden":
        return "This field is not known here"
    return str(error["msg"]).encode("utf-8", "replace").decode()[:300]
