"""One request under several rules."""

import asyncio

import pytest

from chassis.cache import Valkey
from chassis.cache.client import Client
from chassis.limits import Limiter, Rule, rule
from chassis.problems import RateLimited
from chassis.testing.servers import free_port
from chassis.tests.auth.support import sample

WIDE, NARROW, LONG = rule("wide", "50/h"), rule("narrow", "20/h"), rule("long", "20/day")
OPEN = rule("open", "2/h", "open")


@pytest.fixture(params=["shared", "alone"])
def limiter(request: pytest.FixtureRequest, valkey: Valkey) -> Limiter:
    return made(valkey if request.param == "shared" else Valkey(None))


def made(valkey: Valkey) -> Limiter:
    return Limiter(valkey, "identity", secret=b"s" * 32)


async def allowed(subject: Limiter, times: int, *rules: Rule) -> int:
    answers = await asyncio.gather(*(subject.check_all([(each, "a") for each in rules]) for _ in range(times)))
    return sum(decisions[0][1].allowed for decisions in answers)


async def test_a_request_that_one_rule_refuses_takes_from_none(limiter: Limiter):
    assert await allowed(limiter, 300, WIDE, NARROW) == 20
    assert await allowed(limiter, 100, WIDE) == 30


async def test_replicas_take_together_and_exactly(valkey: Valkey):
    replicas = [made(valkey) for _ in range(3)]
    assert sum(await asyncio.gather(*(allowed(each, 100, NARROW, WIDE) for each in replicas))) == 20
    assert await allowed(replicas[0], 100, WIDE) == 30


async def test_requests_of_different_rules_in_one_call_are_told_apart(valkey: Valkey):
    subject = made(valkey)
    counts = await asyncio.gather(
        allowed(subject, 30, NARROW, WIDE), allowed(subject, 30, LONG), allowed(subject, 60, WIDE)
    )
    assert [*counts] == [20, 20, 30]


async def test_an_allowed_request_has_the_remaining_quota_of_each_rule(limiter: Limiter):
    decisions = await limiter.check_all([(WIDE, "a"), (NARROW, "a")])
    assert [(of.name, decided.remaining) for of, decided in decisions] == [("wide", 49), ("narrow", 19)]


async def test_a_refusal_names_the_rules_that_refuse_and_the_longest_wait_first(limiter: Limiter):
    refused = sample("rate_limit_decisions_total", limit="long", outcome="refused")
    counted = sample("rate_limit_decisions_total", limit="wide", outcome="allowed")
    assert await allowed(limiter, 20, NARROW, LONG) == 20
    decisions = await limiter.check_all([(WIDE, "a"), (NARROW, "a"), (LONG, "a")])
    assert [of.name for of, _ in decisions] == ["long", "narrow"]
    assert decisions[0][1].reset > decisions[1][1].reset > 0
    assert sample("rate_limit_decisions_total", limit="long", outcome="refused") == refused + 1
    assert sample("rate_limit_decisions_total", limit="wide", outcome="allowed") == counted
    with pytest.raises(RateLimited) as told:
        await limiter.enforce_all([(WIDE, "a"), (NARROW, "a"), (LONG, "a")])
    assert told.value.headers["RateLimit-Policy"] == LONG.policy


async def test_without_valkey_closed_rules_allow_half_and_open_rules_allow_all():
    subject = made(Valkey(f"redis://127.0.0.1:{free_port()}"))
    unchecked = sample("rate_limit_decisions_total", limit="open", outcome="unchecked")
    assert await allowed(subject, 100, WIDE, OPEN, NARROW) == 10
    assert sample("rate_limit_decisions_total", limit="open", outcome="unchecked") == unchecked + 10
    assert await allowed(subject, 100, WIDE) == 15
    assert await allowed(subject, 5, OPEN) == 5


async def test_all_rules_of_a_request_go_in_one_call(valkey: Valkey):
    subject = made(valkey)
    await allowed(subject, 1, WIDE, NARROW, LONG)

    async def calls(client: Client) -> int:
        stats: bytes = await client.execute("INFO", "commandstats")
        return int(stats.partition(b"cmdstat_evalsha:calls=")[2].partition(b",")[0])

    before = await valkey.call(calls)
    await allowed(subject, 1, WIDE, NARROW, LONG)
    assert await valkey.call(calls) - before == 1
