"""The Valkey of deploy/charts/data, started with what the chart renders: set as on AWS, open to the services alone."""

from __future__ import annotations

import re
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from chassis.testing.servers import child_process
from chassis.testing.waiting import wait_until
from deploy.charts import helm
from deploy.charts.tests.data import data, one
from local_servers import embedded

TERRAFORM = helm.ROOT / "deploy" / "terraform" / "modules" / "cache"
SIGNED_IN = "AUTH mercat of-valkey_password"


@pytest.fixture(scope="module")
def rendered() -> tuple[str, str]:
    """Its settings and its users."""
    objects = data()
    return one(objects, "ConfigMap")["data"]["valkey.conf"], one(objects, "Secret", "valkey")["stringData"]["users.acl"]


@pytest.fixture
def server(rendered: tuple[str, str]) -> Iterator[str]:
    """The socket of a server with these settings, which otherwise differ in their paths alone."""
    with tempfile.TemporaryDirectory(prefix="valkey-") as folder:
        settings = rendered[0].replace("/run/valkey", folder).replace("dir /tmp", f"dir {folder}")
        (Path(folder) / "users.acl").write_text(rendered[1])
        file, path = Path(folder) / "valkey.conf", f"{folder}/s"
        file.write_text(settings.replace("port 6379", f"port 0\nunixsocket {path}"))
        with child_process([embedded.valkey_binary(), str(file)], env=embedded.environment()):
            wait_until(lambda: _answers(path))
            yield path


def test_it_is_set_as_on_aws(rendered: tuple[str, str]) -> None:
    policy = re.search(r'"maxmemory-policy"\s+value = "(\S+)"', (TERRAFORM / "main.tf").read_text(encoding="utf-8"))
    rights = re.search(r'"on (~\* .*?)"', (TERRAFORM / "access.tf").read_text(encoding="utf-8"))
    assert policy
    assert rights
    assert f"maxmemory-policy {policy[1]}" in rendered[0]
    assert f"mercat on >of-valkey_password {rights[1]}" in rendered[1]
    watching = re.search(r'"on (resetkeys .*?)"', (TERRAFORM / "access.tf").read_text(encoding="utf-8"))
    assert watching
    assert f"monitor on >of-valkey_monitor_password {watching[1]}" in rendered[1]
    assert {'save ""', "appendonly no", "maxmemory 64mb"} <= set(rendered[0].splitlines())


def test_it_answers_the_services_user_and_nobody_else(server: str) -> None:
    assert b"NOAUTH" in _asked(server, "GET a")
    assert b"WRONGPASS" in _asked(server, "AUTH mercat guess")
    assert _asked(server, SIGNED_IN, "SET a b", "GET a") == b"+OK\r\n+OK\r\n$1\r\nb\r\n"
    for command in ("FLUSHALL", "CONFIG GET save", "KEYS *"):
        assert b"NOPERM" in _asked(server, SIGNED_IN, command)


def test_the_exporters_user_sees_how_full_it_is_and_no_key(server: str) -> None:
    watching = "AUTH monitor of-valkey_monitor_password"
    assert b"used_memory:" in _asked(server, watching, "INFO")
    for command in ("GET a", "SET a b", "KEYS *", "CONFIG GET save", "CLIENT KILL TYPE normal"):
        assert b"NOPERM" in _asked(server, watching, command)


def _asked(path: str, *commands: str) -> bytes:
    """What is answered until the server has closed the connection."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(20)
        connection.connect(path)
        connection.sendall("".join(f"{command}\r\n" for command in commands).encode())
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(4096), b""))


def _answers(path: str) -> bool:
    try:
        return b"NOAUTH" in _asked(path, "GET a")
    except OSError:
        return False
