from __future__ import annotations

import socket
import subprocess
import sys

from local_servers import ports

CHOSEN = "from local_servers.ports import *; print(*(free_port() for _ in range(5)), flush=True); input()"
HELD = "import sys; from local_servers.ports import hold; print(hold(int(sys.argv[1])))"


def test_processes_never_choose_the_same_port():
    argv = [sys.executable, "-c", CHOSEN]
    others = [subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    chosen = [ports.free_port() for _ in range(5)]
    for other in others:
        assert other.stdout is not None
        chosen += map(int, other.stdout.readline().split())
    for other in others:
        other.communicate("\n")
    assert len(set(chosen)) == 20


def test_chosen_port_can_be_bound():
    with socket.socket() as server:
        server.bind(("127.0.0.1", ports.free_port()))


def test_number_is_held_by_one_process():
    number = next(number for number in range(66) if ports.hold(number))
    other = subprocess.run([sys.executable, "-c", HELD, str(number)], capture_output=True, text=True, check=True)
    assert other.stdout == "False\n"
    assert not ports.hold(number)
