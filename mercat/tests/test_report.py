"""The report of a week that a real Prometheus has measured: what it names first, and that it names nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from aiohttp import web

from mercat.commands import report
from mercat.installation import CommandError
from mercat.observe.report import figures as report_figures
from mercat.observe.report.figures import Figures, NoFigures, Route, Step, Window
from mercat.observe.report.findings import Term, findings
from mercat.observe.report.page import page
from mercat.tests import weeks
from mercat.tests.conftest import ROOT
from mercat.tests.test_observe_alerts import answering

PROMISED = {"catalog": 0.3, "identity": 0.8, "orders": 1.5, "payments": 1.5}
WINDOW = Window(weeks.BEGIN, 7 * weeks.DAY)
TERMS = [Term("unobtainium", 350)]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with weeks.prometheus(tmp_path_factory.mktemp("prometheus")) as found:
        yield found


async def measured(address: str, week: int) -> Figures:
    return await report._read(address, Window(weeks.end_of(week), 7 * weeks.DAY), PROMISED)


async def test_a_slow_route_an_abandoned_step_and_an_empty_search_are_named_first(address):
    figures = await measured(address, weeks.FAULTY)
    found = findings(figures, TERMS)
    assert [each.about for each in found] == ["Tries to pay", "GET /api/v1/products/{slug}", "unobtainium"]
    text = page(figures, TERMS)
    assert (
        "1. Shoppers leave before the step “Tries to pay”: 30% of 3,360 (orders accepted) go on; 100% the week" in text
    )
    assert "4,200 of 84,000 answers (5.0%) took longer" in text
    assert re.search(
        r"\| `GET /api/v1/products/{slug}` \| catalog \| 2.[0-9] s \| 300 ms \| 25 ms \| 4,200 of 84,000", text
    )
    assert "3. `unobtainium` was searched for 350 times" in text


async def test_a_week_as_usual_names_nothing(address):
    usual = await measured(address, weeks.USUAL)
    assert findings(usual, []) == []
    text = page(usual, [], "the catalog is away")
    assert "Nothing stands out" in text
    assert "measured since" not in text
    assert "could not be had: the catalog is away" in text


async def test_every_part_has_the_figures_that_were_measured(address):
    figures = await measured(address, weeks.FAILING)
    text = page(figures, [])
    for line in (
        "| Carts made | 10,080 | 12% | 10,080 | 12% |",
        "| Orders accepted | 3,360 | 95% | 3,360 | 95% |",
        "Checkouts refused, by reason: out-of-stock 168.",
        "| `POST /api/v1/orders` | orders | 503 | 67 | 2.00% |",
        "| `browse` | 91.0% |",
        "504 of 8,904 searches found nothing (6%).",
        "6,000 s of CPU for 1,000 orders",
        "The nodes cost $33.60, $10.00 for 1,000 orders.",
        "What AWS charges is not measured here",
    ):
        assert line in text
    assert "/internal/" not in text
    assert [each.about for each in findings(figures, [])] == ["POST /api/v1/orders"]


async def test_a_time_that_was_measured_in_part_or_not_at_all_is_said(address):
    assert "It was measured since 2026-08-05" in page(await measured(address, 0), [])
    with pytest.raises(NoFigures, match="measured no service"):
        await measured(address, -2)


@pytest.mark.parametrize(
    ("paid", "before", "named"),
    [(70, 100, False), (60, 100, True), (60, 0, False), (40, 0, True), (40, 40, True), (100, 100, False)],
)
def test_a_step_is_named_when_it_falls_by_a_third_or_below_what_is_usual(paid, before, named):
    steps = [Step("Tries to pay", 100, 100 if before else 0), Step("Orders paid", paid, before)]
    assert bool(findings(Figures(WINDOW, 0, steps), [])) == named


def test_what_single_routes_promise_is_what_the_rules_have():
    rules = (ROOT / "deploy" / "observability" / "rules" / "slo.yaml").read_text("utf-8")
    routes = {("orders", "POST", "/api/v1/orders"): "checkout", ("orders", "PUT", "/api/v1/cart/lines/{id}"): "cart"}
    for route, slo in routes.items():
        assert f"slo: {slo}-{report_figures._objective(route, PROMISED) * 1000:.0f}ms" in rules


def test_few_shoppers_and_rare_searches_say_nothing():
    steps = [Step("Tries to pay", 19, 0), Step("Orders paid", 0, 0)]
    assert findings(Figures(WINDOW, 0, steps, searches=10_000), [Term("hat", 49)]) == []
    assert len(findings(Figures(WINDOW, 0, steps, searches=10_000), [Term("hat", 50)])) == 1


@pytest.mark.parametrize(("p99", "before", "named"), [(0.2, 0.1, True), (0.2, 0.11, False), (0.07, 0.01, False)])
def test_a_route_is_named_when_it_became_twice_as_slow_and_is_no_longer_quick(p99, before, named):
    route = Route("catalog", "GET /api/v1/products", 0.3, 1000, 0, p99, 1000, before)
    assert bool(findings(Figures(WINDOW, 0, routes=[route]), [])) == named
    assert findings(Figures(WINDOW, 0, routes=[replace(route, count_before=99)]), []) == []


def test_a_budget_that_is_nearly_spent_stands_after_what_spent_it():
    figures = Figures(WINDOW, 0, budgets={"browse": -0.5, "cart": 0.3}, searches=100)
    assert [each.about for each in findings(figures, [Term("hat", 10)])] == ["hat", "browse"]


def test_a_store_that_is_not_observed_says_how_to_begin(installation):
    with pytest.raises(CommandError, match="up --observe"):
        report.report(installation, WINDOW)


def test_prometheus_away_is_said(installation, free_port):
    away = replace(installation, user_settings={report.ADDRESS: f"http://127.0.0.1:{free_port}"})
    with pytest.raises(CommandError, match="does not answer"):
        report.report(away, WINDOW)


@pytest.mark.parametrize("body", ["<html>", "[]", "{}", '{"data": {}}', '{"data": {"result": [{}]}}'])
async def test_what_is_no_prometheus_is_said(body):
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(text=body)

    app = web.Application()
    app.router.add_post("/api/v1/query", answer)
    async with answering(app, 0) as port:
        with pytest.raises(NoFigures, match="does not answer"):
            await report._read(f"http://127.0.0.1:{port}", WINDOW, PROMISED)


def test_times_are_utc_and_in_their_order(tmp_path):
    from datetime import datetime

    monday, tuesday = datetime(2026, 8, 3), datetime(2026, 8, 4)  # noqa: DTZ001 -- as typed
    assert report.window(168, monday, tuesday) == Window(weeks.BEGIN + 86_400, 86_400)
    assert report.window(2, None, monday) == Window(weeks.BEGIN, 7200)
    with pytest.raises(CommandError, match="before"):
        report.window(168, tuesday, monday)
    with pytest.raises(CommandError, match="cannot be written"):
        report.write("", tmp_path / "none" / "page.md")
