"""Log lines: one JSON object each, with ECS names. Ours through structlog, the libraries' through a bridge."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any, BinaryIO, Literal, cast
from uuid import UUID

import msgspec
import orjson
import structlog

from chassis.telemetry import fields, metrics
from chassis.telemetry.sink import STDOUT
from chassis.telemetry.spans import Exporting, answered
from chassis.telemetry.trace import current_trace

Level = Literal["debug", "info", "warning", "error"]

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
METHODS = frozenset(["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"])

_requests = metrics.histogram(
    "http_server_request_duration_seconds",
    "Requests by the template of their route (`unmatched` without one), method and status; 499: the client left",
    {
        "http_route": "a route of the service, or unmatched",
        "http_request_method": "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS or OTHER",
        "http_response_status_code": "a status that the service answers",
    },
)


_failed = metrics.counter("log_lines_failed", "Lines of libraries that could not be rendered")


class _Service:
    """Set once at start."""

    name = ""


class _Access(msgspec.Struct, omit_defaults=True):
    """The line of a request, in the order in which it is written."""

    timestamp: datetime = msgspec.field(name="@timestamp")
    level: str = msgspec.field(name="log.level")
    message: str
    service: str = msgspec.field(name="service.name")
    method: str = msgspec.field(name="http.request.method")
    route: str = msgspec.field(name="http.route")
    status: int = msgspec.field(name="http.response.status_code")
    duration: int = msgspec.field(name="event.duration")
    size: int = msgspec.field(name="http.response.body.bytes")
    request_id: str = msgspec.field(name="http.request.id")
    trace_id: str = msgspec.field(name="trace.id")
    client: str = msgspec.field(name="client.ip", default="")
    account: UUID | None = msgspec.field(name="user.id", default=None)


_encoder = msgspec.json.Encoder()

# Every poller requests it all the time: it is measured, and logged only where it fails.
_FEED = "/internal/feed"


def request(
    *,
    method: str,
    route: str,
    status: int,
    seconds: float,
    size: int,
    client: str = "",
    account: UUID | None = None,
) -> None:
    """Measure a request and write its line, but for a successful one of the feed. `route` is the template, never the
    path, which may hold personal values.
    """
    trace = current_trace()
    method = method if method in METHODS else "OTHER"
    code = str(status)
    _requests.observe(seconds, route, method, code)
    if trace.traceparent[-1:] == "1":  # sampled; to ask by a call would cost every request one
        _requests.exemplify(trace.trace_id, seconds, route, method, code)
    if route == _FEED and status < 400:
        return
    if Exporting.export is not None:
        answered(method, route, status, seconds)
    line = _Access(
        timestamp=datetime.now(UTC),
        level="error" if status >= 500 else "info",
        message="request",
        service=_Service.name,
        method=method,
        route=route,
        status=status,
        duration=int(seconds * 1e9),
        size=size,
        request_id=trace.request_id,
        trace_id=trace.trace_id,
        client=fields.cut_ip(client) if client else "",
        account=account,
    )
    STDOUT.write(_encoder.encode(line) + b"\n")


def _line(level: str, message: str) -> dict[str, Any]:
    trace = current_trace()
    line: dict[str, Any] = {
        "@timestamp": datetime.now(UTC),
        "log.level": level,
        "message": message,
        "service.name": _Service.name,
    }
    if trace.request_id:
        line["http.request.id"] = trace.request_id
        line["trace.id"] = trace.trace_id
    return line


def _encode(line: dict[str, Any]) -> bytes:
    """`default`: of the UUIDs that asyncpg makes, which are of a class of their own."""
    try:
        return orjson.dumps(line, default=str, option=orjson.OPT_UTC_Z)
    except TypeError:
        # A lone surrogate, or an integer beyond 64 bits in a list: written as text that is safe.
        safe = {name: _safe(value) if isinstance(value, (str, list)) else value for name, value in line.items()}
        return orjson.dumps(safe, default=str, option=orjson.OPT_UTC_Z)


def _safe(value: object) -> str:
    return str(value).encode("ascii", "backslashreplace").decode()


def _render(wrapped: structlog.BytesLogger, method: str, event: MutableMapping[str, Any]) -> bytes:
    """The only processor: everything in one pass."""
    line = _line(method, str(event.pop("event")))
    # Of network trouble, the type and the message say all; of the rest, where it was raised.
    stack = bool(event.get("exc_info")) or not isinstance(event.get("error"), OSError)
    error = _error_of(event)
    line["log.logger"] = wrapped.name
    line.update(fields.allowed(event))
    if error is not None:
        line.update(fields.describe(error, stack=stack))
    return _encode(line)


def _error_of(event: MutableMapping[str, Any]) -> BaseException | None:
    """The exception of `error=` or of the `except` block that `.exception()` was called in."""
    error, info = event.pop("error", None), event.pop("exc_info", None)
    if isinstance(error, BaseException):
        return error
    if isinstance(info, BaseException):
        return info
    return sys.exc_info()[1] if info else None


class _Bridge(logging.Handler):
    """Lines of libraries, WARNING and above, in our format."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = _line(record.levelname.lower(), fields.scrub(record.getMessage()))
            line["log.logger"] = record.name
            if record.exc_info and record.exc_info[1] is not None:
                line.update(fields.describe(record.exc_info[1], stack=True))
            STDOUT.write(_encode(line) + b"\n")
        except Exception:  # noqa: BLE001 -- a log line that cannot be made must not end what it is about
            _failed.inc()


def logger(name: str) -> Any:
    """A logger: `log.info("order.placed", order_id=...)`. The event is a constant; fields are on the allow-list.

    `error=` takes an exception.
    """
    return structlog.get_logger(name)


def configure(service: str, level: Level = "info") -> None:
    """At the start of a process: the service's name, and the least level that is written.

    From here on, what libraries log at WARNING and above is written in our format too.
    """
    _Service.name = service
    _set_level(level)
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if type(handler) in {logging.StreamHandler, _Bridge}]:
        root.removeHandler(handler)
    root.addHandler(_Bridge(logging.WARNING))


def _set_level(level: Level) -> None:
    structlog.configure(
        processors=[_render],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.BytesLoggerFactory(cast("BinaryIO", STDOUT)),  # it needs write and flush alone
        cache_logger_on_first_use=True,
    )


_set_level("info")
