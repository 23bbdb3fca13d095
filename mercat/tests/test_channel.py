from __future__ import annotations

import asyncio
import socket
import stat

import pytest

from chassis.testing import eventually
from mercat import channel, hearing
from mercat.channel import Apply
from mercat.refusal import Refusal


@pytest.fixture
async def heard(store):
    """A listening end that remembers the wishes and answers each by its `only`."""
    wishes: list[Apply] = []

    async def handle(wish, tell):
        wishes.append(wish)
        tell("on it")
        if wish.only == ["nobody"]:
            raise Refusal("There is no such service.")
        if wish.only == ["mistake"]:
            raise ZeroDivisionError
        return wish.only

    path = hearing.socket_of(store)
    task = asyncio.create_task(hearing.hear(path, handle))
    await eventually(path.exists)
    yield wishes
    task.cancel()
    await asyncio.wait([task])
    assert not path.exists()


async def ask(store, wish):
    return await asyncio.to_thread(lambda: list(channel.ask(store, wish)))


async def test_a_wish_is_heard_and_what_happens_is_said(store, heard):
    answers = await ask(store, Apply({"CURRENCY": "EUR"}, ["catalog"], force=True, dev={"catalog": True}))
    assert [(answer.word, answer.text, answer.changed) for answer in answers] == [
        ("said", "on it", []),
        ("done", "", ["catalog"]),
    ]
    assert heard == [Apply({"CURRENCY": "EUR"}, ["catalog"], force=True, dev={"catalog": True})]


async def test_only_its_owner_can_open_the_socket(store, heard):
    path = hearing.socket_of(store)
    await eventually(lambda: stat.S_IMODE(path.stat().st_mode) == 0o600)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


async def test_a_refusal_is_one_for_the_command_too(store, heard):
    with pytest.raises(Refusal, match="There is no such service"):
        await ask(store, Apply({}, ["nobody"]))


async def test_a_mistake_of_ours_ends_neither(store, heard):
    with pytest.raises(Refusal, match="ZeroDivisionError"):
        await ask(store, Apply({}, ["mistake"]))
    assert (await ask(store, Apply({}, ["catalog"])))[-1].word == "done"


@pytest.mark.parametrize(
    "nonsense", [b"{}\n", b"nonsense\n", b'{"person": 1}\n', b"\n", b"\xff\n", b'{"person": {}, "x": 1}\n']
)
async def test_nonsense_is_refused_and_the_next_is_heard(store, heard, nonsense):
    def send() -> bytes:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(20)
            line.connect(str(hearing.socket_of(store)))
            line.sendall(nonsense)
            return line.recv(10_000)

    assert b'"refused"' in await asyncio.to_thread(send)
    assert heard == []
    assert (await ask(store, Apply({})))[-1].word == "done"


async def test_who_hangs_up_stops_nothing(store, heard):
    def hang_up() -> None:
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(hearing.socket_of(store)))
            line.sendall(b'{"person": {}, "only": ["catalog"]}\n')

    await asyncio.to_thread(hang_up)
    await eventually(lambda: len(heard) == 1)
    assert (await ask(store, Apply({})))[-1].word == "done"


def test_where_nobody_listens_the_way_out_is_said(store):
    with pytest.raises(Refusal, match=r"does not answer.*mercat down, then .*mercat up"):
        list(channel.ask(store, Apply({})))
