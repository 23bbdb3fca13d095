"""Stores caught mails, each in a file of a folder. The file name is the id of the mail and sorts by time."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import itertools
import os
import re
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

MAX_MAILS = 5000
_ID = re.compile(r"\d{16}-\d{6}-\d{1,8}")
# The file begins with two headers for the envelope's sender and recipients.
_FROM, _TO = "X-Envelope-From", "X-Envelope-To"


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail. `received_at` is ISO 8601 in UTC; `to` are the envelope's recipients; `html` may be empty.

    `trace_id` is that of the log lines about it, or empty.
    """

    id: str
    received_at: str
    sender: str
    to: list[str]
    subject: str
    text: str
    html: str
    trace_id: str

    def fields(self) -> dict[str, Any]:
        """The mail as JSON fields; the sender is called `from`."""
        return {"from": self.sender, **{name: value for name, value in asdict(self).items() if name != "sender"}}


class Mailbox:
    """The mails of a folder; only the newest `kept` stay."""

    def __init__(self, folder: Path, *, kept: int = MAX_MAILS) -> None:
        self.folder, self.kept = folder, kept
        self._counter = itertools.count()

    def put(self, sender: str | None, recipients: list[str], content: bytes) -> str:
        """Store a mail and return its id. It is synced to disk before this returns."""
        number = next(self._counter)
        name = f"{time.time_ns() // 1000:016d}-{number % 1_000_000:06d}-{os.getpid()}"
        to = ", ".join(map(_one_line, recipients))
        head = f"{_FROM}: {_one_line(sender or '<>')}\r\n{_TO}: {to}\r\n".encode()
        draft = self.folder / f".{name}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(head + content)
            file.flush()
            os.fsync(descriptor)
        draft.replace(self.folder / f"{name}.eml")
        if number % 100 == 0:
            self._remove_oldest()
        return name

    def _remove_oldest(self) -> None:
        for path in self._paths()[self.kept :]:
            path.unlink(missing_ok=True)

    def _paths(self) -> list[Path]:
        return sorted(self.folder.glob("*.eml"), reverse=True)

    def newest(self, *, limit: int, to: str = "") -> list[Mail]:
        """Mails, newest first; with `to` only those whose recipients contain this text, in any case."""
        wanted = to.strip().lower()
        return list(itertools.islice(self._matching(wanted), limit))

    def _matching(self, wanted: str) -> Iterator[Mail]:
        for path in self._paths():
            try:
                content = path.read_bytes()
            except FileNotFoundError:
                continue
            if not wanted or wanted.encode() in content.split(b"\r\n", 2)[1].lower():
                yield _parse(path.stem, content)

    def get(self, identity: str) -> Mail | None:
        """One mail; None if there is no mail with that id."""
        if not _ID.fullmatch(identity):
            return None
        try:
            content = (self.folder / f"{identity}.eml").read_bytes()
        except FileNotFoundError:
            return None
        return _parse(identity, content)

    def clear(self) -> int:
        """Remove all mails and return their number."""
        found = self._paths()
        for path in found:
            path.unlink(missing_ok=True)
        return len(found)


def _one_line(text: str) -> str:
    return "".join(character for character in text if character.isprintable())[:400]


def _parse(identity: str, content: bytes) -> Mail:
    message = email.message_from_bytes(content, policy=email.policy.default)
    received = dt.datetime.fromtimestamp(int(identity[:16]) / 1e6, dt.UTC)
    return Mail(
        id=identity,
        received_at=received.isoformat(timespec="milliseconds"),
        sender=str(message.get(_FROM, "")),
        to=[address.strip() for address in str(message.get(_TO, "")).split(",") if address.strip()],
        subject=_header(message, "Subject"),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        trace_id=_header(message, "X-Trace-Id"),
    )


def _header(message: EmailMessage, name: str) -> str:
    try:
        return str(message.get(name, ""))
    except (ValueError, LookupError):
        return f"({name} cannot be read)"


def _body(message: EmailMessage, kind: str) -> str:
    try:
        part = message.get_body(preferencelist=(kind,))
        return str(part.get_content()) if part is not None else ""
    except (LookupError, ValueError, AttributeError):
        return "(a body that cannot be read)"
