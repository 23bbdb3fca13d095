"""One alert from end to end: real Prometheus and Alertmanager, a receiver of Slack's messages, mail page and portal."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
import yaml
from aiohttp import web

from chassis.testing import eventually
from chassis.testing.skipping import skip_without
from mercat.config import services
from mercat.observe import configuration, programs
from mercat.stack import monitoring
from mercat.stack.ports import free_offset
from mercat.stack.runner import ProcessRunner
from mercat.tests.conftest import ROOT, add_service

# The rule of a cluster, in a file without the others.
RULE = "TargetDown"


@pytest.fixture
def observed(installation):
    """A store with one service that does not run, observed, at 60 times the speed."""
    if programs.find(installation, "prometheus") is None or programs.find(installation, "alertmanager") is None:
        skip_without("prometheus and alertmanager", f"run {programs.INSTALL}")
    add_service(installation, "catalog", 8002)
    source = ROOT / "deploy" / "observability"
    there = installation.root / "deploy" / "observability"
    (there / "rules").mkdir(parents=True)
    (there / "alertmanager").symlink_to(source / "alertmanager")
    found = yaml.safe_load((source / "rules" / "platform.yaml").read_text("utf-8"))["groups"][0]["rules"]
    (there / "rules" / "one.yaml").write_text(
        json.dumps({"groups": [{"name": "one", "rules": [rule for rule in found if rule.get("alert") == RULE]}]})
    )
    installation.observed_marker.touch()
    return replace(installation, offset=free_offset())


@asynccontextmanager
async def answering(app: web.Application, port: int) -> AsyncIterator[int]:
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    yield runner.addresses[0][1]
    await runner.cleanup()


@asynccontextmanager
async def running(installation, names) -> AsyncIterator[None]:
    """The processes with these names, as the supervisor runs them."""
    specs = services.discover(installation.root)
    processes = [each for each in monitoring.processes(installation, specs) if each.name in names]
    configuration.write(installation, specs, names)
    runners = [ProcessRunner(each, installation.logs / each.name, ROOT, lambda: None) for each in processes]
    tasks = [asyncio.create_task(runner.run([])) for runner in runners]
    try:
        await asyncio.gather(*(asyncio.wait_for(runner.ready.wait(), 30) for runner in runners))
        assert [runner.entry.condition for runner in runners] == ["ready"] * len(names)
        yield
    finally:
        await asyncio.gather(*(runner.stop() for runner in runners))
        await asyncio.gather(*tasks)


@pytest.fixture
def free_port(observed):
    """The port of the portal's mail server is that of this store."""
    return observed.port("smtp")


async def test_an_alert_reaches_slack_and_the_mail_page_and_resolves(observed, portal, monkeypatch):
    monkeypatch.setenv("PORTAL_PROMETHEUS_URL", observed.url("prometheus"))
    messages: list[dict] = []

    async def slack(request: web.Request) -> web.Response:
        messages.extend((await request.json())["attachments"])
        return web.Response(text="ok")

    async def metrics(_request: web.Request) -> web.Response:
        return web.Response(text="here 1\n")

    async def mails(word: str) -> list[str]:
        found = (await portal.get(f"/mail/api/messages?to={configuration.MAIL_TO}")).json()["items"]
        return [mail["text"] for mail in found if mail["subject"].startswith(f"{word} laptop: {RULE} of catalog")]

    async def raised() -> list[dict]:
        shown = (await portal.get("/observe/data?range=15m")).json()
        return [alert for alert in shown.get("alerts", []) if alert["state"] == "firing"]

    assert (await portal.get("/observe/data")).json()["state"] == "away"
    hook = web.Application()
    hook.router.add_post("/hook", slack)
    async with answering(hook, 0) as port:
        settings = {"MERCAT_ALERTS_FASTER": "60", "MERCAT_ALERTS_SLACK_URL": f"http://127.0.0.1:{port}/hook"}
        store = replace(observed, user_settings={**observed.user_settings, **settings})
        async with running(store, {"prometheus", "alertmanager"}):
            await eventually(lambda: messages, 60, "a message to Slack")
            assert f"PAGE laptop: {RULE} of catalog" in messages[0]["title"]
            (text,) = await eventually(lambda: mails("PAGE"), 60, "a mail")
            alert = next(iter(await raised()))
            for said in (messages[0]["text"], text):
                assert alert["summary"] in said
                assert alert["impact"] in said
                assert f"/observe/runbooks/{RULE}" in said
            service = web.Application()
            service.router.add_get("/metrics", metrics)
            async with answering(service, 8002 + observed.offset):
                await eventually(lambda: mails("RESOLVED"), 60, "a mail that it is over")
                await eventually(lambda: any("RESOLVED" in each["title"] for each in messages), 60, "the same in Slack")
                assert [each for each in await raised() if "catalog" in each["summary"]] == []
