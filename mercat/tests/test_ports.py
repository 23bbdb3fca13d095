from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from mercat.config import services
from mercat.config.environment import SUPERVISED_VARIABLE
from mercat.installation import CommandError
from mercat.installation.installation import PORTS
from mercat.stack.ports import check_free, is_taken, listeners
from mercat.tests.conftest import ROOT


def test_listening_port_is_taken_and_another_is_free(free_port, taken_port):
    assert not is_taken(free_port)
    assert is_taken(taken_port)


def test_port_with_an_ipv6_listener_is_taken():
    with socket.socket(socket.AF_INET6) as other:
        other.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        other.bind(("::1", 0))
        other.listen()
        assert is_taken(other.getsockname()[1])


def test_port_with_a_listener_on_all_addresses_is_taken():
    with socket.socket() as other:
        other.bind(("0.0.0.0", 0))
        other.listen()
        assert is_taken(other.getsockname()[1])


def test_port_in_time_wait_is_free(free_port):
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", free_port))
        server.listen()
        with socket.create_connection(("127.0.0.1", free_port)) as client:
            accepted, _ = server.accept()
            accepted.close()  # the side that closes first is left in TIME_WAIT
            assert client.recv(1) == b""
    assert not is_taken(free_port)


def test_listening_process_is_named(taken_port, free_port):
    found = listeners([taken_port, free_port])
    assert set(found) == {taken_port}
    assert found[taken_port].endswith(f"(process {os.getpid()})")


def test_taken_ports_are_refused_with_processes_and_solution(taken_port, free_port):
    with pytest.raises(CommandError) as error:
        check_free([(free_port, "portal"), (taken_port, "http")], offset=0)
    told = str(error.value)
    assert f"Port {taken_port} (http) is taken by" in told
    assert f"process {os.getpid()}" in told
    assert str(free_port) not in told
    assert "--port-offset 100" in told
    assert "MERCAT_PORT_OFFSET" in told


def test_free_ports_are_accepted(free_port):
    check_free([(free_port, "portal")], offset=0)


def test_suggested_offset_is_above_the_current_one(taken_port):
    with pytest.raises(CommandError, match="--port-offset 400"):
        check_free([(taken_port, "http")], offset=300)
    with pytest.raises(CommandError, match=r"--port-offset [1-9]00\b"):
        check_free([(taken_port, "http")], offset=1700)


def test_process_of_another_store_is_named_with_its_folder():
    code = (
        "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen();"
        "print(s.getsockname()[1], flush=True); input()"
    )
    env = {**os.environ, SUPERVISED_VARIABLE: "/some/where"}
    argv = [sys.executable, "-c", code]
    with subprocess.Popen(argv, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        port = int(other.stdout.readline())
        assert listeners([port])[port].endswith(f"(process {other.pid}, of the store in /some/where)")
        other.communicate("\n", timeout=60)


def test_no_two_ports_of_a_store_have_the_same_last_two_digits():
    first = [spec.port for spec in services.discover(ROOT)]
    used = [*PORTS.values(), *first, *(port + services.REPLICA_PORT_STEP for port in first)]
    assert len({port % 100 for port in used}) == len(used)
