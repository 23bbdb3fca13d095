"""The load of the drill counts every request that is not answered as it must be."""

from __future__ import annotations

import asyncio
import socket

import pytest
from aiohttp import web

from chassis.testing.waiting import eventually
from deploy.charts import helm
from deploy.drills.load import REQUESTS, Load, Request
from mercat.config import services

READ, WRITE = Request("GET", "/a", 200), Request("POST", "/a", 201, b"{}")


@pytest.fixture
async def edge():
    """An address that answers 200 to all."""

    async def answer(request: web.Request) -> web.Response:
        assert request.headers["Host"] == "shop.example"
        return web.Response()

    app = web.Application()
    app.router.add_route("*", "/a", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_right_answers_are_counted_and_wrong_ones_named(edge):
    load, end = Load(edge, "shop.example", (READ, WRITE)), asyncio.Event()
    running = asyncio.create_task(load.run(end))
    await eventually(lambda: load.right >= 8 and load.wrong.total() >= 8)
    end.set()
    await running
    assert set(load.wrong) == {"POST /a: 200"}


async def test_connection_that_is_refused_is_a_failure():
    with socket.socket() as silent:  # bound, so that nobody else listens there
        silent.bind(("127.0.0.1", 0))
        load = Load(f"http://127.0.0.1:{silent.getsockname()[1]}", "shop.example", (READ,))
        assert dict(await load.once()) == {"GET /a: ClientConnectorError": 1}
    assert load.right == 0


def test_each_service_has_a_read_and_a_request_that_no_edge_sends_again():
    assert set(REQUESTS) == {spec.name for spec in services.discover(helm.ROOT)}
    for requests in REQUESTS.values():
        assert [request.method == "GET" for request in requests] == [True, False]
