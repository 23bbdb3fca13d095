"""What the file of an export looks like: JSON for programs, and a page for people. Both are written part by part."""

from __future__ import annotations

from datetime import datetime
from html import escape
from typing import Any

import msgspec

ABOUT = (
    "All that this store keeps of you, by service and table, as it was when it was collected. Not in it: passwords and "
    "other secrets, which are stored as hashes or encrypted. What you allow by a Yes is here where it is kept: saved "
    "cards under payments, if you allowed them; whether pages may be measured is kept in your browser alone. The "
    "payment provider keeps what it needs under its own terms."
)
_STYLE = "body{font:1rem/1.5 sans-serif;max-width:60rem;margin:2rem auto}dl{border-top:1px solid #999}dt{color:#555}"


class Json:
    """{"about": ..., "asked_at": ..., "services": {"identity": {"accounts": [{...}]}}}"""

    def __init__(self, asked_at: datetime) -> None:
        self._asked_at = asked_at
        self._service = ""
        self._table = ""

    def begin(self) -> bytes:
        """The first line."""
        head = msgspec.json.encode({"about": ABOUT, "asked_at": self._asked_at})
        return head[:-1] + b',"services":{'

    def table(self, service: str, table: str) -> bytes:
        """What stands before the next rows, which are of this table."""
        if (service, table) == (self._service, self._table):
            return b",\n"
        if service == self._service:
            text = b"\n],\n" + msgspec.json.encode(table) + b": [\n"
        else:
            before = b"\n]},\n" if self._service else b"\n"
            text = before + msgspec.json.encode(service) + b": {\n" + msgspec.json.encode(table) + b": [\n"
        self._service, self._table = service, table
        return text

    @staticmethod
    def rows(rows: bytes) -> bytes:
        """Objects with commas between them, as they are stored."""
        return rows

    def end(self) -> bytes:
        """The last line."""
        return b"\n]}}}\n" if self._service else b"}}\n"


class Html:
    """A heading for each table, and a list of each row. It loads nothing and runs nothing."""

    def __init__(self, asked_at: datetime) -> None:
        self._asked_at = asked_at
        self._table = ("", "")

    def begin(self) -> bytes:
        """The head of the page."""
        text = (
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Your data</title><style>{_STYLE}</style>'
            f"<h1>Your data</h1><p>{escape(ABOUT)}</p><p>Asked for: {self._asked_at:%Y-%m-%d %H:%M} UTC</p>\n"
        )
        return text.encode()

    def table(self, service: str, table: str) -> bytes:
        """The heading of a table, before its first rows."""
        if (service, table) == self._table:
            return b""
        self._table = (service, table)
        return f"<h2>{escape(service)}: {escape(table)}</h2>\n".encode()

    @staticmethod
    def rows(rows: bytes) -> bytes:
        """A list for each row."""
        found: list[dict[str, Any]] = msgspec.json.decode(b"[" + rows + b"]")
        return "".join(f"<dl>{''.join(map(_field, row.items()))}</dl>\n" for row in found).encode()

    @staticmethod
    def end() -> bytes:
        """The last line."""
        return b"<p>This is the end of the file.</p></html>\n"


def _field(field: tuple[str, Any]) -> str:
    name, value = field
    told = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return f"<dt>{escape(name)}</dt><dd>{escape(told)}</dd>"
