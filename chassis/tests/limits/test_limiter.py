import asyncio
import time

import pytest

from chassis.cache import Valkey
from chassis.cache.client import Client
from chassis.limits import Limiter, rule
from chassis.problems import RateLimited
from chassis.testing import eventually
from chassis.testing.servers import free_port, valkey_server
from chassis.tests.auth.support import sample
from chassis.tests.nonsense import nonsense

SECRET = b"s" * 32


def limiter(valkey: Valkey, service: str = "identity") -> Limiter:
    return Limiter(valkey, service, secret=SECRET)


async def allowed(subject: Limiter, times: int, *, name: str = "login", rate: str = "5/h", key: str = "a") -> int:
    decisions = await asyncio.gather(*(subject.check(rule(name, rate), key) for _ in range(times)))
    return sum(decision.allowed for decision in decisions)


async def test_exactly_the_quota_passes_under_concurrency(valkey: Valkey):
    assert await allowed(limiter(valkey), 500, rate="50/h") == 50


async def test_replicas_share_the_quota(valkey: Valkey):
    replicas = [limiter(valkey) for _ in range(3)]
    counts = await asyncio.gather(*(allowed(replica, 100, rate="50/h") for replica in replicas))
    assert sum(counts) == 50


async def test_keys_rule_names_and_services_are_counted_separately(valkey: Valkey):
    subject = limiter(valkey)
    assert await allowed(subject, 6) == 5
    assert await allowed(subject, 6, key="b") == 5
    assert await allowed(subject, 6, name="reset") == 5
    assert await allowed(limiter(valkey, "orders"), 6) == 5
    assert await allowed(limiter(valkey), 6) == 0


async def test_a_refused_request_has_a_wait_and_takes_no_quota(valkey: Valkey):
    subject = limiter(valkey)
    quick = rule("quick", "2/s")
    # At once, they are decided at one time of the server's clock.
    first, second, refused = await asyncio.gather(*(subject.check(quick, "a") for _ in range(3)))
    assert (first.allowed, first.remaining, first.reset) == (True, 1, 1)
    assert (second.allowed, second.remaining) == (True, 0)
    assert (refused.allowed, refused.remaining, refused.retry_after) == (False, 0, 1)

    async def is_allowed() -> bool:
        return (await subject.check(quick, "a")).allowed

    await eventually(is_allowed)


async def test_the_quota_is_restored_and_its_key_expires(valkey: Valkey):
    subject = limiter(valkey)
    assert await allowed(subject, 5, rate="50/s") == 5

    async def gone() -> bool:
        return await valkey.call(lambda client: client.execute("DBSIZE")) == 0

    await eventually(gone)


async def test_keys_in_valkey_contain_no_address_and_no_mail(valkey: Valkey):
    subject = limiter(valkey)
    for key in ("203.0.113.9", "ada@example.com", "\ud800"):
        await subject.check(rule("login", "5/min"), key)
    keys = await valkey.call(lambda client: client.execute("KEYS", "*"))
    assert len(keys) == 3
    assert all(key.startswith(b"limit:identity:login:") and len(key) == 21 + 32 for key in keys)
    other = Limiter(valkey, "identity", secret=b"other")
    await other.check(rule("login", "5/min"), "203.0.113.9")
    assert await valkey.call(lambda client: client.execute("DBSIZE")) == 4


async def test_a_server_clock_that_steps_back_causes_no_long_wait(valkey: Valkey):
    subject = limiter(valkey)
    once = rule("x", "5/min")
    await subject.check(once, "a")
    (key,) = await valkey.call(lambda client: client.execute("KEYS", "*"))
    ahead = str(int((time.time() + 86_400) * 1e6))
    await valkey.call(lambda client: client.execute("SET", key, ahead))
    refused = await subject.check(once, "a")
    assert (refused.allowed, refused.reset) == (False, 12)


async def test_concurrent_checks_share_one_round_trip(valkey: Valkey):
    subject = limiter(valkey)
    await allowed(subject, 1, rate="1000/h")

    async def calls(client: Client) -> int:
        stats: bytes = await client.execute("INFO", "commandstats")
        return int(stats.partition(b"cmdstat_evalsha:calls=")[2].partition(b",")[0])

    before = await valkey.call(calls)
    assert await allowed(subject, 600, rate="1000/h") == 600
    assert await valkey.call(calls) - before == 3  # 256, 256 and 88


async def test_a_script_that_valkey_lost_is_sent_again(valkey: Valkey):
    subject = limiter(valkey)
    await allowed(subject, 1)
    await valkey.call(lambda client: client.execute("SCRIPT", "FLUSH", "SYNC"))
    assert await allowed(subject, 6) == 4


async def test_a_cancelled_check_does_not_affect_the_others(valkey: Valkey):
    subject = limiter(valkey)
    tasks = [asyncio.create_task(subject.check(rule("x", "50/h"), "a")) for _ in range(3)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(results[0], asyncio.CancelledError)
    assert [result.allowed for result in results[1:] if not isinstance(result, BaseException)] == [True, True]


async def test_without_a_shared_server_one_process_gives_the_whole_quota():
    assert await allowed(limiter(Valkey(None)), 500, rate="50/h") == 50


async def test_without_valkey_a_closed_rule_allows_half_and_an_open_rule_allows_all():
    subject = limiter(Valkey(f"redis://127.0.0.1:{free_port()}"))
    locally = sample("rate_limit_decisions_total", limit="login", outcome="refused_locally")
    unchecked = sample("rate_limit_decisions_total", limit="browse", outcome="unchecked")
    assert await allowed(subject, 500, rate="50/h") == 25
    assert sample("rate_limit_decisions_total", limit="login", outcome="refused_locally") == locally + 475
    browse = rule("browse", "2/h", "open")
    decided = [await subject.check(browse, "a") for _ in range(10)]
    assert all(decision.allowed and decision.remaining == 2 for decision in decided)
    assert sample("rate_limit_decisions_total", limit="browse", outcome="unchecked") == unchecked + 10


async def test_a_server_that_dies_and_comes_back_is_used_again(monkeypatch: pytest.MonkeyPatch):
    port = free_port()
    now = [100.0]
    shared = Valkey(f"redis://127.0.0.1:{port}", clock=lambda: now[0], timeout=60)
    subject = limiter(shared)
    with valkey_server(port):
        assert await allowed(subject, 60, rate="50/h") == 50
    assert await allowed(subject, 60, rate="50/h") == 25
    with valkey_server(port):
        now[0] += 1
        assert await allowed(subject, 60, rate="50/h", key="b") == 50
    await shared.aclose()


async def test_a_use_case_may_enforce_a_limit_by_itself(valkey: Valkey):
    subject = limiter(valkey)
    once = rule("account", "1/h")
    assert (await subject.enforce(once, "x")).allowed
    with pytest.raises(RateLimited):
        await subject.enforce(once, "x")


async def test_an_invalid_answer_counts_as_an_unavailable_server():
    port = free_port()
    now = [100.0]
    shared = Valkey(f"redis://127.0.0.1:{port}", clock=lambda: now[0], timeout=60)
    subject = limiter(shared)
    async with asyncio.timeout(60):
        async with nonsense(port):
            assert await allowed(subject, 5) == 2
            assert await allowed(subject, 5, key="b") == 2
        with valkey_server(port):
            now[0] += 1
            assert await allowed(subject, 6, key="c") == 5
    await shared.aclose()


async def test_cancelling_the_command_under_way_leaves_each_check_a_decision(valkey: Valkey):
    subject = limiter(valkey)
    asking = [asyncio.create_task(subject.check(rule("x", "50/h"), "a")) for _ in range(3)]
    await asyncio.sleep(0)
    for task in asyncio.all_tasks() - {asyncio.current_task(), *asking}:
        task.cancel()
    async with asyncio.timeout(60):
        assert all(decided.allowed for decided in await asyncio.gather(*asking))
        assert (await subject.check(rule("x", "50/h"), "a")).allowed
