"""Requests that take effect once, however often they are sent (IETF draft-ietf-httpapi-idempotency-key-header-07).

The key, a hash of the request and the answer are kept in PostgreSQL for 7 days. A request is claimed by one statement;
its answer is stored before it is sent. Where the process dies in between, a retry runs the work again with the same
operation id, by which the work finds what it has already done.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Annotated, Any
from uuid import UUID, uuid4

import msgspec
from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel, Field

from chassis import telemetry
from chassis.context import Context
from chassis.db import UNREACHABLE
from chassis.problems import (
    MEDIA_TYPE,
    FieldError,
    IdempotencyKeyReused,
    IdempotencyKeyRunning,
    Malformed,
    MissingIdempotencyKey,
    Problem,
)
from chassis.resilience import failpoints
from chassis.values import uuid7

CLAIM_SECONDS = 30
MAX_KEY = 255
HEADER = "Idempotency-Key"
_KEY = re.compile(f"[!-~]{{1,{MAX_KEY}}}")
# Within quotes, a quote and a backslash stand behind a backslash.
_QUOTED = re.compile(r'"((?:[^"\\]|\\["\\])*)"')
_ESCAPED = re.compile(r"\\(.)")
REPLAYED = "Idempotent-Replayed"

_CLAIM = """
insert into idempotency (scope, key, request_hash, operation_id, claim, claimed_until)
values ($1, $2, $3, $4, $5, now() + make_interval(secs => $6))
on conflict (scope, key) do update set claim = excluded.claim, claimed_until = excluded.claimed_until
where idempotency.status is null and idempotency.claimed_until <= now()
  and idempotency.request_hash = excluded.request_hash
returning operation_id
"""
_LOOK = """
select request_hash, status, headers, body,
       ceil(extract(epoch from claimed_until - now()))::integer as seconds_left
from idempotency where scope = $1 and key = $2
"""
_FINISH = """
update idempotency set status = $4, headers = $5, body = $6
where scope = $1 and key = $2 and claim = $3 and status is null
"""
_RELEASE = """
update idempotency set claimed_until = now() where scope = $1 and key = $2 and claim = $3 and status is null
"""


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


class IdempotentResponse(msgspec.Struct, frozen=True):
    """What `work` answers. `body` becomes JSON; None is an empty body."""

    status: int
    body: msgspec.Struct | BaseModel | None = None
    headers: Mapping[str, str] = {}


class _Kept(msgspec.Struct, frozen=True):
    request_hash: bytes
    status: int | None
    headers: dict[str, str] | None
    body: bytes | None
    seconds_left: int


class _Claim(msgspec.Struct, frozen=True):
    scope: str
    key: str
    token: UUID


async def idempotent(
    ctx: Context[Any],
    *,
    scope: str,
    key: str,
    request: object,
    work: Callable[[UUID], Awaitable[IdempotentResponse]],
) -> Response:
    """Run `work` for this request unless it has been done, and answer as then.

    `scope` is the operation and its caller, such as "orders.place:<account id>". `work` gets an operation id that stays
    the same over all tries. An Answer below 500 and a Problem with `final` are kept and replayed byte for byte; another
    Problem, a 5xx or an exception releases the key, so that a retry runs `work` again.

    Raises:
        IdempotencyKeyReused: the key was used with another request. IdempotencyKeyRunning: it is being worked on.
        Whatever `work` raises.
    """
    fingerprint = request_hash(scope, request)
    claim = _Claim(scope, key, uuid4())
    operation_id = await _claim(ctx, claim, fingerprint)
    if operation_id is None:
        return await _other(ctx, claim, fingerprint)
    try:
        await failpoints.point("idempotency.claimed")
        response = await _run(work, operation_id)
        await failpoints.point("idempotency.worked")
        if response.status_code < 500:
            return await _finish(ctx, claim, fingerprint, response)
    except BaseException:
        await asyncio.shield(_release(ctx, claim))
        raise
    await _release(ctx, claim)
    return response


async def was_sent(ctx: Context[Any], scope: str, key: str) -> bool:
    """Whether a request with this key has come in this scope, whatever became of it."""
    async with ctx.db.read() as tx:
        sent: bool = await tx.value("select exists (select from idempotency where scope = $1 and key = $2)", scope, key)
        return sent


def request_hash(scope: str, request: object) -> bytes:
    """SHA-256 over the canonical JSON of a request: the order of fields does not matter."""
    canonical = msgspec.json.encode(request, enc_hook=_plain, order="sorted")
    return hashlib.sha256(scope.encode() + b"\0" + canonical).digest()


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    raise TypeError(f"a request may not hold a {type(value).__name__}")


async def _claim(ctx: Context[Any], claim: _Claim, fingerprint: bytes) -> UUID | None:
    async with ctx.db.write_one() as tx:
        found: UUID | None = await tx.value(
            _CLAIM, claim.scope, claim.key, fingerprint, uuid7(), claim.token, CLAIM_SECONDS
        )
        return found


async def _run(work: Callable[[UUID], Awaitable[IdempotentResponse]], operation_id: UUID) -> Response:
    try:
        answer = await work(operation_id)
    except Problem as problem:
        if not problem.final:
            raise
        body = problem.body(telemetry.current_trace()[0])
        return Response(body, problem.status, problem.headers, MEDIA_TYPE)
    if answer.body is None:
        return Response(b"", answer.status, answer.headers)
    body = msgspec.json.encode(answer.body, enc_hook=_plain)
    return Response(body, answer.status, answer.headers, "application/json")


async def _finish(ctx: Context[Any], claim: _Claim, fingerprint: bytes, response: Response) -> Response:
    headers = {name: value for name, value in response.headers.items() if name != "content-length"}
    async with ctx.db.write_one() as tx:
        stored = await tx.execute(
            _FINISH, claim.scope, claim.key, claim.token, response.status_code, headers, bytes(response.body)
        )
    await failpoints.point("idempotency.stored")
    # Our claim lapsed and another try took over: there is one answer, and it is not ours to give.
    return response if stored else await _other(ctx, claim, fingerprint)


async def _release(ctx: Context[Any], claim: _Claim) -> None:
    # Where the database is away, the claim lapses by itself.
    with suppress(*UNREACHABLE):
        async with ctx.db.write_one() as tx:
            await tx.execute(_RELEASE, claim.scope, claim.key, claim.token)


async def _other(ctx: Context[Any], claim: _Claim, fingerprint: bytes) -> Response:
    """The answer of the try that has the key."""
    async with ctx.db.read() as tx:
        kept = await tx.row(_Kept, _LOOK, claim.scope, claim.key)
    if kept is not None and kept.request_hash != fingerprint:
        raise IdempotencyKeyReused("Use a new Idempotency-Key for a new request.")
    if kept is None or kept.status is None:
        seconds = 1 if kept is None else max(1, min(kept.seconds_left, CLAIM_SECONDS))
        raise IdempotencyKeyRunning(
            "The first request with this Idempotency-Key is still running; send it again in a moment.",
            headers={"Retry-After": str(seconds)},
        )
    return Response(kept.body, kept.status, {**(kept.headers or {}), REPLAYED: "true"})
