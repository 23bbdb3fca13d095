"""Rate limits over all replicas: decided by one script call in Valkey; in this process where it does not answer."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import TypeAlias

from chassis import problems, telemetry
from chassis.cache import Batcher, Down, Valkey
from chassis.cache.client import Client, NoScript
from chassis.limits import gcra
from chassis.limits.addresses import Proxies
from chassis.limits.gcra import Decision, Fail, Local, Rule, decision, terms

SCRIPT = (Path(__file__).parent / "gcra.lua").read_text(encoding="ascii")
_SHA = hashlib.sha1(SCRIPT.encode(), usedforsecurity=False).hexdigest()
MAX_BATCH = 256

Decisions: TypeAlias = list[tuple[Rule, Decision]]
# The rules of one request, each with the key of its quota in Valkey.
Keyed: TypeAlias = Sequence[tuple[Rule, str]]

DECISIONS = telemetry.counter(
    "rate_limit_decisions",
    "Decisions on requests by a rate limit; `locally`: by this process alone, while Valkey is away",
    {
        "limit": "a limit of the service",
        "outcome": ("allowed", "refused", "allowed_locally", "refused_locally", "unchecked"),
    },
)
_log = telemetry.logger(__name__)


def begin(*names: str) -> None:
    """Count the decisions of these limits from 0 on: a series that begins with its first refusal has no rate.

    Each module calls it, or `rule`, where it is imported.
    """
    for name in names:
        DECISIONS.start(name)


@lru_cache(maxsize=1_000)
def rule(name: str, rate: str, fail: Fail = "closed") -> Rule:
    """A rule by its rate ("5/min", "20/h"), whose decisions are counted from 0 on.

    Raises:
        ValueError: the rate or the name is not of that form.
    """
    begin(name)
    return gcra.rule(name, rate, fail)


class Refusals:
    """How often each limit refused since the counts were taken last."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, name: str) -> None:
        """Count one."""
        self._counts[name] += 1

    def take(self) -> dict[str, int]:
        """The counts, which begin anew."""
        taken, self._counts = dict(self._counts), Counter()
        return taken

    def put_back(self, taken: Mapping[str, int]) -> None:
        """Count them again: they could not be written."""
        self._counts.update(taken)


class Limiter:
    """Decides for one service. `secret` keys the hashes under which addresses and e-mails are stored in Valkey."""

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
        self.refusals = Refusals()
        # All requests of one turn of the loop, and those that come while a call is under way, go in one call.
        self._calls: Batcher[Keyed, list[Decision] | None] = Batcher(self._decide_batch, limit=MAX_BATCH)

    async def check(self, rule: Rule, key: str) -> Decision:
        """Take one of the quota that `key` has under `rule`, or be refused. A refused request takes nothing."""
        return (await self.check_all([(rule, key)]))[0][1]

    async def check_all(self, limits: Sequence[tuple[Rule, str]]) -> Decisions:
        """As `check`, under several rules at once, each named once: a request takes from all quotas or from none.

        The decisions are those of all rules where each of them allows it. Else they are those of the rules that refuse
        it, the longest wait first.
        """
        keyed = [(rule, self._hashed(rule, key)) for rule, key in limits]
        if not self._valkey.configured:
            # There is only this process to decide, so it may give the whole quota.
            return self._counted(keyed, self._local.decide_all(keyed, half=False), "")
        shared = await self._shared(keyed)
        return self._without_valkey(keyed) if shared is None else self._counted(keyed, shared, "")

    def _without_valkey(self, keyed: Keyed) -> Decisions:
        closed = [(rule, key) for rule, key in keyed if rule.fail == "closed"]
        decisions = self._counted(closed, self._local.decide_all(closed, half=True), "_locally")
        if all(decided.allowed for _, decided in decisions):
            for rule in (rule for rule, _ in keyed if rule.fail == "open"):
                DECISIONS.inc(rule.name, "unchecked")
                decisions.append((rule, Decision(allowed=True, remaining=rule.quota, reset=0)))
        return decisions

    async def enforce(self, rule: Rule, key: str) -> Decision:
        """As `check`.

        Raises:
            problems.RateLimited: it was refused.
        """
        return (await self.enforce_all([(rule, key)]))[0][1]

    async def enforce_all(self, limits: Sequence[tuple[Rule, str]]) -> Decisions:
        """As `check_all`.

        Raises:
            problems.RateLimited: it was refused; the headers name the rule with the longest wait.
        """
        decisions = await self.check_all(limits)
        rule, decided = decisions[0]
        if not decided.allowed:
            raise problems.RateLimited(
                f"Try again in {decided.retry_after} seconds.",
                headers={"Retry-After": str(decided.retry_after), **headers(rule, decided)},
            )
        return decisions

    def _counted(self, keyed: Keyed, decided: Sequence[Decision], suffix: str) -> Decisions:
        """The decisions by rule, as `check_all` gives them."""
        allowed: Decisions = []
        refused: Decisions = []
        for (rule, _), each in zip(keyed, decided, strict=True):
            (allowed if each.allowed else refused).append((rule, each))
        refused.sort(key=lambda pair: -pair[1].reset)
        for rule, _ in refused:
            self.refusals.add(rule.name)
        for rule, each in refused or allowed:
            DECISIONS.inc(rule.name, ("allowed" if each.allowed else "refused") + suffix)
        return refused or allowed

    def _hashed(self, rule: Rule, key: str) -> str:
        digest = hashlib.blake2b(key.encode("utf-8", "backslashreplace"), key=self._secret, digest_size=16)
        return f"limit:{self._service}:{rule.name}:{digest.hexdigest()}"

    async def _shared(self, keyed: Keyed) -> list[Decision] | None:
        """Valkey's decisions; None when it is down, or its answer cannot be read."""
        try:
            return await self._calls.submit(keyed)
        except Exception as error:  # noqa: BLE001 -- whatever failed, the request needs a decision
            _log.warning("limits.undecided", error=error)
            return None

    async def _decide_batch(self, batch: Sequence[Keyed]) -> Sequence[list[Decision] | None]:
        try:
            try:
                return await self._run_script(batch, "EVALSHA", _SHA)
            except NoScript:
                return await self._run_script(batch, "EVAL", SCRIPT)
        except Down:
            return [None] * len(batch)

    async def _run_script(self, batch: Sequence[Keyed], *script: str) -> list[list[Decision]]:
        keys = [key for keyed in batch for _, key in keyed]
        costs = [terms(rule) for keyed in batch for rule, _ in keyed]
        last = [number == len(keyed) for keyed in batch for number in range(1, len(keyed) + 1)]
        numbers = [number for pair, ends in zip(costs, last, strict=True) for number in (*pair, int(ends))]

        async def run(client: Client) -> list[list[Decision]]:
            answers = await client.execute(*script, len(keys), *keys, *numbers)
            decisions = iter([decision(answer, *pair) for answer, pair in zip(answers, costs, strict=True)])
            return [[next(decisions) for _ in keyed] for keyed in batch]

        # Decoded within the call: an answer that cannot be read counts as a failure of Valkey's.
        return await self._valkey.call(run)


def headers(rule: Rule, decided: Decision) -> dict[str, str]:
    """The fields of draft-ietf-httpapi-ratelimit-headers-11."""
    return {"RateLimit-Policy": rule.policy, "RateLimit": state(rule, decided)}


def state(rule: Rule, decided: Decision) -> str:
    """The RateLimit field: how many are left, and in how many seconds all will be again."""
    return f'"{rule.name}";r={decided.remaining};t={decided.reset}'
