from __future__ import annotations

import httpx

from chassis.config import Settings
from chassis.service import create_service
from chassis.web import health


async def test_readiness_is_200_only_between_start_and_draining():
    readiness = health.Readiness()
    live, ready = (route.endpoint for route in health.routes(readiness))
    assert [(await live(None)).status_code, (await ready(None)).status_code] == [200, 503]
    readiness.started = True
    assert (await ready(None)).status_code == 200
    readiness.draining = True
    assert (await ready(None)).body == b"draining"


async def test_before_the_start_is_finished_only_health_and_metrics_are_answered(bench, tmp_path):
    app = create_service("hello", settings=Settings, routers=[])
    fields = {**bench.environment("hello", f"postgresql:///x?host={tmp_path}"), "service_urls": {}}
    app.state.settings_overrides = {name.lower(): value for name, value in fields.items()}
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://testserver") as client,
    ):
        for method, path in (("POST", "/api/v1/wishes"), ("GET", "/api/v1/crash"), ("GET", "/openapi.json")):
            answer = await client.request(method, path, json={"count": 1})
            assert (answer.status_code, answer.json()["type"]) == (503, "dependency-unavailable")
            assert (answer.headers["retry-after"], "starting" in answer.json()["detail"]) == ("5", True)
        assert (await client.get("/health/ready")).text == "starting"
        assert (await client.get("/health/live")).status_code == 200
        assert (await client.get("/metrics")).status_code == 200
    # Ended while it waited, it can be started again.
    assert not any(isinstance(route, health.Starting) for route in app.router.routes)
