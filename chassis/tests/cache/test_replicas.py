import asyncio

from chassis.cache import Cache, Valkey, versions
from chassis.testing import eventually
from chassis.testing.servers import free_port, valkey_server
from chassis.tests.auth.support import Clock
from chassis.tests.cache.support import Source, looks
from chassis.tests.nonsense import nonsense


class Replicas:
    """Two processes' caches on one Valkey and one clock."""

    def __init__(self, valkey: Valkey) -> None:
        self.clock = Clock()
        self.one = Cache(valkey, "catalog", clock=self.clock)
        self.two = Cache(valkey, "catalog", clock=self.clock)
        self.source = Source(b"1")

    async def read(self, replica: Cache) -> bytes:
        return (await replica.get("k", 999, self.source, tag="t")).body


async def test_a_hit_costs_no_round_trip(valkey: Valkey):
    replicas = Replicas(valkey)
    await replicas.read(replicas.one)
    before = looks()
    for _ in range(100):
        await replicas.read(replicas.one)
    assert looks() == before


async def test_another_replica_sees_a_change_within_two_seconds(valkey: Valkey):
    replicas = Replicas(valkey)
    await replicas.read(replicas.one)
    await replicas.read(replicas.two)
    replicas.source.value = b"2"
    await replicas.one.invalidate("t")
    assert await replicas.read(replicas.one) == b"2"
    assert await replicas.read(replicas.two) == b"1"
    replicas.clock.at += 2
    assert await replicas.read(replicas.two) == b"2"


async def test_versions_are_checked_after_the_answer_at_most_once_a_second(valkey: Valkey):
    replicas = Replicas(valkey)
    await replicas.read(replicas.two)
    replicas.source.value = b"2"
    await replicas.one.invalidate("t")
    replicas.clock.at += versions.FRESH
    before = looks()
    assert await replicas.read(replicas.two) == b"1"
    await asyncio.gather(*(replicas.read(replicas.two) for _ in range(50)))
    await eventually(lambda: looks() > before)

    async def changed() -> bool:
        return await replicas.read(replicas.two) == b"2"

    await eventually(changed)
    assert looks() == before + 1


async def test_an_own_invalidation_causes_one_load_only(valkey: Valkey):
    replicas = Replicas(valkey)
    await replicas.read(replicas.one)
    await replicas.one.invalidate("t")
    await replicas.read(replicas.one)
    replicas.clock.at += 5
    await replicas.read(replicas.one)
    assert replicas.source.loads == 2


async def test_many_tags_are_checked_in_one_command(valkey: Valkey):
    subject = Cache(valkey, "catalog")
    source = Source()
    before = looks()
    await asyncio.gather(*(subject.get(f"k{n}", 99, source, tag=f"t{n}") for n in range(50)))
    assert source.loads == 50
    assert looks() == before + 1


async def test_a_flush_of_valkey_expires_cached_values(valkey: Valkey):
    replicas = Replicas(valkey)
    await replicas.read(replicas.one)
    await valkey.call(lambda client: client.execute("FLUSHALL"))
    replicas.source.value = b"2"
    replicas.clock.at += 2
    assert await replicas.read(replicas.one) == b"2"
    assert len(await valkey.call(lambda client: client.execute("KEYS", "tag:catalog:*"))) == 1


async def test_without_valkey_own_invalidations_work_and_the_ttl_limits_others():
    now = Clock()
    subject = Cache(Valkey(f"redis://127.0.0.1:{free_port()}"), "catalog", clock=now)
    source = Source()
    failed = looks("failed")
    assert (await subject.get("k", 5, source, tag="t")).body == b"1"
    assert looks("failed") == failed + 1
    source.value = b"2"
    await subject.invalidate("t")
    assert (await subject.get("k", 5, source, tag="t")).body == b"2"
    source.value = b"3"
    now.at += 4
    assert (await subject.get("k", 5, source, tag="t")).body == b"2"
    now.at += 1
    assert (await subject.get("k", 5, source, tag="t")).body == b"3"


async def test_when_the_server_is_back_changes_are_seen_again():
    port = free_port()
    now = Clock()
    shared = Valkey(f"redis://127.0.0.1:{port}", clock=now, timeout=60)
    subject, other = (Cache(shared, "catalog", clock=now) for _ in range(2))
    source = Source()

    async def read(of: Cache) -> bytes:
        return (await of.get("k", 999, source, tag="t")).body

    await read(subject)
    with valkey_server(port):
        now.at += 2
        await read(subject)
        source.value = b"2"
        await other.invalidate("t")
        now.at += 2
        assert await read(subject) == b"2"
    await shared.aclose()


async def test_an_invalid_answer_of_valkey_keeps_the_known_versions():
    port = free_port()
    now = Clock()
    shared = Valkey(f"redis://127.0.0.1:{port}", clock=now, timeout=60)
    subject, other = (Cache(shared, "catalog", clock=now) for _ in range(2))
    source = Source()

    async def read(of: Cache) -> bytes:
        return (await of.get("k", 999, source, tag="t")).body

    async with asyncio.timeout(60):
        async with nonsense(port):
            assert await read(subject) == b"1"
            now.at += 2
            assert await read(subject) == b"1"
        with valkey_server(port):
            now.at += 2
            await read(subject)
            source.value = b"2"
            await other.invalidate("t")
            now.at += 2
            assert await read(subject) == b"2"
    await shared.aclose()


async def test_a_cancelled_version_check_does_not_fail_the_reader(valkey: Valkey):
    replicas = Replicas(valkey)
    await replicas.read(replicas.one)
    for _ in range(2):
        replicas.clock.at += 5
        reading = asyncio.create_task(replicas.read(replicas.one))
        await asyncio.sleep(0)
        for task in asyncio.all_tasks() - {asyncio.current_task(), reading}:
            task.cancel()
        async with asyncio.timeout(60):
            assert await reading == b"1"
