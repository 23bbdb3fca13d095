"""One PostgreSQL under Patroni on a machine that can be lost, which others reach by lines that can be cut."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from chassis.testing.waiting import eventually
from deploy.drills.failover.relay import Way, relay
from local_servers import child, embedded
from local_servers.ports import free_port

ROOT = Path(__file__).resolve().parents[3]
PATRONI = ROOT / ".venv" / "patroni"
SCOPE, NAMESPACE = "mercat", "/db/"
# The shortest time to live that Patroni takes: a lost primary is replaced after it.
TTL = 20
_PARAMETERS = {"max_connections": 200, "shared_buffers": "64MB", "wal_log_hints": "on", "jit": "off"}


@dataclass
class Node:
    """`clients` is the way from the services. The other machines reach it, and it reaches etcd, while `peers` is set;
    PostgreSQL is reached by its standbys while `standbys` is set.
    """

    name: str
    folder: Path
    password: str
    peers: asyncio.Event = field(default_factory=asyncio.Event)
    standbys: asyncio.Event = field(default_factory=asyncio.Event)
    clients: Way = field(default_factory=lambda: Way(free_port()))
    rest: int = field(default_factory=free_port)
    _patroni: subprocess.Popen[bytes] | None = None

    async def connect(self, etcd: int, stack: AsyncExitStack) -> None:
        """Lay the lines to etcd at this port and from the other machines, and write Patroni's configuration."""
        to = [Way(etcd, self.peers), Way(self.clients.port, self.standbys), Way(self.rest, self.peers)]
        lines = [await stack.enter_async_context(relay(partial(_same, way))) for way in to]
        configuration = self.folder / f"{self.name}.json"
        configuration.write_text(json.dumps(self._configuration(*lines)), encoding="utf-8")
        configuration.chmod(0o600)

    def _configuration(self, etcd: int, postgres: int, rest: int) -> dict[str, Any]:
        shared = {
            "ttl": TTL,
            "loop_wait": 2,
            "retry_timeout": 3,
            "synchronous_mode": "quorum",
            # A primary that ended is not started again first.
            "primary_start_timeout": 0,
            "maximum_lag_on_failover": 1 << 26,
            "postgresql": {"use_pg_rewind": True, "parameters": _PARAMETERS},
        }
        access = ["local all all scram-sha-256", "host all,replication all 127.0.0.1/32 scram-sha-256"]
        roles = {"superuser": "postgres", "replication": "replicator"}
        return {
            "scope": SCOPE,
            "namespace": NAMESPACE,
            "name": self.name,
            "restapi": {"listen": f"127.0.0.1:{self.rest}", "connect_address": f"127.0.0.1:{rest}"},
            # As a proxy: else it would ask etcd for its own address, and pass the line by.
            "etcd3": {"hosts": [f"127.0.0.1:{etcd}"], "use_proxies": True},
            "bootstrap": {
                "dcs": shared,
                "initdb": [
                    {"encoding": "UTF8"},
                    {"locale-provider": "builtin"},
                    {"locale": "C.UTF-8"},
                    "data-checksums",
                ],
            },
            "postgresql": {
                "listen": f"127.0.0.1:{self.clients.port}",
                "connect_address": f"127.0.0.1:{postgres}",
                "data_dir": str(self.folder / self.name),
                "bin_dir": str(Path(embedded.postgres_binary("postgres")).parent),
                "pgpass": str(self.folder / f"{self.name}.pgpass"),
                "pg_hba": access,
                "authentication": {what: {"username": name, "password": self.password} for what, name in roles.items()},
                "parameters": {"unix_socket_directories": str(self.folder)},
            },
        }

    def start(self) -> None:
        """Start Patroni, which starts PostgreSQL. It stops both should this process die."""
        argv = [str(PATRONI / "bin" / "patroni"), str(self.folder / f"{self.name}.json")]
        command = child.command(argv, not_root=True, signal_number=signal.SIGTERM)
        with (self.folder / f"{self.name}.log").open("ab") as log:
            self._patroni = subprocess.Popen(command, stdout=log, stderr=log, cwd=ROOT, env=embedded.environment())

    def postmaster(self) -> int | None:
        """The process id of PostgreSQL; None where it has not started or was stopped in order."""
        try:
            return int((self.folder / self.name / "postmaster.pid").read_text().split()[0])
        except (FileNotFoundError, IndexError, ValueError):
            return None

    def kill_postgres(self, number: int = signal.SIGKILL) -> None:
        """Send the postmaster this signal."""
        pid = self.postmaster()
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def lose(self) -> None:
        """What the loss of the machine is: nobody hears of it any more, and all its processes are gone."""
        self.cut()
        self.clients.open.clear()
        self._kill_patroni()
        pid = self.postmaster()
        children = Path(f"/proc/{pid}/task/{pid}/children")
        processes = [pid, *map(int, children.read_text().split())] if pid is not None and children.exists() else []
        for process in processes:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def come_back(self) -> None:
        """The machine is there again, with its disk."""
        self.start()
        self.heal()

    def cut(self) -> None:
        """The other machines and etcd are not reached, nor do they reach it; the services do."""
        self.peers.clear()
        self.standbys.clear()

    def freeze(self) -> None:
        """As `cut`, and Patroni stands still: PostgreSQL goes on as a primary, and nobody tells it otherwise."""
        self.cut()
        self._signal_patroni(signal.SIGSTOP)

    def heal(self) -> None:
        """All lines are whole, and Patroni runs."""
        self._signal_patroni(signal.SIGCONT)
        for gate in (self.peers, self.standbys, self.clients.open):
            gate.set()

    def _signal_patroni(self, number: int) -> None:
        if self._patroni is not None:
            self._patroni.send_signal(number)

    def _kill_patroni(self) -> None:
        if self._patroni is not None:
            self._patroni.kill()
            self._patroni.wait()

    async def end(self) -> None:
        """End Patroni and PostgreSQL at once: the data goes too."""
        self._kill_patroni()
        pid = self.postmaster()
        self.kill_postgres(signal.SIGQUIT)
        if pid is not None:
            await eventually(lambda: not Path(f"/proc/{pid}").exists(), 30, "the end of PostgreSQL")


def _same(way: Way) -> Way:
    return way
