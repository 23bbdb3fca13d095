"""The command `audit`: it runs that of chassis.ops for each service, and puts the lines in the order of time."""

from __future__ import annotations

import json
from collections.abc import Sequence

import msgspec

from chassis.ops import audited
from chassis.ops.audit_lines import AuditLine
from mercat.commands.operations import run_in_services
from mercat.installation import Installation


def show(installation: Installation, service: str | None, options: Sequence[str], *, limit: int, as_json: bool) -> int:
    """Print the newest lines of all services, the oldest of them first; returns how many were printed.

    Raises:
        CommandError: there is no such service, an option is wrong, or a database does not answer.
    """
    found, more = [], False
    for name, (_, answer) in run_in_services(installation, service, "audit", *options).items():
        found += [(line["id"], name, line) for line in answer["lines"]]
        more = more or answer["more"]
    found.sort(key=lambda each: each[:2])
    shown, more = found[-limit:], more or len(found) > limit
    if as_json:
        print(json.dumps({"lines": [{"service": name, **line} for _, name, line in shown], "more": more}))
        return len(shown)
    if more:
        print(f"There are more than these {len(shown)}: ask for an earlier time by --until, or a higher --limit.")
    for _, name, line in shown:
        print(f"{name}: {audited.text(msgspec.convert(line, AuditLine))}")
    if not shown:
        print("There are no such lines.")
    return len(shown)
