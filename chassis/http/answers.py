"""Answers of other services."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import aiohttp
import msgspec

from chassis.http.peers import Failure

MAX_BYTES = 4_000_000

T = TypeVar("T")


class ServiceProblem(Exception):
    """Another service refused, with a problem document. `type` is its slug; `extensions` what it adds."""

    def __init__(self, status: int, type: str, detail: str, extensions: Mapping[str, Any]) -> None:  # noqa: A002 -- RFC 9457 names it
        super().__init__(f"{status} {type}")
        self.status = status
        self.type = type
        self.detail = detail
        self.extensions = dict(extensions)


@dataclass(frozen=True)
class Answer:
    """A whole answer; `kind` is its media type. The names of its headers are compared without regard to case."""

    status: int
    kind: str
    headers: Mapping[str, str]
    body: bytes


async def bounded(response: aiohttp.ClientResponse) -> bytes:
    """The whole body. Raises Failure where it has more than MAX_BYTES."""
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > MAX_BYTES:
            raise Failure("body")
    return bytes(body)


def decoded(body: bytes, into: type[T]) -> T:
    """A body of JSON as a value of type `into`. Raises Failure where it is none."""
    try:
        return msgspec.json.decode(body, type=into)
    except msgspec.DecodeError as wrong:
        raise Failure("body") from wrong


def problem(answer: Answer) -> ServiceProblem:
    """The refusal that a response with a problem document tells."""
    document = decoded(answer.body, dict[str, Any])
    kind, detail = str(document.pop("type", "")), str(document.pop("detail", ""))
    for known in ("title", "status", "request_id", "trace_id"):
        document.pop(known, None)
    return ServiceProblem(answer.status, kind, detail, document)
