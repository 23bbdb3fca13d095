"""The report of a week that a real Prometheus has measured: what it names first, and that it names nothing else."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pytest

from mercat.commands import report
from mercat.installation import CommandError
from mercat.observe.report.figures import Figures, NoFigures, Step, Window
from mercat.observe.report.findings import Term, findings
from mercat.observe.report.page import page
from mercat.tests import weeks

PROMISED = {"catalog": 0.3, "identity": 0.8, "orders": 1.5, "payments": 1.5}
WINDOW = Window(weeks.END, 7 * 24 * 3600)
TERMS = [Term("unobtainium", 350)]


async def measured(tmp_path, faults: Collection[str], more: str = "") -> Figures:
    async with weeks.prometheus(tmp_path / "prometheus", weeks.open_metrics(faults, more)) as address:
        return await report._read(address, WINDOW, PROMISED)


async def test_a_slow_route_an_abandoned_step_and_an_empty_search_are_named_first_and_without_them_nothing(tmp_path):
    (tmp_path / "without").mkdir()
    figures = await measured(tmp_path, {"slow", "abandoned"})
    found = findings(figures, TERMS)
    assert [each.about for each in found] == ["Tries to pay", "GET /api/v1/products/{slug}", "unobtainium"]
    text = page(figures, TERMS)
    assert (
        "1. Shoppers leave before the step “Tries to pay”: 30% of 3,360 (orders accepted) go on; 100% the week" in text
    )
    assert "4,200 of 84,000 answers (5.0%) took longer" in text
    assert "3. `unobtainium` was searched for 350 times" in text
    usual = await measured(tmp_path / "without", set())
    assert findings(usual, []) == []
    assert "Nothing stands out" in page(usual, [])
    assert "measured since" not in page(usual, [])


async def test_every_part_has_the_figures_that_were_measured(tmp_path):
    costs = f'# TYPE node_total_hourly_cost gauge\nnode_total_hourly_cost{{node="a"}} 0.2 {weeks.END - 60}'
    figures = await measured(tmp_path, {"failing"}, costs)
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


async def test_a_time_without_figures_is_said(tmp_path):
    async with weeks.prometheus(tmp_path / "prometheus", weeks.open_metrics(set())) as address:
        with pytest.raises(NoFigures, match="measured no service"):
            await report._read(address, replace(WINDOW, end=weeks.END - 3e7), PROMISED)


@pytest.mark.parametrize(
    ("paid", "before", "named"),
    [(70, 100, False), (60, 100, True), (60, 0, False), (40, 0, True), (40, 40, True), (100, 100, False)],
)
def test_a_step_is_named_when_it_falls_by_a_third_or_below_what_is_usual(paid, before, named):
    steps = [Step("Tries to pay", 100, 100 if before else 0), Step("Orders paid", paid, before)]
    assert bool(findings(Figures(WINDOW, 0, steps), [])) == named


def test_few_shoppers_and_rare_searches_say_nothing():
    steps = [Step("Tries to pay", 19, 0), Step("Orders paid", 0, 0)]
    assert findings(Figures(WINDOW, 0, steps, searches=10_000), [Term("hat", 49)]) == []
    assert len(findings(Figures(WINDOW, 0, steps, searches=10_000), [Term("hat", 50)])) == 1


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


def test_times_are_utc_and_in_their_order(tmp_path):
    from datetime import datetime

    monday, tuesday = datetime(2026, 8, 3), datetime(2026, 8, 4)  # noqa: DTZ001 -- as typed
    assert report.window(168, monday, tuesday) == Window(weeks.END + 86_400, 86_400)
    assert report.window(2, None, monday) == Window(weeks.END, 7200)
    with pytest.raises(CommandError, match="before"):
        report.window(168, tuesday, monday)
    with pytest.raises(CommandError, match="cannot be written"):
        report.write("", tmp_path / "none" / "page.md")
