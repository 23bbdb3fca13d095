"""A service without a database has what needs none, and says what it lacks."""

from __future__ import annotations

import pytest

from chassis.config import CommonSettings
from chassis.inbox import Consumer
from chassis.jobs import JobTable
from chassis.service import create_service
from chassis.service.readings import Reading
from chassis.testing import lines, live_service, running_app

STATELESS = "chassis.tests.stateless"


@pytest.fixture
async def running(bench):
    async with running_app(STATELESS, bench) as service:
        yield service


async def test_it_serves_and_is_ready(running):
    assert (await running.client.get("/health/ready")).text == "ready"
    assert (await running.client.get("/")).json() == "shown"


async def test_what_stands_on_a_database_is_not_there(running):
    assert (await running.client.get("/internal/feed")).status_code == 404
    metrics = (await running.client.get("/metrics")).text
    assert "event_loop_delay_seconds" in metrics
    # Of the other services of this test process there may be some.
    assert running.ctx.db.pool_state() == {}


async def test_who_uses_the_database_is_told_that_there_is_none(running):
    for use in (running.ctx.db.read, running.ctx.db.report, running.ctx.db.write, running.ctx.db.write_one):
        with pytest.raises(RuntimeError, match=r"stateless has no database: its service\.yaml names none"):
            use()
    for wait in (running.ctx.db.connect, running.ctx.db.dedicated):
        with pytest.raises(RuntimeError, match="stateless has no database"):
            await wait()
    answer = await running.client.get("/stored")
    assert (answer.status_code, answer.json()["type"]) == (500, "internal-error")


async def test_a_missing_right_is_refused_and_logged(running):
    lines.taken()
    answer = await running.client.get("/staff", headers=running.token(aud=["stateless"]))
    assert (answer.status_code, answer.json()["type"]) == (403, "forbidden")
    found = lines.taken()
    assert [line for line in found if b"authorisation.denied" in line]
    assert not list(lines.misfits(found))


async def test_paths_of_the_platform_alone_are_known(running):
    for path in ("/openapi.json", "/docs", "/nowhere"):
        answer = await running.client.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json"), path


async def read_nothing(_ctx):
    """A reading."""


@pytest.mark.parametrize(
    "given",
    [
        {"jobs": JobTable()},
        {"consumers": [Consumer("catalog")]},
        {"readings": [Reading("none", read_nothing, ())]},
        {"after_restore": lambda _ctx, _moment: None},
    ],
    ids=lambda given: next(iter(given)),
)
def test_what_needs_a_database_is_refused_by_name(given):
    with pytest.raises(ValueError, match=f"stateless has no database, which {next(iter(given))} need"):
        create_service(STATELESS, settings=CommonSettings, routers=[], **given)


async def test_a_service_with_a_database_needs_the_settings_of_one(bench):
    app = create_service("hello", settings=CommonSettings, routers=[])
    app.state.settings_overrides = {
        name.lower(): value for name, value in {**bench.environment("hello", ""), "service_urls": {}}.items()
    }
    with pytest.raises(TypeError, match="hello has a database"):
        async with app.router.lifespan_context(app):
            pass


def test_it_runs_as_a_process_without_any_setting_of_a_database(bench):
    with live_service(STATELESS, bench) as service:
        assert service.process.poll() is None
