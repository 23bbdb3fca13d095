"""Decisions shared by all replicas: gathered, and asked of Valkey in one script call; local ones when it is down."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any

from valkey.exceptions import NoScriptError

from chassis import problems, telemetry
from chassis.limits.addresses import Proxies
from chassis.limits.gcra import Decision, Local, Rule, decision, terms
from chassis.valkey import Down, Valkey

SCRIPT = (Path(__file__).parent / "gcra.lua").read_text(encoding="ascii")
_SHA = hashlib.sha1(SCRIPT.encode(), usedforsecurity=False).hexdigest()
MAX_BATCH = 256

_decisions = telemetry.counter("rate_limit_decisions", "Rate limit decisions", ("limit", "outcome"))


class Limiter:
    """Decides for one service. `secret` keys the hashes under which addresses and e-mails are known to Valkey."""

    def __init__(
        self,
        valkey: Valkey,
        service: str,
        *,
        secret: bytes,
        trusted_proxies: Sequence[IPv4Network | IPv6Network] = (),
    ) -> None:
        self.proxies = Proxies(trusted_proxies)
        self._valkey = valkey
        self._service = service
        self._secret = secret[:64]
        self._local = Local()
        self._waiting: list[tuple[str, Rule, asyncio.Future[Decision | None]]] = []
        self._asking: asyncio.Task[None] | None = None

    async def check(self, rule: Rule, key: str) -> Decision:
        """Take one of the quota that `key` has under `rule`, or be refused. Who is refused takes nothing."""
        hashed = self._hashed(rule, key)
        if not self._valkey.configured:
            # There is only this process to decide, so it may give the whole quota.
            return self._counted(rule, self._local.decide(rule, hashed, half=False), "")
        shared = await self._shared(rule, hashed)
        if shared is not None:
            return self._counted(rule, shared, "")
        if rule.fail == "open":
            _decisions.inc(rule.name, "unchecked")
            return Decision(allowed=True, remaining=rule.quota, reset=0)
        return self._counted(rule, self._local.decide(rule, hashed, half=True), "_locally")

    async def enforce(self, rule: Rule, key: str) -> Decision:
        """As `check`.

        Raises:
            problems.RateLimited: it was refused.
        """
        decided = await self.check(rule, key)
        if not decided.allowed:
            raise problems.RateLimited(
                f"Try again in {decided.retry_after} seconds.",
                headers={"Retry-After": str(decided.retry_after), **headers(rule, decided)},
            )
        return decided

    def _counted(self, rule: Rule, decided: Decision, where: str) -> Decision:
        _decisions.inc(rule.name, ("allowed" if decided.allowed else "refused") + where)
        return decided

    def _hashed(self, rule: Rule, key: str) -> str:
        digest = hashlib.blake2b(key.encode("utf-8", "backslashreplace"), key=self._secret, digest_size=16)
        return f"limit:{self._service}:{rule.name}:{digest.hexdigest()}"

    async def _shared(self, rule: Rule, hashed: str) -> Decision | None:
        """Valkey's decision; None when it is down.

        All that ask in one turn of the loop, and while an earlier question is under way, go in one.
        """
        future: asyncio.Future[Decision | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((hashed, rule, future))
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask_all())
        return await future

    async def _ask_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
            for (_, _, future), decided in zip(batch, await self._ask(batch), strict=True):
                if not future.done():
                    future.set_result(decided)
        self._asking = None

    async def _ask(self, batch: Sequence[tuple[str, Rule, object]]) -> list[Decision | None]:
        costs = [terms(rule) for _, rule, _ in batch]
        keys = [hashed for hashed, _, _ in batch]
        arguments: list[Any] = [*keys, *(number for pair in costs for number in pair)]
        try:
            try:
                answers = await self._run("EVALSHA", _SHA, len(keys), *arguments)
            except NoScriptError:
                answers = await self._run("EVAL", SCRIPT, len(keys), *arguments)
        except Down:
            return [None] * len(batch)
        return [decision(answer, *pair) for answer, pair in zip(answers, costs, strict=True)]

    async def _run(self, *command: Any) -> list[int]:
        # The library has no types for this one.
        answers: list[int] = await self._valkey.call(
            lambda client: client.execute_command(*command)  # type: ignore[no-untyped-call]  # untyped there
        )
        return answers


def headers(rule: Rule, decided: Decision) -> dict[str, str]:
    """The fields of draft-ietf-httpapi-ratelimit-headers-11."""
    return {
        "RateLimit-Policy": rule.policy,
        "RateLimit": f'"{rule.name}";r={decided.remaining};t={decided.reset}',
    }
