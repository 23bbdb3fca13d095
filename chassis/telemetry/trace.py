"""The id of a request, its W3C trace context and its deadline, in context variables: tasks inherit them."""

from __future__ import annotations

import os
import random
import re
import time
from contextvars import ContextVar
from typing import NamedTuple

LONGEST_DEADLINE = 60.0

_TRACEPARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?", re.DOTALL)
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_MILLISECONDS = re.compile(r"[0-9]{1,15}")
_NO_TRACE, _NO_SPAN = "0" * 32, "0" * 16
# Ids are made in batches: a random number costs a hundred times as much as taking one from a list.
_BATCH, _DIGITS = 64, 80
# The last bit of each id is set: an id of zeros alone is invalid.
_NEVER_ZERO = int(f"{1 << 192 | 1 << 128 | 1:0{_DIGITS}x}" * _BATCH, 16)


class Trace(NamedTuple):
    """The request's id, and the `traceparent` and `tracestate` to pass on; all empty outside of any."""

    request_id: str
    traceparent: str
    tracestate: str = ""

    @property
    def trace_id(self) -> str:
        """The 32 hexadecimal digits of the trace."""
        return self.traceparent[3:35]

    @property
    def span_id(self) -> str:
        """The 16 hexadecimal digits of the part of the trace that runs here."""
        return self.traceparent[36:52]

    @property
    def sampled(self) -> bool:
        """Whether its spans are exported."""
        return self.traceparent.endswith("1")


_NONE = Trace("", "")
_trace: ContextVar[Trace] = ContextVar("trace", default=_NONE)
_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)
_unused: list[str] = []
os.register_at_fork(after_in_child=_unused.clear)


def begin(traceparent: str | None, request_id: str | None) -> Trace:
    """Begin a request, a job or an event: in the trace it came with, or in a new one.

    Whatever is not well-formed is replaced, so that both are safe in headers and logs.
    """
    # 32 digits of a trace, 16 of a span, 32 of a request.
    try:
        digits = _unused.pop()
    except IndexError:
        digits = _new_digits()
    trace_id, flags = (traceparent and _parsed(traceparent)) or (digits[:32], "00")
    if request_id is None or _REQUEST_ID.fullmatch(request_id) is None:
        request_id = digits[48:]
    trace = Trace(request_id, f"00-{trace_id}-{digits[32:48]}-{flags}")
    _trace.set(trace)
    return trace


def _new_digits() -> str:
    """The digits of one request; those of more go into `_unused`. Ids need to be distinct, not secret."""
    length = _BATCH * _DIGITS
    digits = f"{random.getrandbits(4 * length) | _NEVER_ZERO:0{length}x}"
    _unused.extend([digits[start : start + _DIGITS] for start in range(_DIGITS, length, _DIGITS)])
    return digits[:_DIGITS]


def resume(trace: Trace) -> None:
    """Go on in a trace that was begun elsewhere."""
    _trace.set(trace)


def _parsed(traceparent: str) -> tuple[str, str] | None:
    """Trace id and the sampled flag of a valid `traceparent` of any version."""
    match = _TRACEPARENT.fullmatch(traceparent)
    if match is None:
        return None
    version, trace_id, span_id, flags, rest = match.groups()
    if version == "ff" or (version == "00" and rest) or trace_id == _NO_TRACE or span_id == _NO_SPAN:
        return None
    return trace_id, "01" if int(flags, 16) & 1 else "00"


def current_trace() -> Trace:
    """The trace of the running request, job or event."""
    return _trace.get()


def sampled_trace_id() -> str | None:
    """The id of the running trace if it is exported, else None: an exemplar names no trace that nobody can look at."""
    trace = _trace.get()
    return trace.trace_id if trace.sampled else None


def request_id() -> str:
    """The id that a person quotes when they ask for help."""
    return _trace.get().request_id


def set_deadline(header: str | None) -> None:
    """Take the request's `X-Deadline` (Unix milliseconds) as the end of all that it waits for.

    Kept as a time of this machine's steady clock, at most LONGEST_DEADLINE ahead. What is no number is no deadline.
    """
    if header is None or _MILLISECONDS.fullmatch(header) is None:
        _deadline.set(None)
        return
    ahead = int(header) / 1000 - time.time()
    _deadline.set(time.monotonic() + min(ahead, LONGEST_DEADLINE))


def clear_deadline() -> None:
    """For work that others wait for too: one hurried caller must not end it for all."""
    _deadline.set(None)


def remaining() -> float | None:
    """Seconds until the deadline, negative when it is over; None without one."""
    deadline = _deadline.get()
    return None if deadline is None else deadline - time.monotonic()
