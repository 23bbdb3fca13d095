from __future__ import annotations

import asyncio
import socket
import stat

import pytest

from chassis.testing import eventually
from mercat.installation import CommandError
from mercat.stack import control_server
from mercat.stack.control_client import request_apply
from mercat.stack.control_protocol import ApplyRequest, socket_path


@pytest.fixture
async def received(installation):
    """A listening end that remembers the requests and answers each by its `only`."""
    requests: list[ApplyRequest] = []

    async def handle(request, report):
        requests.append(request)
        report("on it")
        if request.only == ["nobody"]:
            raise CommandError("There is no such service.")
        if request.only == ["mistake"]:
            raise ZeroDivisionError
        return request.only

    path = socket_path(installation)
    task = asyncio.create_task(control_server.serve(path, handle))
    await eventually(path.exists)
    yield requests
    task.cancel()
    await asyncio.wait([task])
    assert not path.exists()


async def ask(installation, request):
    return await asyncio.to_thread(lambda: list(request_apply(installation, request)))


async def test_request_is_received_and_progress_is_sent(installation, received):
    events = await ask(installation, ApplyRequest({"CURRENCY": "EUR"}, ["catalog"], force=True, dev={"catalog": True}))
    assert [(event.kind, event.text, event.changed) for event in events] == [
        ("progress", "on it", []),
        ("done", "", ["catalog"]),
    ]
    assert received == [ApplyRequest({"CURRENCY": "EUR"}, ["catalog"], force=True, dev={"catalog": True})]


async def test_socket_is_accessible_by_owner_only(installation, received):
    path = socket_path(installation)
    await eventually(lambda: stat.S_IMODE(path.stat().st_mode) == 0o600)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


async def test_refusal_is_raised_in_the_command(installation, received):
    with pytest.raises(CommandError, match="There is no such service"):
        await ask(installation, ApplyRequest({}, ["nobody"]))


async def test_error_in_the_handler_is_reported_and_the_server_goes_on(installation, received):
    with pytest.raises(CommandError, match="ZeroDivisionError"):
        await ask(installation, ApplyRequest({}, ["mistake"]))
    assert (await ask(installation, ApplyRequest({}, ["catalog"])))[-1].kind == "done"


@pytest.mark.parametrize(
    "nonsense",
    [b"{}\n", b"nonsense\n", b'{"user_settings": 1}\n', b"\n", b"\xff\n", b'{"user_settings": {}, "x": 1}\n'],
)
async def test_invalid_request_is_refused_and_the_next_is_accepted(installation, received, nonsense):
    def send() -> bytes:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(20)
            line.connect(str(socket_path(installation)))
            line.sendall(nonsense)
            return line.recv(10_000)

    assert b'"refused"' in await asyncio.to_thread(send)
    assert received == []
    assert (await ask(installation, ApplyRequest({})))[-1].kind == "done"


async def test_disconnected_client_does_not_stop_the_server(installation, received):
    def hang_up() -> None:
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(socket_path(installation)))
            line.sendall(b'{"user_settings": {}, "only": ["catalog"]}\n')

    await asyncio.to_thread(hang_up)
    await eventually(lambda: len(received) == 1)
    assert (await ask(installation, ApplyRequest({})))[-1].kind == "done"


def test_without_a_server_the_error_says_what_to_do(installation):
    with pytest.raises(CommandError, match=r"does not answer.*mercat down, then .*mercat up"):
        list(request_apply(installation, ApplyRequest({})))
