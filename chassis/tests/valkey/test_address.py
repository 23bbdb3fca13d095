from __future__ import annotations

import ssl
import subprocess
import tempfile
from pathlib import Path

import pytest

from chassis.cache.address import Address
from chassis.cache.client import Client, CommandError
from chassis.testing.servers import child_process, free_port, valkey_server
from chassis.testing.waiting import wait_until
from local_servers import embedded


@pytest.mark.parametrize(
    ("url", "host", "port", "path", "greeting"),
    [
        ("valkey://", "localhost", 6379, "", ()),
        ("redis://cache.test:7000/3", "cache.test", 7000, "", (("SELECT", "3"),)),
        ("redis://cache.test/?db=2", "cache.test", 6379, "", (("SELECT", "2"),)),
        ("valkey://:p%2Fw%40@[::1]:1/0", "::1", 1, "", (("AUTH", "p/w@"),)),
        ("valkey://me:pw@h/1", "h", 6379, "", (("AUTH", "me", "pw"), ("SELECT", "1"))),
        ("unix:///run/v%20k.sock?db=4", "localhost", 6379, "/run/v k.sock", (("SELECT", "4"),)),
        ("unix://me:pw@/run/vk.sock", "localhost", 6379, "/run/vk.sock", (("AUTH", "me", "pw"),)),
    ],
)
def test_an_address_is_read(url: str, host: str, port: int, path: str, greeting: tuple[tuple[str, ...], ...]):
    address = Address.of(url)
    assert (address.host, address.port, address.path, address.greeting) == (host, port, path, greeting)
    assert address.tls is None


@pytest.mark.parametrize(
    "url",
    [
        "http://:secret@h",
        "valkey://:secret@h:port",
        "valkey://:secret@h:99999",
        "valkey://:sec/ret@h",
        "valkey://:secret@h/one",
        "valkey://:secret@h?ssl_cert_reqs=none",
        "valkeys://:secret@h?ssl_check_hostnme=false",
        "valkey://:secret@h?db",
    ],
)
def test_what_cannot_be_read_is_refused_without_telling_the_password(url: str):
    with pytest.raises(ValueError, match="VALKEY_URL") as refused:
        Address.of(url)
    assert "sec" not in str(refused.value)


@pytest.mark.parametrize(
    ("query", "verifies", "names"),
    [
        ("", True, True),
        ("?ssl_check_hostname=true", True, True),
        ("?ssl_check_hostname=False", True, False),
        ("?ssl_cert_reqs=required", True, True),
        ("?ssl_cert_reqs=none", False, False),
    ],
)
@pytest.mark.parametrize("scheme", ["valkeys", "rediss"])
def test_tls_verifies_chain_and_name_unless_it_is_told_not_to(scheme: str, query: str, *, verifies: bool, names: bool):
    tls = Address.of(f"{scheme}://h{query}").tls
    assert tls is not None
    assert tls.verify_mode == (ssl.CERT_REQUIRED if verifies else ssl.CERT_NONE)
    assert tls.check_hostname is names


async def test_it_signs_in_and_chooses_the_database():
    with valkey_server() as url:
        control = Client(url, timeout=60)
        await control.execute("ACL", "SETUSER", "mercat", "on", ">p/w", "~*", "+@all")
        await control.execute("CONFIG", "SET", "requirepass", "own")
        address = url.removeprefix("redis://").removesuffix("/0")
        user = Client(f"valkey://mercat:p%2Fw@{address}/5", timeout=60)
        assert await user.execute("ACL", "WHOAMI") == b"mercat"
        assert b" db=5 " in await user.execute("CLIENT", "INFO")
        for wrong in (f"valkey://mercat:no@{address}", f"valkey://{address}", f"valkey://:own@{address}/99"):
            client = Client(wrong, timeout=60)
            for _ in range(2):
                with pytest.raises(CommandError, match=r"WRONGPASS|NOAUTH|out of range"):
                    await client.execute("GET", "a")
            await client.aclose()
        await user.aclose()
        await control.aclose()


async def test_a_unix_socket_is_reached():
    with tempfile.TemporaryDirectory(prefix="mercat-vk-") as folder:
        socket = Path(folder, "vk.sock")
        argv = embedded.valkey_command(free_port(), folder=Path(folder), socket=socket)
        with child_process(argv, stdout=subprocess.DEVNULL):
            wait_until(socket.exists, what="the socket")
            client = Client(f"unix://{socket}?db=1", timeout=60)
            assert await client.execute("PING") == b"PONG"
            await client.aclose()
            with pytest.raises(FileNotFoundError):
                await Client(f"unix://{folder}/none", timeout=60).execute("PING")
