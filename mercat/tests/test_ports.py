from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from mercat.environment import MARK
from mercat.ports import check_free, holders, is_taken
from mercat.refusal import Refusal


def test_a_free_port_is_free_and_a_taken_one_is_not(free_port, taken_port):
    assert not is_taken(free_port)
    assert is_taken(taken_port)


def test_one_held_by_ipv6_alone_is_taken():
    with socket.socket(socket.AF_INET6) as other:
        other.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        other.bind(("::1", 0))
        other.listen()
        assert is_taken(other.getsockname()[1])


def test_one_held_on_all_addresses_is_taken():
    with socket.socket() as other:
        other.bind(("0.0.0.0", 0))
        other.listen()
        assert is_taken(other.getsockname()[1])


def test_the_rest_of_a_closed_connection_does_not_count(free_port):
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", free_port))
        server.listen()
        with socket.create_connection(("127.0.0.1", free_port)) as client:
            accepted, _ = server.accept()
            accepted.close()  # the side that closes first is left in TIME_WAIT
            assert client.recv(1) == b""
    assert not is_taken(free_port)


def test_the_holder_is_named(taken_port, free_port):
    found = holders([taken_port, free_port])
    assert set(found) == {taken_port}
    assert found[taken_port].endswith(f"(process {os.getpid()})")


def test_every_taken_port_is_named_with_its_holder_and_the_way_out(taken_port, free_port):
    with pytest.raises(Refusal) as refusal:
        check_free([(free_port, "portal"), (taken_port, "http")], offset=0)
    told = str(refusal.value)
    assert f"Port {taken_port} (http) is taken by" in told
    assert f"process {os.getpid()}" in told
    assert str(free_port) not in told
    assert "--port-offset 100" in told
    assert "MERCAT_PORT_OFFSET" in told


def test_free_ports_are_no_refusal(free_port):
    check_free([(free_port, "portal")], offset=0)


def test_the_suggestion_goes_on_from_the_offset_in_use(taken_port):
    with pytest.raises(Refusal, match="--port-offset 400"):
        check_free([(taken_port, "http")], offset=300)
    with pytest.raises(Refusal, match=r"--port-offset [1-9]00\b"):
        check_free([(taken_port, "http")], offset=1700)


def test_a_holder_of_another_store_is_named_with_its_folder():
    code = (
        "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen();"
        "print(s.getsockname()[1], flush=True); input()"
    )
    env = {**os.environ, MARK: "/some/where"}
    argv = [sys.executable, "-c", code]
    with subprocess.Popen(argv, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        port = int(other.stdout.readline())
        assert holders([port])[port].endswith(f"(process {other.pid}, of the store in /some/where)")
        other.communicate("\n", timeout=60)
