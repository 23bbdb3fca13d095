"""The drill of a failover sees what breaks the promise, and its lines are cut as a network is."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from deploy.drills.failover.relay import Way, relay
from deploy.drills.failover.verdict import Outcome


def outcome(**changes):
    kept = {
        "primary": 20.0,
        "write": 21.0,
        "reads": 200,
        "reads_answered": 199,
        "statuses": Counter({"200": 9, "201": 9, "429 rate-limited": 1, "503 dependency-unavailable": 5}),
        "slowest": 5.0,
        "orders": 9,
        "lost": [],
        "unknown": Counter({"201": 2}),
        "direct": "",
        "books": [],
        "complaints": [],
    }
    return Outcome(**{**kept, **changes})


def test_failover_that_keeps_the_promise_has_no_fault():
    assert outcome().faults() == []


@pytest.mark.parametrize(
    "changes",
    [
        {"lost": ["0190"]},
        {"write": 60.1},
        {"reads_answered": 197},
        {"reads": 0, "reads_answered": 0},
        {"statuses": Counter({"500 internal": 1})},
        {"statuses": Counter({"503 payment-provider-unavailable": 1})},
        {"statuses": Counter({"502": 1})},
        {"statuses": Counter({"ServerDisconnectedError": 1})},
        {"books": ["ledger: off by 1"]},
        {"complaints": ["a purchase ended"]},
    ],
    ids=str,
)
def test_each_breach_of_the_promise_is_one_fault(changes):
    assert len(outcome(**changes).faults()) == 1


@pytest.fixture
async def echo():
    """A way to a server that answers each line by itself, and its connections."""
    connections = []

    async def answer(reader, writer):
        connections.append(writer)
        while line := await reader.readline():
            writer.write(line)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    yield Way(server.sockets[0].getsockname()[1]), connections
    server.close()


async def test_cut_line_is_silent_and_says_all_when_it_is_whole_again(echo):
    way, _ = echo
    async with relay(lambda: way) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"one\n")
        assert await reader.readline() == b"one\n"
        way.open.clear()
        writer.write(b"two\n")
        answer = asyncio.create_task(reader.readline())
        # Another connection begins, and is not answered either: by then the first line would have come back.
        other_reader, other = await asyncio.open_connection("127.0.0.1", port)
        other.write(b"three\n")
        done, _ = await asyncio.wait([answer], timeout=0.2)
        assert not done
        way.open.set()
        assert await answer == b"two\n"
        assert await other_reader.readline() == b"three\n"
        for each in (writer, other):
            each.close()


async def test_new_connections_go_where_the_way_leads_now_and_old_ones_stay(echo):
    way, connections = echo
    nowhere = Way(1)
    leads = [way]
    async with relay(lambda: leads[0]) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"one\n")
        assert await reader.readline() == b"one\n"
        leads[0] = nowhere
        refused, other = await asyncio.open_connection("127.0.0.1", port)
        assert await refused.read() == b""
        writer.write(b"two\n")
        assert await reader.readline() == b"two\n"
        connections[0].close()
        assert await reader.readline() == b""
        assert len(connections) == 1
        for each in (writer, other):
            each.close()
