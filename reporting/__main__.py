"""`python -m reporting --prometheus URL [--hours 168]`: the page of the hours that end now, as one line of the log.

It is what the scheduled job of a cluster runs, which reaches Prometheus and nothing else: the words that were searched
for in vain are in the catalog's database, and are not told. The line is JSON; its field `report` is the page, in
Markdown. Ends with 1, and a line that says why, where there is nothing to report from.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from reporting.asking import NoFigures, Window, asked
from reporting.figures import read
from reporting.page import page
from reporting.promises import in_folder

SERVICES = Path(__file__).resolve().parents[1] / "services"
WITHOUT_TERMS = "the scheduled job does not reach the catalog's database."


class _Line(msgspec.Struct, omit_defaults=True):
    """A line of the log, with ECS names; `report` is on no list of fields that are kept with the logs."""

    timestamp: datetime = msgspec.field(name="@timestamp")
    level: str = msgspec.field(name="log.level")
    message: str
    service: str = msgspec.field(name="service.name")
    report: str = ""


def main(argv: Sequence[str]) -> int:
    """Print the line; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m reporting", description=__doc__)
    parser.add_argument("--prometheus", required=True, help="its address")
    parser.add_argument("--hours", type=int, choices=range(1, 24 * 31 + 1), metavar="HOURS", default=168)
    options = parser.parse_args(argv)
    window = Window(time.time(), options.hours * 3600)
    promises = in_folder(SERVICES)
    try:
        figures = asyncio.run(asked(options.prometheus, window, lambda prometheus: read(prometheus, promises)))
    except NoFigures as error:
        _say("error", f"report.failed: {error}")
        return 1
    _say("info", "report", page(figures, [], WITHOUT_TERMS))
    return 0


def _say(level: str, message: str, report: str = "") -> None:
    line = _Line(datetime.now(UTC), level, message, "report", report)
    sys.stdout.buffer.write(msgspec.json.encode(line) + b"\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
