"""What connects to addresses of strangers, and what their name servers hold up."""

from __future__ import annotations

import asyncio
import socket
import threading
from ipaddress import ip_network
from typing import Any

import aiohttp
import pytest

from chassis.http.public_connector import THREADS, PublicConnector, RefusedAddress
from chassis.testing import eventually
from chassis.tests.http.support import Replica, answering


async def test_a_name_server_that_hangs_holds_one_thread_and_none_of_the_loop(monkeypatch: pytest.MonkeyPatch):
    asked: list[str] = []
    over = threading.Event()

    def hangs(host: str, *_: Any, **__: Any) -> Any:
        asked.append(host)
        over.wait(30)
        raise socket.gaierror("no answer")

    monkeypatch.setattr(socket, "getaddrinfo", hangs)
    names = [f"{number}.hangs.test" for number in range(THREADS // 2)]
    async with aiohttp.ClientSession(connector=PublicConnector(ports=[80], networks=[])) as session:
        waiting = [asyncio.create_task(session.get(f"http://{name}/")) for name in names * 4]
        try:

            async def are_asked() -> bool:
                return len(asked) >= len(names)

            await eventually(are_asked, what="the lookups")
            # Who gives up and comes again waits for the lookup that still hangs.
            waiting[0].cancel()
            waiting.append(asyncio.create_task(session.get(f"http://{names[0]}/")))
            await asyncio.wait_for(asyncio.to_thread(lambda: None), 10)
        finally:
            over.set()
        ended = await asyncio.gather(*waiting, return_exceptions=True)
    assert sorted(asked) == sorted(names)
    assert isinstance(ended[0], asyncio.CancelledError)
    assert {type(each) for each in ended[1:]} == {aiohttp.ClientConnectorDNSError}


async def test_names_are_looked_up_as_the_system_has_them_and_refused_without_their_address():
    connector = PublicConnector(ports=[80], networks=[])
    async with aiohttp.ClientSession(connector=connector) as session:
        with pytest.raises(Exception, match="its address is not public") as refused:
            await session.get("http://localhost/")
    assert "127" not in str(refused.value)


async def test_a_name_that_turns_is_looked_at_anew_for_each_connection(monkeypatch: pytest.MonkeyPatch):
    """DNS rebinding: what the name said at the connection before does not count."""
    turns = iter(["127.0.0.1", "127.0.0.2", "127.0.0.1"])
    looked = socket.getaddrinfo

    def turning(host: str, port: int, *more: Any, **options: Any) -> Any:
        return looked(next(turns) if host == "turns.test" else host, port, *more, **options)

    monkeypatch.setattr(socket, "getaddrinfo", turning)
    async with Replica(answering(204)).running() as outside:
        port = int(outside.url.rpartition(":")[2])
        connector = PublicConnector(ports=[port], networks=[ip_network("127.0.0.1/32")])
        async with aiohttp.ClientSession(connector=connector) as session:
            told = []
            for _ in range(3):
                try:
                    async with session.post(f"http://turns.test:{port}/") as answer:
                        told.append(answer.status)
                except RefusedAddress:
                    told.append(0)
        assert (told, len(outside.seen)) == ([204, 0, 204], 2)
