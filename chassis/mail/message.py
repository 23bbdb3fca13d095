"""A mail as the bytes that a server takes: text and the same as HTML, with the headers of mail that a program sends."""

from __future__ import annotations

from base64 import encodebytes
from datetime import datetime
from email.header import Header
from email.utils import formataddr, formatdate, parseaddr

from chassis import telemetry

_CONTROLS = frozenset(map(chr, [*range(32), 127]))


def alternative(
    *,
    sender: str,
    recipient: str,
    subject: str,
    text: str,
    html: str,
    written: datetime,
    identity: str,
    reply_to: str | None = None,
) -> bytes:
    """A multipart/alternative message, the same bytes each time. `identity` becomes the left side of its Message-ID;
    `reply_to`: where answers go, if not to the sender. X-Trace-Id is the running trace,
    which the log lines about it have too.

    Written without email.message, which takes 1.8 ms of CPU for one in place of 0.1: every paid order sends one.

    Raises:
        ValueError: a header would hold a control character, and could end it or add another.
    """
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    boundary = f"=_{identity}"
    headers = {
        "Subject": _encoded(subject),
        "From": formataddr(parseaddr(sender)),
        "To": recipient,
        "Date": formatdate(written.timestamp()),
        "Message-ID": f"<{identity}@{domain}>",
        "Auto-Submitted": "auto-generated",
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/alternative; boundary="{boundary}"',
    }
    if reply_to:
        headers["Reply-To"] = reply_to
    if trace_id := telemetry.current_trace().trace_id:
        headers["X-Trace-Id"] = trace_id
    if any(_CONTROLS.intersection(value) for value in (sender, recipient, subject, identity, reply_to or "")):
        raise ValueError("a header of a mail holds no control characters")
    head = [f"{name}: {value}" for name, value in headers.items()]
    parts = [_part(boundary, "plain", text), _part(boundary, "html", html)]
    return "\r\n".join([*head, "", *parts, f"--{boundary}--", ""]).encode()


def _encoded(text: str) -> str:
    """As it is, or as RFC 2047 has it where it is not ASCII."""
    return text if text.isascii() else Header(text, "utf-8").encode(linesep="\r\n")


def _part(boundary: str, kind: str, content: str) -> str:
    """Base64 keeps any text apart from the mail's own syntax."""
    body = encodebytes(content.encode()).decode("ascii").replace("\n", "\r\n")
    head = f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64"
    return f"--{boundary}\r\n{head}\r\n\r\n{body}"
