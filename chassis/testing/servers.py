"""PostgreSQL and Valkey for one test session: in a temporary folder, gone with it, never a developer's own."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from chassis.testing.waiting import wait_until
from local_servers import embedded
from local_servers.ports import free_port

__all__ = ["answers", "child_process", "free_port", "postgres_server", "valkey_server"]


def answers(port: int) -> bool:
    """Whether something accepts connections at this loopback port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def child_process(
    argv: list[str], *, stop: int = signal.SIGTERM, patience: float = 20, **options: object
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends with the block: asked by `stop`, and killed `patience` seconds later."""
    process = subprocess.Popen(argv, **options)  # type: ignore[call-overload]  # passed on
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(stop)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def postgres_server(*, durable: bool = False, password: str | None = None) -> Iterator[embedded.Postgres]:
    """A cluster that trusts local connections through a closed socket folder, or asks for passwords if the superuser
    gets one; not `durable`: it does not wait for the disk.
    """
    folder = Path(tempfile.mkdtemp(prefix="mercat-pg-"))
    server = embedded.Postgres(folder / "data", folder, port=5432)
    try:
        server.initialise(durable=durable, password=password)
        quick = {} if durable else {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        # Tests count what is written: nothing is by itself.
        quick |= {} if durable else {"autovacuum": "off"}
        with (folder / "log").open("wb") as log:
            argv = server.command(**quick, max_connections=300)
            with child_process(argv, stop=signal.SIGQUIT, stdout=log, stderr=log, env=embedded.environment()):
                ready = [embedded.postgres_binary("pg_isready"), "-q", "-h", str(folder), "-p", "5432"]
                wait_until(lambda: subprocess.run(ready, check=False).returncode == 0, what="PostgreSQL")
                yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def valkey_server(port: int | None = None) -> Iterator[str]:
    """A Valkey of its own; its URL."""
    port = port or free_port()
    with tempfile.TemporaryDirectory(prefix="mercat-vk-") as folder:
        argv = embedded.valkey_command(port, folder=Path(folder))
        with child_process(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
            wait_until(lambda: answers(port), what="Valkey")
            yield f"redis://127.0.0.1:{port}/0"
