"""The audit log: who did what to what, when and from where. Each service has its own, appended to and never changed.

    await audit.record(tx, "stock.set", f"variant:{sku}", before={"on_hand": 3}, after={"on_hand": 5})

A line is written in the transaction of the change that it describes. Person, session, address and browser are those of
the running request. Lines are deleted after 400 days.

Some seconds later a line is chained (chassis.worker.housekeeping): a hash of it and of the one before, so that whoever
owns the database cannot change it without a trace. `python -m chassis.ops audit-chain` verifies it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, Literal
from uuid import UUID

from starlette.types import Scope

from chassis import telemetry
from chassis.auth import Principal
from chassis.db import UNREACHABLE, Database, WriteTx
from chassis.limits import Limiter, rule

Outcome = Literal["success", "failure", "denied", "limited"]

# By account, over all replicas, so that refusals cannot fill the table.
_DENIALS = rule("audit-denials", "20/hour")
_INSERT = """
insert into audit_lines
    (action, object, outcome, actor_id, roles, session_id, ip, agent_hash, request_id, before, after)
values ($1, $2, $3, $4, $5, $6, $7::text::inet, $8, $9, $10, $11)
"""

_request: ContextVar[Scope | None] = ContextVar("request", default=None)
_log = telemetry.logger(__name__)


def begin(scope: Scope) -> None:
    """Lines that are written from now on belong to this request."""
    _request.set(scope)


async def record(
    tx: WriteTx,
    action: str,
    thing: str | None = None,
    *,
    outcome: Outcome = "success",
    who: Principal | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write a line. `action`: "stock.set"; `thing`: what it was done to, "variant:TIDE-4".

    `who`: the person, where it is not the one who is signed in. `before` and `after`: the fields that changed, or the
    change that was requested; no secrets, no addresses of people.
    """
    scope = _request.get()
    if who is None and scope is not None:
        who = scope.get("state", {}).get("principal")
    actor: tuple[UUID | None, list[str], UUID | None] = (None, [], None)
    if who is not None:
        actor = (who.account_id, list(who.roles), who.session_id)
    await tx.execute(
        _INSERT, action, thing, outcome, *actor, *_origin(scope), telemetry.request_id() or None, before, after
    )


async def record_refusal(db: Database, action: str, thing: str | None = None, **line: Any) -> None:
    """As `record`, for what changed nothing and has no transaction; without the database it stays unwritten."""
    try:
        async with db.write_one() as tx:
            await record(tx, action, thing, **line)
    except UNREACHABLE as error:
        _log.warning("audit.unwritten", error_type=type(error).__name__)


def _origin(scope: Scope | None) -> tuple[str | None, str | None]:
    """The address, and the SHA-256 of the User-Agent field."""
    if scope is None:
        return None, None
    agent = next((value for name, value in scope["headers"] if name == b"user-agent"), None)
    address = scope["app"].state.context.limiter.proxies.client(scope)
    return address, None if agent is None else hashlib.sha256(agent).hexdigest()


class Denials:
    """Records refusals for a missing permission."""

    def __init__(self, db: Database, limiter: Limiter) -> None:
        self._db = db
        self._limiter = limiter

    async def __call__(self, scope: Scope, who: Principal, needed: str) -> None:
        """`needed`: the scopes."""
        if (await self._limiter.check(_DENIALS, str(who.account_id))).allowed:
            route = f"{scope['method']} {getattr(scope.get('route'), 'path', 'unmatched')}"
            line = {"outcome": "denied", "who": who, "after": {"needed": needed}}
            await record_refusal(self._db, "authorisation.denied", route, **line)
