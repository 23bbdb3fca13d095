"""The fields that may be logged, by their ECS names, their types, and limits of their values.

A field that is not on the list, or not of its type, is dropped and counted. A service adds its own:
`telemetry.allow("sku")`.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from types import TracebackType
from typing import Any, Literal
from uuid import UUID

from chassis.telemetry import metrics

Type = Literal["boolean", "date", "double", "ip", "keyword", "long", "text"]

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
_WORDS = """
actor_id aggregate aggregate_id cart_id chain_head check consumer currency currency_code cursor event_id event_type host
intent_id job loop migration oldest order_id outcome payment_id product_id producer provider provider_event_id reading
reason refund_id replica reservation_id session_id sku state step table task variant_id version worker
"""
_WHOLE = "amount attempt count held job_id limit port size tries"
_NAMES: dict[str, str] = {
    **_ECS,
    **{name: f"labels.{name}" for name in f"{_WORDS} {_WHOLE} seconds".split()},
}
# What lines hold beside the fields that are given (chassis.telemetry.logs), and what is no keyword of those.
_TYPES: dict[str, Type] = {
    "@timestamp": "date",
    "client.ip": "ip",
    "error.message": "text",
    "error.stack_trace": "text",
    "event.duration": "long",
    "http.request.id": "keyword",
    "http.response.body.bytes": "long",
    "http.response.status_code": "long",
    "labels.seconds": "double",
    "log.level": "keyword",
    "log.logger": "keyword",
    "message": "text",
    "service.name": "keyword",
    "trace.id": "keyword",
    **dict.fromkeys((f"labels.{name}" for name in _WHOLE.split()), "long"),
}
_LARGEST = 2**63
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


def allow(*names: str, kind: Type = "keyword") -> None:
    """Let fields of these names be logged, as `labels.<name>` of this type. To be called when a module is imported.

    Their values must be ids, numbers or words of a closed set: nothing that a person typed.
    """
    for name in names:
        if _FIELD.fullmatch(name) is None:
            raise ValueError(f"{name!r} cannot be a field: lower case letters, digits and _ only")
        if name not in _NAMES:
            _NAMES[name] = f"labels.{name}"
            _TYPES[_NAMES[name]] = kind


def types() -> dict[str, Type]:
    """Every field that a line of this process may hold, with its type in Elasticsearch's words. The modules that call
    `allow` must have been imported: `import orders.app`.
    """
    return dict(sorted({**dict.fromkeys(_NAMES.values(), "keyword"), **_TYPES}.items()))  # type: ignore[arg-type]


def fits(name: str, value: object) -> bool:
    """Whether a field may hold a value: numbers where its type is one, and anything but a nested object elsewhere."""
    kind = _TYPES.get(name, "keyword")
    if value is None:
        return True
    if kind in {"long", "double"}:
        whole = isinstance(value, int) and not isinstance(value, bool) and -_LARGEST <= value < _LARGEST
        return whole or (kind == "double" and isinstance(value, float))
    if kind == "boolean":
        return isinstance(value, bool)
    # An integer beyond 64 bits cannot be written as one.
    return not isinstance(value, int) or -_LARGEST <= value < _LARGEST


def allowed(given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What of `given` may be logged, by its ECS name."""
    for name, value in given.items():
        ecs = _NAMES.get(name)
        if ecs is not None and fits(ecs, found := plain(value)):
            yield ecs, found
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
