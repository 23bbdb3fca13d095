"""Spans: how long a request, an event, a job, a call or a transaction took, for whoever exports them.

Off by default: nothing is measured or kept then, and a trace is its ids alone (chassis.telemetry.trace). Names and
attributes are OpenTelemetry's, from closed sets: no path, no id, nothing that a person typed.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import Literal, NamedTuple, Self, TypeAlias, TypeVar

from chassis.telemetry.trace import Trace, begin, current_trace, new_span_id, resume, sample_new

Kind = Literal["server", "client", "consumer", "internal"]
Attributes: TypeAlias = Mapping[str, str | int]

T = TypeVar("T")


class Span(NamedTuple):
    """A span that has ended, with its own id and its parent's in `trace`. Times are nanoseconds since 1970; `error` is
    the kind of what went wrong, or empty.
    """

    trace: Trace
    name: str
    kind: Kind
    began: int
    ended: int
    attributes: Attributes
    error: str


class Exporting:
    """Where spans go; None while they go nowhere."""

    export: Callable[[Span], None] | None = None


def export_to(export: Callable[[Span], None] | None, share: float | None = None) -> None:
    """Give spans to `export`, which neither waits nor raises: of this share of the traces, and of all errors."""
    Exporting.export = export
    sample_new(None if export is None else share)


def answered(method: str, route: str, status: int, seconds: float) -> None:
    """The running request has been answered."""
    now = time.time_ns()
    attributes: Attributes = {
        "http.request.method": method,
        "http.route": route,
        "http.response.status_code": status,
    }
    error = str(status) if status >= 500 else ""
    _end(Span(current_trace(), f"{method} {route}", "server", now - int(seconds * 1e9), now, attributes, error))


def _end(span: Span) -> None:
    wanted = span.trace.sampled or (span.error and span.trace.traceparent)
    if wanted and Exporting.export is not None:
        Exporting.export(span)


class _Measured:
    """A span that is measured. A refusal (what is raised has a status below 500) is no error of it, nor is its being
    cancelled.
    """

    __slots__ = ("_attributes", "_began", "_kind", "_name", "trace")

    def __init__(self, trace: Trace | None, name: str, kind: Kind, attributes: Attributes) -> None:
        """`trace`: with the span's own id; None: that of the running trace when it ends."""
        self._name, self._kind = name, kind
        self.trace, self._attributes = trace, dict(attributes)
        self._began = time.time_ns()

    def note(self, name: str, value: str | int) -> None:
        """Set an attribute."""
        self._attributes[name] = value

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, raised: BaseException | None, _trace: object) -> None:
        error = ""
        if isinstance(raised, Exception) and getattr(raised, "status", 500) >= 500:
            error = str(getattr(raised, "kind", type(raised).__name__))
        trace = self.trace or current_trace()
        _end(Span(trace, self._name, self._kind, self._began, time.time_ns(), self._attributes, error))


class _Unmeasured:
    """In place of a span while nothing is exported."""

    __slots__ = ()
    trace = None

    def note(self, name: str, value: str | int) -> None:
        """Nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, _raised: object, _trace: object) -> None:
        pass


_UNMEASURED = _Unmeasured()


def part(name: str, kind: Kind, attributes: Attributes) -> _Measured | _Unmeasured:
    """Measure a block as a part of what runs: a call or a transaction. Whom it calls is given the block's `trace`."""
    if Exporting.export is None:
        return _UNMEASURED
    above = current_trace()
    trace = above
    if above.traceparent:
        traceparent = f"{above.traceparent[:36]}{new_span_id()}{above.traceparent[52:]}"
        trace = above._replace(traceparent=traceparent, parent_id=above.span_id)
    return _Measured(trace, name, kind, attributes)


def around(
    name: str, kind: Kind, attributes: Attributes, block: AbstractAsyncContextManager[T]
) -> AbstractAsyncContextManager[T]:
    """As `part`, of a block that is a context manager itself."""
    return block if Exporting.export is None else _around(name, kind, attributes, block)


@asynccontextmanager
async def _around(
    name: str, kind: Kind, attributes: Attributes, block: AbstractAsyncContextManager[T]
) -> AsyncIterator[T]:
    with part(name, kind, attributes):
        async with block as found:
            yield found


def whole(name: str, kind: Kind, attributes: Attributes) -> _Measured | _Unmeasured:
    """Measure a block that is all of what runs in a trace here: the work of an event or a job."""
    return _UNMEASURED if Exporting.export is None else _Measured(None, name, kind, attributes)


@contextmanager
def caused_by(traceparent: str | None) -> Iterator[None]:
    """Run a block in the trace of what caused it, or in a new one, and go back to the trace of before."""
    before = current_trace()
    begin(traceparent, None)
    try:
        yield
    finally:
        resume(before)
