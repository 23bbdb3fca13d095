"""Decisions shared by all replicas: gathered, and asked of Valkey in one script call; local ones when it is down."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from chassis import problems, telemetry
from chassis.cache import Batcher, Down, Valkey
from chassis.cache.client import Client, NoScript
from chassis.limits.addresses import Proxies
from chassis.limits.gcra import Decision, Local, Rule, decision, terms

SCRIPT = (Path(__file__).parent / "gcra.lua").read_text(encoding="ascii")
_SHA = hashlib.sha1(SCRIPT.encode(), usedforsecurity=False).hexdigest()
MAX_BATCH = 256

_decisions = telemetry.counter("rate_limit_decisions", "Rate limit decisions", ("limit", "outcome"))
_log = telemetry.logger(__name__)


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
        # All that ask in one turn of the loop, and while an earlier question is under way, go in one.
        self._asks: Batcher[tuple[str, Rule], Decision | None] = Batcher(self._ask_all, limit=MAX_BATCH)

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
        """Valkey's decision; None when it is down, or answers what is no decision."""
        try:
            return await self._asks.submit((hashed, rule))
        except Exception as error:  # noqa: BLE001 -- whatever went wrong, the request needs a decision
            _log.warning("limits.undecided", error=error)
            return None

    async def _ask_all(self, batch: Sequence[tuple[str, Rule]]) -> Sequence[Decision | None]:
        try:
            try:
                return await self._ask(batch, "EVALSHA", _SHA)
            except NoScript:
                return await self._ask(batch, "EVAL", SCRIPT)
        except Down:
            return [None] * len(batch)

    async def _ask(self, batch: Sequence[tuple[str, Rule]], *script: str) -> list[Decision]:
        costs = [terms(rule) for _, rule in batch]
        keys = [hashed for hashed, _ in batch]
        numbers = [number for pair in costs for number in pair]

        async def ask(client: Client) -> list[Decision]:
            answers = await client.execute(*script, len(keys), *keys, *numbers)
            return [decision(answer, *pair) for answer, pair in zip(answers, costs, strict=True)]

        # Read in there: an answer that cannot be read counts as a failure of Valkey's.
        return await self._valkey.call(ask)


def headers(rule: Rule, decided: Decision) -> dict[str, str]:
    """The fields of draft-ietf-httpapi-ratelimit-headers-11."""
    return {
        "RateLimit-Policy": rule.policy,
        "RateLimit": state(rule, decided),
    }


def state(rule: Rule, decided: Decision) -> str:
    """The RateLimit field: how many are left, and in how many seconds all will be again."""
    return f'"{rule.name}";r={decided.remaining};t={decided.reset}'
