"""Whether an answer may be compressed. None holds anything secret, so its size tells nothing."""

from __future__ import annotations

import gzip
import re

from starlette.requests import Request
from starlette.responses import Response

from chassis.cache import Encoded, respond

# Not `gzip;q=0`.
_GZIP = re.compile(r"(?:^|[\s,])gzip\s*(?:$|,|;\s*q=(?!0(?:\.0*)?\s*(?:$|,)))", re.IGNORECASE)
# Of documents, which are made for each answer: a higher level takes twice as long for a hundredth less.
_LEVEL = 4


def accepted(request: Request) -> bool:
    """Whether the one who asks reads gzip."""
    return _GZIP.search(request.headers.get("accept-encoding", "")) is not None


def answered(request: Request, whole: Encoded, small: bytes | None, cache_control: str, kind: str) -> Response:
    """The answer; `small` is its body compressed, if it is kept."""
    packed = accepted(request)
    if packed:
        whole = Encoded(small or gzip.compress(whole.body, _LEVEL, mtime=0), f'{whole.etag[:-1]}-gzip"')
    answer = respond(request, whole, cache_control, kind)
    answer.headers["Vary"] = "Accept-Encoding"
    if packed and answer.status_code == 200:
        answer.headers["Content-Encoding"] = "gzip"
    return without_body(request, answer)


def without_body(request: Request, answer: Response) -> Response:
    """The answer, to HEAD without its body."""
    if request.method == "HEAD":
        answer.body = b""
    return answer
