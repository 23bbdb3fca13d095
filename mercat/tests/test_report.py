"""The report of a week that a real Prometheus has measured: what it names first, and that it names nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from aiohttp import web

from mercat.commands import report
from mercat.installation import CommandError
from mercat.tests import weeks
from mercat.tests.conftest import ROOT
from mercat.tests.test_observe_alerts import answering
from reporting.asking import Away, NoFigures, Window, asked
from reporting.browsers import Browsers, Feel
from reporting.figures import Figures, Route, Searches, objective, read
from reporting.findings import Term, findings
from reporting.funnels import Step
from reporting.page import page

PROMISED = {"catalog": 0.3, "identity": 0.8, "orders": 1.5, "payments": 1.5}
WINDOW = Window(weeks.BEGIN, 7 * weeks.DAY)
TERMS = [Term("unobtainium", 350)]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with weeks.prometheus(tmp_path_factory.mktemp("prometheus")) as found:
        yield found


async def told(address: str, window: Window) -> Figures:
    return await asked(address, window, lambda prometheus: read(prometheus, PROMISED))


async def measured(address: str, week: int) -> Figures:
    return await told(address, Window(weeks.end_of(week), 7 * weeks.DAY))


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
        "| `POST /api/v1/orders` | orders | 503 | 67 | 2.00% |",
        "| `browse` | 91.0% |",
        "504 of 8,904 searches found nothing (6%).",
        "6,000 s of CPU for 1,000 orders",
        "The nodes cost $33.60, $10.00 for 1,000 orders.",
        "What AWS charges is not measured here",
    ):
        assert line in text
    assert "/internal/" not in text
    assert "POST /api/v1/orders" in [each.about for each in findings(figures, [])]


async def test_what_browsers_tell_is_named_and_shown(address):
    figures = await measured(address, weeks.FAILING)
    found = {each.about: each for each in findings(figures, [])}
    assert set(found) == {
        "Order placed",
        "POST /api/v1/orders",
        "POST /api/v1/orders price-changed",
        "product lcp",
        "product type",
    }
    assert "20% of 1,680 (checkout begun) go on" in found["Order placed"].what
    assert "80% the week before. 504 went elsewhere in the shop" in found["Order placed"].what
    assert "1,344 of 16,800 visits" in found["product type"].what
    assert "within 5.5 s for 75 of 100 visits; 2.5 s is good; 2.1 s the week before" in found["product lcp"].what
    assert "10.0% of its requests; 1.0% the week before" in found["POST /api/v1/orders price-changed"].what
    text = page(figures, [])
    for line in (
        "| Checkout begun | 1,680 | 17% | 1,680 | 17% |",
        "| product | largest paint (LCP) | 5.5 s | 2.5 s | 2.1 s | 6,720 of 16,800 |",
        "Errors of scripts, by page and kind: product type 1,344.",
        "| `POST /api/v1/orders` | orders | `price-changed` | 336 | 10.00% | 34 |",
        "Left for another page of the shop: Cart seen 5,040, Checkout begun 504.",
    ):
        assert line in text, text


def test_a_step_that_browsers_tell_of_takes_the_place_of_the_services_own():
    steps = [Step("Orders accepted", 100, 0), Step("Tries to pay", 10, 0)]
    told = [Step("Card form seen", 40, 0), Step("Paid", 4, 0)]
    (found,) = findings(Figures(WINDOW, 0, steps, browsers=Browsers(steps=told)), [])
    assert found.about == "Paid"
    assert "10% of 100 (orders accepted) go on" in found.why
    (alone,) = findings(Figures(WINDOW, 0, steps, browsers=Browsers(steps=[])), [])
    assert (alone.about, alone.harm) == ("Tries to pay", found.harm)


@pytest.mark.parametrize(
    ("searches", "named"),
    [
        (Searches(100, 25), True),
        (Searches(100, 24), False),
        (Searches(19, 19), False),
        (Searches(1000, 20, 1000, 10), True),
        (Searches(1000, 19, 1000, 10), False),
    ],
)
def test_without_terms_many_searches_in_vain_are_named(searches, named):
    figures = Figures(WINDOW, 0, searches=searches)
    assert [each.about for each in findings(figures, None)] == (["searches"] if named else [])
    assert findings(figures, []) == []


def test_few_visits_say_nothing_and_what_is_good_is_not_named():
    def feel(count: float, p75: float) -> Figures:
        return Figures(WINDOW, 0, browsers=Browsers([Feel("cart", "cls", count, count / 3, p75, None)]))

    assert findings(feel(19, 0.3), []) == findings(feel(1000, 0.1), []) == []
    assert [each.about for each in findings(feel(20, 0.11), [])] == ["cart cls"]
    assert "| cart | shift of the layout (CLS) | 0.11 | 0.10 | - |" in page(feel(20, 0.11), [])


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
        assert f"slo: {slo}-{objective(route, PROMISED) * 1000:.0f}ms" in rules


def test_few_shoppers_and_rare_searches_say_nothing():
    steps = [Step("Tries to pay", 19, 0), Step("Orders paid", 0, 0)]
    assert findings(Figures(WINDOW, 0, steps, searches=Searches(10_000)), [Term("hat", 49)]) == []
    assert len(findings(Figures(WINDOW, 0, steps, searches=Searches(10_000)), [Term("hat", 50)])) == 1


@pytest.mark.parametrize(("slow", "named"), [(4, False), (5, True)])
def test_a_few_slow_answers_are_no_slow_route(slow, named):
    route = Route("orders", "POST /api/v1/cart", 0.4, 27, slow, 0.8, 0, None)
    assert bool(findings(Figures(WINDOW, 0, routes=[route]), [])) == named


@pytest.mark.parametrize(("p99", "before", "named"), [(0.2, 0.1, True), (0.2, 0.11, False), (0.07, 0.01, False)])
def test_a_route_is_named_when_it_became_twice_as_slow_and_is_no_longer_quick(p99, before, named):
    route = Route("catalog", "GET /api/v1/products", 0.3, 1000, 0, p99, 1000, before)
    assert bool(findings(Figures(WINDOW, 0, routes=[route]), [])) == named
    assert findings(Figures(WINDOW, 0, routes=[replace(route, count_before=99)]), []) == []


def test_a_budget_that_is_nearly_spent_stands_after_what_spent_it():
    figures = Figures(WINDOW, 0, budgets={"browse": -0.5, "cart": 0.3}, searches=Searches(100))
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
        with pytest.raises(Away, match="does not answer"):
            await told(f"http://127.0.0.1:{port}", WINDOW)


def test_times_are_utc_and_in_their_order(tmp_path):
    from datetime import datetime

    monday, tuesday = datetime(2026, 8, 3), datetime(2026, 8, 4)  # noqa: DTZ001 -- as typed
    assert report.window(168, monday, tuesday) == Window(weeks.BEGIN + 86_400, 86_400)
    assert report.window(2, None, monday) == Window(weeks.BEGIN, 7200)
    with pytest.raises(CommandError, match="before"):
        report.window(168, tuesday, monday)
    with pytest.raises(CommandError, match="cannot be written"):
        report.write("", tmp_path / "none" / "page.md")
