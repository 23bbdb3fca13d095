"""Checks the books again and again, and exposes what it found: `python -m chassis.ops books SERVICE... --serve PORT`.

A check that takes long is made again after twenty times as long, so that it never takes more than a twentieth of a
connection. One that could not be made has no value, rather than an old one or 0. The process ends when none can be.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import NoReturn

import prometheus_client

from chassis import telemetry
from chassis.ops.books import Run

SECONDS, LONGEST_PAUSE, SHARE = 60.0, 900.0, 20
PATIENCE_SECONDS = 600.0
# Rounds in which all checks failed, in a row.
HOPELESS = 5

FAULTS = telemetry.gauge(
    "books_faults",
    "Faults that a check found, 20 at most; no value: it could not be made",
    {"check": "a file of `services/*/books`, or `order_missing`: paid at payments, and orders does not have it so"},
)
CHECKED = telemetry.gauge(
    "books_checked_timestamp_seconds", "When the check that waits longest was last made, Unix seconds; 0: one never was"
)
FAILED = telemetry.counter("books_failed", "Checks that could not be made", {"check": "as of books_faults"})
_NAMES = ("books_faults", "books_checked_timestamp_seconds", "books_failed_total", "process_cpu_seconds_total")
_log = telemetry.logger(__name__)


class Hopeless(Exception):
    """No check could be made for several rounds."""


async def serve(runs: Sequence[Run], port: int, host: str) -> NoReturn:
    """Check and expose until cancelled.

    Raises:
        OSError: the port cannot be had. Hopeless.
    """
    registry = prometheus_client.REGISTRY.restricted_registry(_NAMES)
    server, _ = prometheus_client.start_http_server(port, host, registry)
    try:
        await check_for_ever(runs)
    finally:
        server.shutdown()
        server.server_close()


async def check_for_ever(runs: Sequence[Run]) -> NoReturn:
    """Make each check when it is due; raises Hopeless."""
    for run in runs:
        for name in run.names:
            FAILED.start(name)
    due = dict.fromkeys(runs, 0.0)
    made = dict.fromkeys(runs, 0.0)
    failures = 0
    while True:
        now = [run for run in runs if due[run] <= time.monotonic()]
        good = 0
        for run in now:
            began = time.monotonic()
            if await _made(run):
                made[run], good = time.time(), good + 1
            due[run] = began + min(max(SECONDS, SHARE * (time.monotonic() - began)), LONGEST_PAUSE)
        CHECKED.set(min(made.values()))
        failures = failures + 1 if now and not good else 0
        if failures >= HOPELESS:
            raise Hopeless
        await asyncio.sleep(max(min(due.values()) - time.monotonic(), 0.0))


async def _made(run: Run) -> bool:
    """Make a check and expose what it found; whether it could be made."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            found = await run.make()
    except Exception as error:  # noqa: BLE001 -- whatever it is, the other checks go on
        for name in run.names:
            FAILED.inc(name)
            FAULTS.drop(name)
        _log.error("books.not_checked", check=run.names[0], error=error)
        return False
    for name in run.names:
        FAULTS.set(sum(fault.check == name for fault in found), name)
    for fault in found:
        _log.error("books.wrong", check=fault.check)
    return True
