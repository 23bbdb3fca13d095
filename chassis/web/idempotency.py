"""Requests that take effect once, however often they are sent (IETF draft-ietf-httpapi-idempotency-key-header-07).

The key, a hash of the request and the answer are kept in PostgreSQL for 7 days. A request is claimed by one statement;
its answer is stored before it is sent. Where the process dies in between, a retry runs the work again with the same
operation id, by which the work finds what it has already done.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, Self
from uuid import UUID, uuid4

import msgspec
from fastapi import Response
from pydantic import BaseModel

from chassis import telemetry
from chassis.context import Context
from chassis.db import UNREACHABLE, WriteTx
from chassis.problems import IdempotencyKeyReused, IdempotencyKeyRunning, Problem
from chassis.resilience import failpoints
from chassis.values import uuid7
from chassis.web.problem_counts import Refusal

CLAIM_SECONDS = 30
REPLAYED = "Idempotent-Replayed"

# `claim`, to be part of a statement; its parameters are those of `Claim.asked`.
CLAIM = """
insert into idempotency (scope, key, request_hash, operation_id, claim, claimed_until)
values ($1, $2, $3, $4, $5, now() + make_interval(secs => $6))
on conflict (scope, key) do update set claim = excluded.claim, claimed_until = excluded.claimed_until
where idempotency.status is null
  and (idempotency.claimed_until <= now() or idempotency.claim = excluded.claim)
  and idempotency.request_hash = excluded.request_hash
returning operation_id
"""
_LOOK = """
select request_hash, status, headers, body,
       ceil(extract(epoch from claimed_until - now()))::integer as seconds_left
from idempotency where scope = $1 and key = $2
"""
_RELEASE = """
update idempotency set claimed_until = now() where scope = $1 and key = $2 and claim = $3 and status is null
"""


def keeping(first: int) -> str:
    """SQL that keeps the answer of a try (`Claim.kept`), to be part of a statement; its parameters begin at `first`."""
    scope, key, token, status, headers, body = (f"${number}" for number in range(first, first + 6))
    return f"""
update idempotency set status = {status}, headers = {headers}, body = {body}
where scope = {scope} and key = {key} and claim = {token} and status is null
"""


_KEEP = keeping(1)


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


class Claim(msgspec.Struct, frozen=True):
    """One try of a request. `operation_id` is the operation's if no try came before; `token` is this try's own."""

    scope: str
    key: str
    request_hash: bytes
    operation_id: UUID
    token: UUID

    @classmethod
    def of(cls, scope: str, key: str, request: object) -> Self:
        """`scope` is the operation and its caller, such as "orders.place:<account id>"."""
        return cls(scope, key, request_hash(scope, request), uuid7(), uuid4())

    @property
    def asked(self) -> tuple[object, ...]:
        """The parameters of CLAIM."""
        return self.scope, self.key, self.request_hash, self.operation_id, self.token, CLAIM_SECONDS

    def kept(self, response: Response) -> tuple[object, ...]:
        """The parameters of `keeping`."""
        headers = {name: value for name, value in response.headers.items() if name != "content-length"}
        return self.scope, self.key, self.token, response.status_code, headers, bytes(response.body)


async def idempotent(
    ctx: Context[Any],
    *,
    scope: str,
    key: str,
    request: object,
    work: Callable[[UUID], Awaitable[IdempotentResponse]],
) -> Response:
    """Run `work` for this request unless it has been done, and answer as then.

    `work` gets an operation id that stays the same over all tries. An Answer below 500 and a Problem with `final` are
    kept and replayed byte for byte; another Problem, a 5xx or an exception releases the key, so that a retry runs
    `work` again. Work that writes its effect in one transaction may claim its key there: see `claim`.

    Raises:
        IdempotencyKeyReused: the key was used with another request. IdempotencyKeyRunning: it is being worked on.
        Whatever `work` raises.
    """
    mine = Claim.of(scope, key, request)
    async with ctx.db.write_one() as tx:
        operation_id = await claim(tx, mine)
    if operation_id is None:
        return await answer_of_another(ctx, mine)
    async with released_on_error(ctx, mine):
        await failpoints.point("idempotency.claimed")
        response = await _run(work, operation_id)
        await failpoints.point("idempotency.worked")
        if response.status_code < 500:
            return await keep(ctx, mine, response)
    await _release(ctx, mine)
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


async def claim(tx: WriteTx, mine: Claim) -> UUID | None:
    """The id of the operation, which is this try's to work on once `tx` has committed; None: it is another's, or done.

    Waits for a transaction that claims the same key at this moment.
    """
    found: UUID | None = await tx.value(CLAIM, *mine.asked)
    return found


async def _run(work: Callable[[UUID], Awaitable[IdempotentResponse]], operation_id: UUID) -> Response:
    try:
        answer = await work(operation_id)
    except Problem as problem:
        if not problem.final:
            raise
        return as_response(problem)
    return as_response(answer)


def as_response(answer: IdempotentResponse | Problem) -> Response:
    """What is sent, and kept."""
    if isinstance(answer, Problem):
        trace = telemetry.current_trace()
        return Refusal(answer, answer.body(trace.request_id, trace.trace_id))
    if answer.body is None:
        return Response(b"", answer.status, answer.headers)
    body = msgspec.json.encode(answer.body, enc_hook=_plain)
    return Response(body, answer.status, answer.headers, "application/json")


async def keep(ctx: Context[Any], mine: Claim, response: Response) -> Response:
    """Keep the answer of this try, and give it; or that of another try, which took over when this one's claim lapsed.

    Raises:
        IdempotencyKeyRunning: the other one has none yet.
    """
    async with ctx.db.write_one() as tx:
        kept = await tx.execute(_KEEP, *mine.kept(response))
    await failpoints.point("idempotency.stored")
    return response if kept else await answer_of_another(ctx, mine)


@asynccontextmanager
async def released_on_error(ctx: Context[Any], mine: Claim) -> AsyncIterator[None]:
    """Lets the next try begin at once where this one raises. A killed process releases nothing: its claim lapses."""
    try:
        yield
    except BaseException:
        await asyncio.shield(_release(ctx, mine))
        raise


async def _release(ctx: Context[Any], mine: Claim) -> None:
    # Where the database is away, the claim lapses by itself.
    with suppress(*UNREACHABLE):
        async with ctx.db.write_one() as tx:
            await tx.execute(_RELEASE, mine.scope, mine.key, mine.token)


async def answer_of_another(ctx: Context[Any], mine: Claim) -> Response:
    """The answer of the try that has the key.

    Raises:
        IdempotencyKeyReused, IdempotencyKeyRunning: as `idempotent`.
    """
    async with ctx.db.read() as tx:
        kept = await tx.row(_Kept, _LOOK, mine.scope, mine.key)
    if kept is not None and kept.request_hash != mine.request_hash:
        raise IdempotencyKeyReused("Use a new Idempotency-Key for a new request.")
    if kept is None or kept.status is None:
        seconds = 1 if kept is None else max(1, min(kept.seconds_left, CLAIM_SECONDS))
        raise IdempotencyKeyRunning(
            "The first request with this Idempotency-Key is still running; send it again in a moment.",
            headers={"Retry-After": str(seconds)},
        )
    return Response(kept.body, kept.status, {**(kept.headers or {}), REPLAYED: "true"})
