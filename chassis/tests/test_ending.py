"""The end of a service: what it has under way is brought to its end."""

from __future__ import annotations

import asyncio

from chassis.config import Settings
from chassis.resilience import loops
from chassis.service import create_service
from chassis.testing import eventually
from chassis.testing.apps import started
from chassis.testing.databases import empty_database
from chassis.tests.log.jobs_support import Recorder, add


async def test_shutdown_waits_for_a_running_job(bench, monkeypatch):
    """Longer than a loop gets to end; what is done is reported, too."""
    monkeypatch.setattr(loops, "CANCEL_AGAIN_SECONDS", 0.01)
    url = await empty_database(bench.postgres, "hello", "ending")
    seen = Recorder()
    app = create_service("hello", settings=Settings, routers=[], jobs=seen.table)
    fields = {**bench.environment("hello", url), "service_urls": {}}
    async with started(app, {name.lower(): value for name, value in fields.items()}):
        seen.gate.clear()
        await add(app.state.context, "brief")
        await eventually(lambda: seen.began == ["brief"])
        asyncio.get_running_loop().call_later(0.2, seen.gate.set)
    assert seen.ended == ["brief"]
