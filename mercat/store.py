"""One store on this machine: the folder of its state, its ports, and the choices of the person who runs it."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mercat.refusal import Refusal

# Each has the port offset added. The services' own ports come from their service.yaml. All stay below those that Linux
# gives to outgoing connections, any of which might hold one just when the store starts.
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
}
FIRST_OUTGOING = 32_768
MAX_OFFSET = FIRST_OUTGOING - 1 - max(PORTS.values())
MAX_REPLICAS = 8
# A socket's path may be about 104 bytes on macOS and 108 on Linux; PostgreSQL's file name takes 16.
_LONGEST_SOCKET_FOLDER = 84
_AWKWARD = frozenset(",'\"\\\n")


@dataclass(frozen=True, slots=True)
class Store:
    """`root` is the project, `state` the store's folder, `person` the person's environment over the file .env, and
    `dotenv` the names in that file, and "line 3" for a line that has none.
    """

    root: Path
    state: Path
    person: Mapping[str, str]
    offset: int = 0
    replicas: int = 1
    dotenv: tuple[str, ...] = ()

    def port(self, name: str) -> int:
        """The port of something that is no service: see PORTS."""
        return PORTS[name] + self.offset

    def url(self, name: str) -> str:
        """`http://127.0.0.1:PORT` of something that is no service."""
        return f"http://127.0.0.1:{self.port(name)}"

    @property
    def run(self) -> Path:
        """Files that mean nothing once the store has stopped."""
        return self.state / "run"

    @property
    def logs(self) -> Path:
        return self.state / "logs"

    @property
    def keys(self) -> Path:
        return self.state / "keys"

    @property
    def certificates(self) -> Path:
        return self.state / "certificates"

    @property
    def mail(self) -> Path:
        return self.state / "mail"

    @property
    def media(self) -> Path:
        return self.state / "media"

    @property
    def public_url(self) -> str:
        """The address people know the store by; no slash at its end."""
        return self.person.get("PUBLIC_URL", f"http://localhost:{self.port('http')}").rstrip("/")

    @property
    def sockets(self) -> Path:
        """A folder for sockets, closed to others: in the state's own, unless its path is too long for a socket."""
        if len(os.fsencode(self.run)) <= _LONGEST_SOCKET_FOLDER and not _AWKWARD & set(str(self.run)):
            return self.run
        name = hashlib.sha256(os.fsencode(self.state)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"mercat-{os.getuid()}-{name}"

    def make_folders(self) -> None:
        """Make the state's folders, closed to others.

        Raises:
            Refusal: the folder is another user's, or cannot be made.
        """
        try:
            for folder in (self.state, self.run, self.logs, self.keys, self.certificates, self.mail, self.media):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _private(self.state)
            self.sockets.mkdir(mode=0o700, exist_ok=True)
            _private(self.sockets)
        except OSError as error:
            raise Refusal(
                f"The store's folder {self.state} cannot be used: {error.strerror} ({error.filename}). "
                "Run as the user who made it, or name another folder with MERCAT_STATE."
            ) from error


def _private(folder: Path) -> None:
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise Refusal(f"{folder} belongs to another user. Run as that user, or name another folder with MERCAT_STATE.")
    if stat.S_IMODE(found.st_mode) & 0o077:
        folder.chmod(0o700)


def locate(*, offset: int | None = None, replicas: int = 1) -> Store:
    """The store of this project, as the person's settings have it.

    Raises:
        Refusal: an offset or a number of replicas that cannot be.
    """
    root = Path(__file__).resolve().parent.parent
    written = read_dotenv(root / ".env")
    person = {**written, **os.environ}
    state = Path(person.get("MERCAT_STATE") or root / ".mercat").expanduser().absolute()
    if offset is None:
        offset = _number(person.get("MERCAT_PORT_OFFSET") or "0", "MERCAT_PORT_OFFSET")
    if not 0 <= offset <= MAX_OFFSET:
        raise Refusal(f"The port offset must be between 0 and {MAX_OFFSET}, not {offset}.")
    if not 1 <= replicas <= MAX_REPLICAS:
        raise Refusal(f"--replicas must be between 1 and {MAX_REPLICAS}, not {replicas}.")
    return Store(root, state, person, offset, replicas, (*written, *odd_lines(root / ".env")))


def _number(text: str, name: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise Refusal(f"{name} must be a whole number, not {text!r}.") from None


def read_dotenv(path: Path) -> dict[str, str]:
    """NAME=value lines; comments, `export` and quotes round a value are understood. A missing file is empty.

    Raises:
        Refusal: it cannot be read.
    """
    return {name: _unquoted(value.strip()) for _, name, value in _assignments(path) if name.isidentifier()}


def odd_lines(path: Path) -> list[str]:
    """As "line 3", each line of a .env file that is neither empty, nor a comment, nor NAME=value."""
    return [f"line {number}" for number, name, _ in _assignments(path) if not name.isidentifier()]


def _assignments(path: Path) -> Iterator[tuple[int, str, str]]:
    """Of each line that says something its number, its name (empty where it has no "=") and its value."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(f"{path} cannot be read: {error}. It must be a text file in UTF-8.") from None
    for number, line in enumerate(lines, 1):
        said = line.strip().removeprefix("export ")
        if said and not said.startswith("#"):
            name, separator, value = said.partition("=")
            yield number, name.strip() if separator else "", value


def _unquoted(value: str) -> str:
    quoted = re.fullmatch(r"""(['"])(.*?)\1(\s+#.*)?""", value)
    return quoted[2] if quoted else value.split(" #", 1)[0].rstrip()
