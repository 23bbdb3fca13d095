"""Checks of a JSON body before validation: UTF-8, no key twice, and limits of keys, values and depth.

Sending a body is cheap, while validation makes an error for each unknown key. All limits are checked while the document
is decoded in C, so a hostile one is refused early.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import msgspec
from starlette.exceptions import HTTPException

from chassis.problems import FieldError, Malformed, Problem, UnsupportedMedia

F = TypeVar("F", bound=Callable[..., Any])

# Texts hold these characters too: the limits are far above those of any valid body.
MAX_COMMAS = 50_000
MAX_COLONS = 20_000
MAX_BRACKETS = 20_000
_BOMS = (b"\xef\xbb\xbf", b"\xfe\xff", b"\xff\xfe")
_LIMITS = "__body_limits__"


class Limits(msgspec.Struct, frozen=True):
    """The most that a body may hold: keys in all its objects together, and levels of nesting."""

    keys: int = 1_000
    depth: int = 20


DEFAULT = Limits()


class Refused(HTTPException):
    """A problem as an HTTPException: the only exception that FastAPI passes on while it reads a body."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.status)
        self.problem = problem


def limited_to(**limits: int) -> Callable[[F], F]:
    """A decorator for a handler whose body may hold more than others: `@bodies.limited_to(keys=7_000)`."""

    def mark(handler: F) -> F:
        setattr(handler, _LIMITS, Limits(**limits))
        return handler

    return mark


def limits_of(route: Any) -> Limits | None:
    """The limits of a route whose body the framework reads as JSON; None of any other: its handler reads for itself."""
    if getattr(route, "body_field", None) is None:
        return None
    limits: Limits = getattr(route.endpoint, _LIMITS, DEFAULT)
    return limits


def check(body: bytes, content_type: str | None, limits: Limits) -> None:
    """Refuse a body that no route may be asked to validate. An empty one is left to the schema.

    Raises:
        Refused: 415 where it is not said to be JSON; 400 where it is not UTF-8, not JSON, holds a key twice in one
            object, or is beyond the limits.
    """
    if not body:
        return
    if content_type != "application/json" and not _is_json(content_type or ""):
        raise Refused(UnsupportedMedia("Send JSON, with Content-Type: application/json."))
    brackets = body.count(b"{") + body.count(b"[")
    if brackets > MAX_BRACKETS or body.count(b",") > MAX_COMMAS or body.count(b":") > MAX_COLONS:
        raise _malformed("The body holds too many values.")
    document = _decoded(body, limits.keys)
    if brackets > limits.depth and _deeper(document, limits.depth):
        raise _malformed(f"The body is nested too deeply: {limits.depth} levels at most.")


def _is_json(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


def _decoded(body: bytes, most: int) -> Any:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise _malformed("The body is not UTF-8.") from None
    if body.startswith(_BOMS) or "\0" in text[:4]:
        raise _malformed("The body is not UTF-8 without a byte order mark.")
    # Each key has a colon: with few colons there are few keys, and they need not be counted.
    decoder = _PLAIN if body.count(b":") <= most else _counting(most)
    try:
        return decoder.decode(text)
    except (ValueError, RecursionError):
        # A number of thousands of digits is a plain ValueError.
        raise _malformed("The body is not valid JSON.") from None


def _counting(most: int) -> json.JSONDecoder:
    left = most

    def counted(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal left
        left -= len(pairs)
        if left < 0:
            raise _malformed(f"The body holds too many fields: {most} at most.")
        return _unique(pairs)

    return json.JSONDecoder(object_pairs_hook=counted, parse_constant=_no_number)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _twice(pairs)
    return found


def _no_number(_name: str) -> None:
    # Python's own decoder takes NaN and Infinity, which are no JSON.
    raise _malformed("The body is not valid JSON: NaN and Infinity are no numbers.")


_PLAIN = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_number)


def _twice(pairs: list[tuple[str, Any]]) -> Refused:
    counts = Counter(key for key, _ in pairs)
    name = counts.most_common(1)[0][0].encode("utf-8", "replace").decode()[:100]
    fault = FieldError(name, "This field stands twice in one object; send it once", "duplicate-key")
    return Refused(Malformed("A field stands twice; which of the two was meant cannot be told.", errors=[fault]))


def _deeper(document: Any, depth: int) -> bool:
    """Whether it has more than so many levels."""
    level: list[Any] = [document]
    for _ in range(depth):
        level = [child for node in level for child in _children(node) if isinstance(child, dict | list)]
        if not level:
            return False
    return True


def _children(node: Any) -> Iterable[Any]:
    return node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()


def _malformed(detail: str) -> Refused:
    return Refused(Malformed(detail))
