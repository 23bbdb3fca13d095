import asyncio
from contextlib import suppress

import pytest

from chassis import telemetry
from chassis.cache import cache, versions
from chassis.problems import NotFound, Unavailable
from chassis.testing import eventually
from chassis.tests.auth.support import sample
from chassis.tests.cache.support import Source, local


async def test_a_value_is_loaded_once_and_kept_for_its_ttl():
    subject, clock = local()
    source = Source()
    first = await subject.get("k", 10, source)
    source.value = b"2"
    assert await subject.get("k", 10, source) is first
    assert first.body == b"1"
    clock.at += 9.9
    assert await subject.get("k", 10, source) is first
    clock.at += 0.1
    assert (await subject.get("k", 10, source)).body == b"2"
    assert source.loads == 2


async def test_concurrent_reads_share_one_load():
    subject, _ = local()
    source = Source()
    joined = sample("cache_gets_total", outcome="joined")
    source.gate.clear()
    tasks = [asyncio.create_task(subject.get("k", 10, source)) for _ in range(100)]
    await asyncio.sleep(0)
    source.gate.set()
    assert {encoded.body for encoded in await asyncio.gather(*tasks)} == {b"1"}
    assert source.loads == 1
    assert sample("cache_gets_total", outcome="joined") == joined + 99


async def test_a_failed_load_raises_in_all_waiting_reads_and_is_not_cached():
    subject, _ = local()
    gate = asyncio.Event()

    async def failing() -> bytes:
        await gate.wait()
        raise LookupError

    tasks = [asyncio.create_task(subject.get("k", 10, failing)) for _ in range(5)]
    await asyncio.sleep(0)
    gate.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(result, LookupError) for result in results)
    assert (await subject.get("k", 10, Source())).body == b"1"


async def test_a_load_goes_on_when_the_first_reader_is_cancelled():
    subject, _ = local()
    source = Source()
    source.gate.clear()
    first = asyncio.create_task(subject.get("k", 10, source))
    await asyncio.sleep(0)
    others = [asyncio.create_task(subject.get("k", 10, source)) for _ in range(3)]
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    source.gate.set()
    assert [encoded.body for encoded in await asyncio.gather(*others)] == [b"1"] * 3
    assert source.loads == 1


async def test_a_load_without_waiting_readers_finishes_and_is_cached():
    subject, _ = local()
    source = Source()
    source.gate.clear()
    only = asyncio.create_task(subject.get("k", 10, source))
    await asyncio.sleep(0)
    only.cancel()
    with suppress(asyncio.CancelledError):
        await only
    source.gate.set()
    await eventually(lambda: not subject._loads)
    assert (await subject.get("k", 10, source)).body == b"1"
    assert source.loads == 1


async def test_a_cancelled_load_cancels_waiting_reads_and_caches_nothing():
    subject, _ = local()
    source = Source()
    source.gate.clear()
    waiting = asyncio.create_task(subject.get("k", 10, source))
    await asyncio.sleep(0)
    subject._loads["k"].task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert subject._loads == {}


async def test_a_load_that_fails_is_answered_with_a_stale_value_for_a_while():
    subject, clock = local()

    async def failing() -> bytes:
        raise ConnectionRefusedError

    first = await subject.get("k", 1, Source(), stale=60)
    clock.at += 60.9
    assert await subject.get("k", 1, failing, stale=60) is first
    with pytest.raises(ConnectionRefusedError):
        await subject.get("k", 1, failing)
    clock.at += 0.1
    with pytest.raises(ConnectionRefusedError):
        await subject.get("k", 1, failing, stale=60)


async def test_a_load_that_takes_long_is_answered_with_a_stale_value_and_replaces_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cache, "PATIENCE_SECONDS", 0.0)
    subject, clock = local()
    source = Source()
    first = await subject.get("k", 1, source, stale=60)
    clock.at += 2
    source.value = b"2"
    source.gate.clear()
    assert await subject.get("k", 1, source, stale=60) is first
    source.gate.set()
    await eventually(lambda: not subject._loads)
    assert (await subject.get("k", 1, source, stale=60)).body == b"2"
    assert source.loads == 2


async def test_a_problem_of_the_request_is_never_answered_with_a_stale_value():
    subject, clock = local()

    async def gone() -> bytes:
        raise NotFound

    await subject.get("k", 1, Source(), stale=60)
    clock.at += 2
    with pytest.raises(NotFound):
        await subject.get("k", 1, gone, stale=60)


async def test_a_value_that_was_invalidated_is_never_stale():
    subject, _ = local()

    async def failing() -> bytes:
        raise Unavailable

    await subject.get("k", 1, Source(), tag="t", stale=60)
    await subject.invalidate("t")
    with pytest.raises(Unavailable):
        await subject.get("k", 1, failing, tag="t", stale=60)


async def test_the_deadline_of_a_reader_does_not_apply_to_the_load():
    subject, _ = local()
    seen: list[float | None] = []

    async def load() -> bytes:
        seen.append(telemetry.remaining())
        return b""

    telemetry.set_deadline("1")
    await subject.get("k", 10, load)
    assert seen == [None]
    assert telemetry.remaining() is not None
    telemetry.clear_deadline()


async def test_the_cache_is_bounded_in_bytes_and_drops_the_least_recently_used():
    subject, _ = local(max_bytes=10_000)
    sources = {key: Source(b"x" * 600) for key in "abcdefghij"}
    for key in "abcdefghi":
        await subject.get(key, 10, sources[key])
    await subject.get("a", 10, sources["a"])
    await subject.get("j", 10, sources["j"])
    assert subject._size <= 10_000
    assert sample("cache_bytes") == subject._size
    for key in "abj":
        await subject.get(key, 10, sources[key])
    assert (sources["a"].loads, sources["b"].loads, sources["j"].loads) == (1, 2, 1)


async def test_a_huge_value_is_served_but_not_kept():
    subject, _ = local(max_bytes=10_000)
    source = Source(b"x" * 5_000)
    for _ in range(2):
        assert len((await subject.get("k", 10, source)).body) == 5_000
    assert (source.loads, subject._size) == (2, 0)


async def test_a_value_that_is_replaced_is_counted_once():
    subject, clock = local()
    source = Source(b"x" * 100)
    for _ in range(5):
        await subject.get("k", 1, source)
        clock.at += 2
    assert subject._size == 100 + 1 + cache._OVERHEAD


async def test_invalidating_a_tag_expires_only_values_with_that_tag():
    subject, _ = local()
    tagged, other, bare = Source(), Source(), Source()
    for _ in range(2):
        await subject.get("a", 99, tagged, tag="products")
        await subject.get("b", 99, other, tag="stock")
        await subject.get("c", 99, bare)
        await subject.invalidate("products")
    assert (tagged.loads, other.loads, bare.loads) == (2, 1, 1)


async def test_a_read_after_an_invalidation_does_not_get_an_earlier_load():
    subject, _ = local()
    source = Source(b"old")
    source.gate.clear()
    before = asyncio.create_task(subject.get("k", 99, source, tag="t"))
    await eventually(lambda: source.loads == 1)
    await subject.invalidate("t")
    source.value = b"new"
    after = asyncio.create_task(subject.get("k", 99, source, tag="t"))
    await eventually(lambda: source.loads == 2)
    source.gate.set()
    assert [(await before).body, (await after).body] == [b"old", b"new"]
    assert (await subject.get("k", 99, source, tag="t")).body == b"new"
    assert source.loads == 2


async def test_values_of_an_evicted_tag_are_loaded_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(versions, "MAX_TAGS", 2)
    subject, _ = local()
    source = Source()
    for tag in ("a", "b", "c"):
        await subject.get(tag, 99, source, tag=tag)
    assert len(subject._tags._tags) == 2
    await subject.get("a", 99, source, tag="a")
    assert source.loads == 4


async def test_a_hit_does_not_yield_to_the_event_loop():
    subject, _ = local()
    source = Source()
    await subject.get("k", 10, source)
    # A hit never gives up its turn: nothing else runs in between.
    ran: list[int] = []
    asyncio.get_running_loop().call_soon(ran.append, 1)
    for _ in range(100):
        await subject.get("k", 10, source)
    assert ran == []
