"""Checks that each log line of a test process has only fields that are listed, with values of their types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from ipaddress import ip_address

import orjson

from chassis.telemetry import field_types, fields, sink

_written: list[bytes] = []


def gather() -> None:
    """Keep what this process writes from now on, for `misfits`."""
    write = sink.STDOUT.write

    def kept(line: bytes) -> int:
        _written.append(line)
        return write(line)

    sink.STDOUT.write = kept  # type: ignore[method-assign]  # of this process's own output alone


def taken() -> list[bytes]:
    """The lines since it was last asked for them."""
    found = _written.copy()
    del _written[: len(found)]
    return found


def misfits(lines: Iterable[bytes]) -> Iterator[str]:
    """What is wrong with the lines, one text for each field that an index with strict types would refuse."""
    types = field_types()
    for line in lines:
        for name, value in orjson.loads(line).items():
            if name not in types:
                yield f"{name} is not listed: {line!r}"
            elif not (fields.fits(name, value) and _parses(types[name], value)):
                yield f"{name} is no {types[name]}: {line!r}"


def _parses(kind: fields.Type, value: object) -> bool:
    try:
        if kind == "date":
            datetime.fromisoformat(str(value))
        elif kind == "ip":
            ip_address(str(value))
    except ValueError:
        return False
    return not isinstance(value, dict)
