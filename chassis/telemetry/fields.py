"""The fields that may be logged, by their ECS names, and limits of their values.

A field that is not on the list is dropped and counted. A service adds its own: `telemetry.allow("sku")`.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from types import TracebackType
from typing import Any
from uuid import UUID

from chassis.telemetry import metrics

MAX_TEXT = 500
MAX_FRAMES = 30
MAX_CAUSES = 3

_ECS = {
    "account_id": "user.id",
    "error_code": "error.code",
    "error_type": "error.type",
    "method": "http.request.method",
    "route": "http.route",
    "service": "service.target.name",
    "status": "http.response.status_code",
}
_LABELS = """
actor_id aggregate aggregate_id amount attempt cart_id consumer count currency currency_code cursor event_id event_type
held host job job_id limit migration oldest order_id outcome payment_id port product_id producer provider
provider_event_id reason refund_id replica reservation_id seconds session_id size sku state step table task tries
variant_id version worker
"""
_NAMES: dict[str, str] = {**_ECS, **{name: f"labels.{name}" for name in _LABELS.split()}}
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,39}")

_dropped = metrics.counter("log_fields_dropped", "Fields that were not logged, for want of an entry in the allow-list")

# Personal values and secrets are nearly always quoted, long, or of one of these forms.
_SECRETS = re.compile(
    r"""
      "[^"]*" | (?<!\w)'[^']*'(?!\w)     # what an exception quotes
    | \S+@\S+                            # addresses, and user:password@host
    | \?\S+                              # query strings
    | \beyJ[\w-]+\.[\w.-]+               # tokens
    | \b\d[\d -]{11,21}\d\b              # card-like digits
    | [\w+/=-]{40,}                      # keys, hashes, secrets
    """,
    re.VERBOSE,
)
HIDDEN = "…"


def allow(*names: str) -> None:
    """Let fields of these names be logged, as `labels.<name>`. To be called when a module is imported.

    Their values must be ids, numbers or words of a closed set: nothing that a person typed.
    """
    for name in names:
        if _FIELD.fullmatch(name) is None:
            raise ValueError(f"{name!r} cannot be a field: lower case letters, digits and _ only")
        _NAMES.setdefault(name, f"labels.{name}")


def allowed(given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What of `given` may be logged, by its ECS name."""
    for name, value in given.items():
        if name in _NAMES:
            yield _NAMES[name], plain(value)
        else:
            _dropped.inc()


def plain(value: Any) -> Any:
    """A value as a log may hold it: scalars, cut and without card-like digits; of anything else, its type."""
    if value is None or isinstance(value, (bool, int, float, UUID, datetime)):
        return value
    if isinstance(value, str):
        return _SECRETS.sub(HIDDEN, value[:MAX_TEXT])
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) if isinstance(item, (str, int, UUID)) else type(item).__name__ for item in list(value)[:20]]
    return type(value).__name__


def scrub(text: str) -> str:
    """A message of a library, without what it may quote of a request."""
    return _SECRETS.sub(HIDDEN, text[: MAX_TEXT * 4])[:MAX_TEXT]


def in_short(error: BaseException) -> str:
    """Its class and its message, scrubbed, as a column of text can hold it: without NUL and lone surrogates."""
    text = f"{type(error).__name__}: {scrub(str(error))}".replace("\0", "")
    return text.encode("utf-8", "backslashreplace").decode()


def describe(error: BaseException, *, stack: bool) -> dict[str, str]:
    """The ECS fields of an exception; where it was raised when `stack`, never the values of that moment."""
    found = {"error.type": type(error).__qualname__, "error.message": scrub(str(error))}
    code = getattr(error, "sqlstate", None)
    if isinstance(code, str):
        found["error.code"] = code
    if stack:
        found["error.stack_trace"] = "\n".join(_stack(error))
    return found


def _stack(error: BaseException) -> Iterator[str]:
    cause: BaseException | None = error
    for depth in range(MAX_CAUSES):
        if cause is None:
            return
        if depth:
            yield f"caused by {type(cause).__qualname__}"
        yield from _frames(cause.__traceback__)
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)


def _frames(trace: TracebackType | None) -> Iterator[str]:
    for frame in traceback.extract_tb(trace)[-MAX_FRAMES:]:
        yield f"{frame.filename}:{frame.lineno} {frame.name}"


@lru_cache(maxsize=4096)
def cut_ip(address: str) -> str:
    """An IP address without its last part (/24, or /48 of IPv6), which is enough to see where trouble comes from."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is None:
            return str(IPv6Address(int(parsed) >> 80 << 80))
        parsed = parsed.ipv4_mapped
    return f"{str(parsed).rpartition('.')[0]}.0"
