"""The installation of a store on this machine: its folders, its ports, and the settings of its user."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mercat.installation.errors import CommandError

# Ports without the offset. Those of the services are in their service.yaml. All are below the ephemeral ports of Linux,
# which outgoing connections may hold when the store starts.
PORTS = {
    "https": 8443,
    "http": 8080,
    "edge": 8090,
    "stripe_double": 8005,
    "portal": 8006,
    "error_page": 8007,
    "smtp": 1025,
    "postgres": 15432,
    "valkey": 26379,
    # Those of `up --observe`.
    "prometheus": 9091,
    "alertmanager": 9093,
    "postgres_exporter": 9187,
    "redis_exporter": 9121,
    "books": 8009,
}
FIRST_EPHEMERAL_PORT = 32_768
MAX_OFFSET = FIRST_EPHEMERAL_PORT - 1 - max(PORTS.values())
MAX_REPLICAS = 8
MIN_RESTART_SECONDS, MAX_RESTART_SECONDS = 0.1, 3600
# A socket's path may be about 104 bytes on macOS and 108 on Linux; PostgreSQL's file name takes 16.
_MAX_SOCKET_FOLDER_BYTES = 84
_UNSAFE_IN_SOCKET_PATH = frozenset(",'\"\\\n")


@dataclass(frozen=True, slots=True)
class Installation:
    """Where a store is and how its user has set it up.

    `root` is the project's folder, `state` the folder of all data. `user_settings` are the environment variables,
    over the file .env. `offset` is added to every port; `replicas` run of each service.
    `dotenv_names` are the names in .env, and "line 3" for a line without a name. `restart_seconds`: the longest pause
    before a process that ended is started again.
    """

    root: Path
    state: Path
    user_settings: Mapping[str, str]
    offset: int = 0
    replicas: int = 1
    dotenv_names: tuple[str, ...] = ()
    restart_seconds: float = 10.0

    def port(self, name: str) -> int:
        """The port of a process in `PORTS`, with the offset."""
        return PORTS[name] + self.offset

    def url(self, name: str) -> str:
        """`http://127.0.0.1:PORT` of a process in `PORTS`."""
        return f"http://127.0.0.1:{self.port(name)}"

    @property
    def run(self) -> Path:
        """The folder of files that are needed only while the store runs."""
        return self.state / "run"

    @property
    def logs(self) -> Path:
        """The folder of log files, one for each process."""
        return self.state / "logs"

    @property
    def keys(self) -> Path:
        """The folder of keys and passwords."""
        return self.state / "keys"

    @property
    def certificates(self) -> Path:
        """The folder of the certificate authority and the server certificate."""
        return self.state / "certificates"

    @property
    def mail(self) -> Path:
        """The folder of caught mails."""
        return self.state / "mail"

    @property
    def media(self) -> Path:
        """The folder of product images."""
        return self.state / "media"

    @property
    def seeded_marker(self) -> Path:
        """A file that exists if the demo shop was loaded, or is not wanted; removed with the data."""
        return self.state / "seeded"

    @property
    def observed_marker(self) -> Path:
        """A file that exists if the store is observed (`up --observe`); removed with the data."""
        return self.state / "observed"

    def restored_marker(self, service: str) -> Path:
        """A file that exists until a service has done what is due after a restore; it holds the restored moment."""
        return self.state / "restored" / service

    @property
    def before_restore(self) -> Path:
        """The folder to which `restore` moves the state that it replaces."""
        return self.state.with_name(f"{self.state.name}.before-restore")

    @property
    def public_url(self) -> str:
        """The public address of the store, without a slash at its end."""
        return self.user_settings.get("PUBLIC_URL", f"http://localhost:{self.port('http')}").rstrip("/")

    @property
    def sockets(self) -> Path:
        """A folder for sockets that only its owner can enter: `run`, or one in /tmp if that path is too long."""
        if len(os.fsencode(self.run)) <= _MAX_SOCKET_FOLDER_BYTES and not _UNSAFE_IN_SOCKET_PATH & set(str(self.run)):
            return self.run
        name = hashlib.sha256(os.fsencode(self.state)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"mercat-{os.getuid()}-{name}"

    def make_folders(self) -> None:
        """Create the folders, with access for the owner only.

        Raises:
            CommandError: a folder belongs to another user or cannot be created.
        """
        try:
            for folder in (self.state, self.run, self.logs, self.keys, self.certificates, self.mail, self.media):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _require_private(self.state)
            self.sockets.mkdir(mode=0o700, exist_ok=True)
            _require_private(self.sockets)
        except OSError as error:
            raise CommandError(
                f"The store's folder {self.state} cannot be used: {error.strerror} ({error.filename}). "
                "Run as the user who made it, or name another folder with MERCAT_STATE."
            ) from error


def _require_private(folder: Path) -> None:
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise CommandError(
            f"{folder} belongs to another user. Run as that user, or name another folder with MERCAT_STATE."
        )
    if stat.S_IMODE(found.st_mode) & 0o077:
        folder.chmod(0o700)


def locate(*, offset: int | None = None, replicas: int = 1) -> Installation:
    """The installation of this project, from the environment and the file .env.

    Raises:
        CommandError: the port offset, the number of replicas or the pause before a restart is out of range.
    """
    root = Path(__file__).resolve().parents[2]
    dotenv = read_dotenv(root / ".env")
    user_settings = {**dotenv, **os.environ}
    state = Path(user_settings.get("MERCAT_STATE") or root / ".mercat").expanduser().absolute()
    if offset is None:
        offset = _number(user_settings.get("MERCAT_PORT_OFFSET") or "0", "MERCAT_PORT_OFFSET")
    if not 0 <= offset <= MAX_OFFSET:
        raise CommandError(f"The port offset must be between 0 and {MAX_OFFSET}, not {offset}.")
    if not 1 <= replicas <= MAX_REPLICAS:
        raise CommandError(f"--replicas must be between 1 and {MAX_REPLICAS}, not {replicas}.")
    restart = _restart_seconds(user_settings.get("MERCAT_RESTART_SECONDS") or "10")
    names = (*dotenv, *malformed_lines(root / ".env"))
    return Installation(root, state, user_settings, offset, replicas, names, restart)


def _number(text: str, name: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise CommandError(f"{name} must be a whole number, not {text!r}.") from None


def _restart_seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not MIN_RESTART_SECONDS <= seconds <= MAX_RESTART_SECONDS:
        least, most = MIN_RESTART_SECONDS, MAX_RESTART_SECONDS
        raise CommandError(f"MERCAT_RESTART_SECONDS must be a number between {least} and {most}, not {text!r}.")
    return seconds


def read_dotenv(path: Path) -> dict[str, str]:
    """The values of a .env file by name; a missing file has none. Comments, `export` and quotes are supported.

    Raises:
        CommandError: the file cannot be read.
    """
    return {name: _unquoted(value.strip()) for _, name, value in _assignments(path) if name.isidentifier()}


def malformed_lines(path: Path) -> list[str]:
    """The lines of a .env file that are neither empty, nor a comment, nor NAME=value; each as "line 3"."""
    return [f"line {number}" for number, name, _ in _assignments(path) if not name.isidentifier()]


def _assignments(path: Path) -> Iterator[tuple[int, str, str]]:
    """Number, name and value of each line that is not empty and no comment. The name is empty if there is no "="."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}. It must be a text file in UTF-8.") from None
    for number, line in enumerate(lines, 1):
        content = line.strip().removeprefix("export ")
        if content and not content.startswith("#"):
            name, separator, value = content.partition("=")
            yield number, name.strip() if separator else "", value


def _unquoted(value: str) -> str:
    quoted = re.fullmatch(r"""(['"])(.*?)\1(\s+#.*)?""", value)
    return quoted[2] if quoted else value.split(" #", 1)[0].rstrip()
