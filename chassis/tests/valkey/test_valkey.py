import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from prometheus_client import REGISTRY

from chassis.cache import Down, Valkey, valkey
from chassis.cache import client as valkey_client
from chassis.cache.client import Client, NoScript
from chassis.testing.servers import free_port, valkey_server


async def ping(client: Client) -> bool:
    return bool(await client.execute("PING"))


def down() -> float | None:
    return REGISTRY.get_sample_value("valkey_down")


@pytest.fixture
async def shared(valkey_url: str) -> AsyncIterator[Valkey]:
    subject = Valkey(valkey_url, timeout=60)
    yield subject
    await subject.aclose()


async def test_a_command_is_answered(shared: Valkey):
    assert shared.configured
    assert await shared.call(ping)
    assert down() == 0


async def test_without_a_url_there_is_no_client():
    none = Valkey(None)
    assert not none.configured
    with pytest.raises(Down):
        await none.call(ping)
    await none.aclose()


async def test_more_callers_than_connections_wait_for_one(shared: Valkey):
    await shared.call(lambda client: client.execute("SET", "n", 0))
    await asyncio.gather(*(shared.call(lambda client: client.execute("INCR", "n")) for _ in range(200)))
    assert await shared.call(lambda client: client.execute("GET", "n")) == b"200"


async def test_after_an_error_no_command_is_sent_for_a_second():
    port = free_port()
    now = [100.0]
    subject = Valkey(f"redis://127.0.0.1:{port}", timeout=60, clock=lambda: now[0])
    with pytest.raises(Down) as refused:
        await subject.call(ping)
    assert refused.value.__cause__ is not None
    assert down() == 1
    with valkey_server(port):
        with pytest.raises(Down) as not_tried:
            await subject.call(ping)
        assert not_tried.value.__cause__ is None
        now[0] += valkey.PAUSE
        assert await subject.call(ping)
        assert await subject.call(ping)
        assert down() == 0
    await subject.aclose()


async def test_a_server_that_hangs_causes_a_short_timeout():
    async def mute(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await asyncio.sleep(30)
        finally:
            writer.close()

    server = await asyncio.start_server(mute, "127.0.0.1", 0)
    subject = Valkey(f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}", timeout=0.05)
    began = time.monotonic()
    with pytest.raises(Down):
        await subject.call(ping)
    with pytest.raises(Down):
        await subject.call(ping)
    assert time.monotonic() - began < 10
    await subject.aclose()
    server.close()


async def test_more_callers_than_may_wait_decide_locally_and_do_not_count_as_failures(shared: Valkey, monkeypatch):
    assert await shared.call(ping)
    monkeypatch.setattr(valkey_client, "MAX_WAITING", 3)
    answers = await asyncio.gather(*(shared.call(ping) for _ in range(5)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [bool, bool, bool, Down, Down]
    assert await shared.call(ping)
    assert down() == 0


async def test_a_full_server_counts_as_unavailable_for_writes(valkey_url: str):
    with valkey_server() as url:
        subject = Valkey(url, timeout=60)
        await subject.call(lambda client: client.execute("CONFIG", "SET", "maxmemory", "1"))
        with pytest.raises(Down):
            await subject.call(lambda client: client.execute("SET", "a", "b"))
        await subject.aclose()


async def test_a_script_missing_on_the_server_is_reported_to_the_caller(shared: Valkey):
    async def lost(client: Client) -> object:
        return await client.execute("EVALSHA", "0" * 40, 0)

    with pytest.raises(NoScript):
        await shared.call(lost)
    assert await shared.call(ping)


async def test_a_cancelled_call_does_not_count_as_a_failure(shared: Valkey):
    async def never(_client: Client) -> None:
        await asyncio.sleep(60)

    call = asyncio.create_task(shared.call(never))
    await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert await shared.call(ping)
