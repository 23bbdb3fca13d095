"""Measures the delay of the event loop: how much later than asked for a sleep ends."""

from __future__ import annotations

import asyncio
import time

from chassis import telemetry

SECONDS = 0.1

_delay = telemetry.histogram(
    "event_loop_delay_seconds",
    "How much later than asked for a sleep of 0.1 s ended: what every other task waits, too",
    None,
    (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0),
)


async def measure() -> None:
    """Measure until cancelled."""
    while True:
        due = time.monotonic() + SECONDS
        await asyncio.sleep(SECONDS)
        _delay.observe(max(time.monotonic() - due, 0.0))
