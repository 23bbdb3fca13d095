"""The id of a request, its W3C trace context and its deadline, in context variables: tasks inherit them."""

from __future__ import annotations

import os
import random
import re
import time
from collections.abc import Callable
from contextvars import ContextVar
from functools import partial
from typing import NamedTuple

LONGEST_DEADLINE = 60.0

_TRACEPARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?", re.DOTALL)
# W3C: 32 members at most; more than 512 characters need not be passed on, and are not.
_MEMBER = r"[a-z0-9][a-z0-9_*/@-]{0,255}=[ -+\--<>-~]{0,255}[!-+\--<>-~]"
_TRACESTATE = re.compile(rf"(?=.{{1,512}}\Z){_MEMBER}([ \t]*,[ \t]*{_MEMBER}){{0,31}}")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_MILLISECONDS = re.compile(r"[0-9]{1,15}")
_NO_TRACE, _NO_SPAN = "0" * 32, "0" * 16
# They are made in batches: a random number costs a hundred times as much as taking one from a list.
_BATCH, _DIGITS = 64, 80
# The last bit of each id is set: an id of zeros alone is invalid.
_NEVER_ZERO = int(f"{1 << 192 | 1 << 128 | 1:0{_DIGITS}x}" * _BATCH, 16)


class Trace(NamedTuple):
    """The request's id, the `traceparent` and `tracestate` to pass on, and the span that caused this one; each empty
    where there is none.
    """

    request_id: str
    traceparent: str
    tracestate: str = ""
    parent_id: str = ""

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
# As Trace itself, in half the time: a function of C.
_made: Callable[[tuple[str, str, str, str]], Trace] = partial(tuple.__new__, Trace)
_trace: ContextVar[Trace] = ContextVar("trace", default=_NONE)
_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)
_unused: list[tuple[str, str]] = []
os.register_at_fork(after_in_child=_unused.clear)


class _Sampling:
    """Of new traces those are sampled whose random digits are below `limit`: none while nothing is exported."""

    limit = ""


def sample_new(share: float | None) -> None:
    """Have this share of new traces exported, from 0 to 1; None: nothing is exported here."""
    _Sampling.limit = "" if share is None else "g" if share >= 1 else f"{int(share * 0x100000):05x}"
    _unused.clear()


def sample() -> None:
    """Have the running trace exported from here on, if this process exports any: for what is kept without exception."""
    trace = _trace.get()
    if _Sampling.limit and not trace.sampled and trace.traceparent:
        _trace.set(trace._replace(traceparent=f"{trace.traceparent[:-2]}01"))


def rejoin(traceparent: str | None) -> None:
    """Go on in the trace that began what the running request is about, as a webhook does. Its request id stays."""
    if traceparent and (parsed := _parsed(traceparent)):
        trace_id, parent_id, flags = parsed
        before = _trace.get()
        if trace_id != before.trace_id:
            _trace.set(Trace(before.request_id, f"00-{trace_id}-{before.span_id}-{flags}", "", parent_id))


def begin(
    traceparent: str | None, request_id: str | None, tracestate: str | None = None, *, ours: bool = True
) -> Trace:
    """Begin a request, a job or an event: in the trace it came with, or in a new one.

    Whatever is not well-formed is replaced, so that all are safe in headers and logs. `ours`: whether the caller is one
    of us. Others give a trace its id, but do not say whether it is sampled: they could have everything exported.
    """
    try:
        own_request, own = _unused.pop()
    except IndexError:
        own_request, own = _new_ids()
    if request_id is None or _REQUEST_ID.fullmatch(request_id) is None:
        request_id = own_request
    if traceparent and (parsed := _parsed(traceparent)):
        trace_id, parent_id, flags = parsed
        state = tracestate if tracestate and _TRACESTATE.fullmatch(tracestate) else ""
        trace = _made((request_id, f"00-{trace_id}-{own[36:52]}-{flags if ours else own[53:]}", state, parent_id))
    else:
        trace = _made((request_id, own, "", ""))
    _trace.set(trace)
    return trace


def _new_ids() -> tuple[str, str]:
    """A request's id and its `traceparent`; more go into `_unused`. Ids need to be distinct, not secret."""
    # 32 digits of a trace, 16 of a span, 32 of a request.
    length = _BATCH * _DIGITS
    digits = f"{random.getrandbits(4 * length) | _NEVER_ZERO:0{length}x}"
    _unused.extend([_ids(digits[start : start + _DIGITS]) for start in range(0, length, _DIGITS)])
    return _unused.pop()


def _ids(digits: str) -> tuple[str, str]:
    flags = "01" if digits[32:37] < _Sampling.limit else "00"
    return digits[48:], f"00-{digits[:32]}-{digits[32:48]}-{flags}"


def new_span_id() -> str:
    """The 16 hexadecimal digits of a span."""
    return f"{random.getrandbits(64) | 1:016x}"


def resume(trace: Trace) -> None:
    """Go on in a trace that was begun elsewhere."""
    _trace.set(trace)


def _parsed(traceparent: str) -> tuple[str, str, str] | None:
    """Trace id, span id and the sampled flag of a valid `traceparent` of any version."""
    match = _TRACEPARENT.fullmatch(traceparent)
    if match is None:
        return None
    version, trace_id, span_id, flags, rest = match.groups()
    if version == "ff" or (version == "00" and rest) or trace_id == _NO_TRACE or span_id == _NO_SPAN:
        return None
    return trace_id, span_id, "01" if int(flags, 16) & 1 else "00"


def current_trace() -> Trace:
    """The trace of the running request, job or event."""
    return _trace.get()


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
