"""The header Idempotency-Key (IETF draft-ietf-httpapi-idempotency-key-header-07) as a FastAPI dependency.

Without `from __future__ import annotations`: FastAPI reads the annotations of the dependency.
"""

import re
from typing import Annotated

from fastapi import Depends, Header, Request
from pydantic import Field

from chassis.problems import (
    FieldError,
    IdempotencyKeyReused,
    IdempotencyKeyRunning,
    Malformed,
    MissingIdempotencyKey,
)

MAX_KEY = 255
HEADER = "Idempotency-Key"
IDEMPOTENCY_PROBLEMS = (MissingIdempotencyKey, IdempotencyKeyReused, IdempotencyKeyRunning)
"""What an operation refuses for its key: for its `responses`."""
_KEY = re.compile(f"[!-~]{{1,{MAX_KEY}}}")
# Within quotes, a quote and a backslash stand behind a backslash.
_QUOTED = re.compile(r'"((?:[^"\\]|\\["\\])*)"')
_ESCAPED = re.compile(r"\\(.)")


async def _idempotency_key(
    request: Request,
    _key: Annotated[
        Annotated[str, Field(json_schema_extra={"minLength": 1, "maxLength": 2 + 2 * MAX_KEY})] | None,
        Header(
            alias=HEADER,
            description="A unique value of your choice for this request, the same when you send it again. "
            'A string of 1 to 255 visible ASCII characters, as it is or in double quotes: `"k"` and `k` are one key; '
            "kept for 7 days.",
            examples=["3f0d2c9e-6a1b-4c57-9e0a-8d3a2f5b7c10"],
        ),
    ] = None,
) -> str:
    given = [value for name, value in request.scope["headers"] if name == b"idempotency-key"]
    if len(given) > 1:
        fault = FieldError("header.Idempotency-Key", "This header stands more than once; send it once", "duplicate")
        raise Malformed("Which Idempotency-Key was meant cannot be told.", errors=[fault])
    key = parsed_key(given[0]) if given else None
    if key is None:
        raise MissingIdempotencyKey(
            "Send an Idempotency-Key header of 1 to 255 visible ASCII characters, such as a fresh UUID; "
            "when you send the request again, send the same key.",
            errors=[FieldError("header.Idempotency-Key", "This header is needed", "missing")],
        )
    return key


def parsed_key(value: bytes) -> str | None:
    """The key that a header's value means; None when it is none.

    The draft has it be a string of RFC 8941, in quotes. A bare key, which most clients send, means the same.
    """
    text = value.decode("latin-1").strip(" \t")
    if text.startswith('"'):
        quoted = _QUOTED.fullmatch(text)
        if quoted is None:
            return None
        text = _ESCAPED.sub(r"\1", quoted[1])
    return text if _KEY.fullmatch(text) else None


IdempotencyKey = Annotated[str, Depends(_idempotency_key)]
