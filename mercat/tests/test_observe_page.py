"""The page of charts and alerts: what it says without Prometheus, and what it lets a browser ask."""

from __future__ import annotations

import hashlib
import re

import pytest

from mercat.observe import panels
from mercat.portal import observe_page
from mercat.stack.status_file import ProcessStatus, StackStatus, StatusFile
from mercat.tests.conftest import ROOT

STATIC = ROOT / "mercat" / "portal" / "static"


async def test_a_store_that_is_not_observed_says_how_to_switch_it_on(portal):
    answer = (await portal.get("/observe/data")).json()
    assert answer["state"] == "off"
    assert "up --observe" in answer["message"]


async def test_prometheus_away_is_said_with_what_to_do(portal, installation, monkeypatch, free_port):
    installation.observed_marker.touch()
    monkeypatch.setenv("PORTAL_PROMETHEUS_URL", "http://127.0.0.1:1")
    answer = (await portal.get("/observe/data")).json()
    assert answer["state"] == "away"
    assert "logs prometheus" in answer["message"]


@pytest.mark.parametrize("query", ["range=2h", "range=", "range=1h%5D"])
async def test_only_the_ranges_of_the_page_can_be_asked_for(portal, query):
    answer = await portal.get(f"/observe/data?{query}")
    assert answer.status_code == 422


async def test_the_page_has_a_chart_and_a_table_for_every_panel(portal):
    page = (await portal.get("/observe")).text
    every = [panel for group in panels.GROUPS for panel in group.panels]
    assert len({panel.id for panel in every}) == len(every)
    for panel in every:
        assert f'<section class="chart" id="{panel.id}" data-unit="{panel.unit}"' in page
        assert f'aria-label="{panel.title}, as a table"' in page
        assert not any("$" in expr for expr in panel.expressions(60).values())
    assert page.count("<summary>As a table</summary>") == len(every)


def test_what_cannot_be_drawn_is_no_number():
    assert [observe_page._number(text) for text in ("1.5", "NaN", "+Inf", "-Inf")] == [1.5, None, None, None]


async def test_a_runbook_is_shown_without_its_html(portal, installation):
    folder = installation.root / "docs" / "runbooks"
    folder.mkdir(parents=True)
    (folder / "FeedLag.md").write_text("# Late\n\n| a | b |\n|---|---|\n| 1 | <script>x</script> |\n")
    page = (await portal.get("/observe/runbooks/FeedLag")).text
    assert "<h1>Late</h1>" in page
    assert "<td>1</td>" in page
    assert "<script>x" not in page
    for name in ("Other", "..%2F..%2FREADME", "Feed.Lag"):
        assert (await portal.get(f"/observe/runbooks/{name}")).status_code == 404


async def test_metrics_tell_of_every_process(portal, installation):
    entries = [
        ProcessStatus("catalog", condition="ready"),
        ProcessStatus("orders", condition="restarting", restarts=3),
        ProcessStatus("roles", once=True, condition="done"),
    ]
    StatusFile(installation.run).write(StackStatus(pid=1, phase="running", entries=entries))
    text = (await portal.get("/_portal/metrics")).text
    assert 'mercat_process_ready{process="catalog"} 1.0' in text
    assert 'mercat_process_ready{process="orders"} 0.0' in text
    assert 'mercat_process_restarts_total{process="orders"} 3.0' in text
    assert 'process="roles"' not in text  # it ends by itself
    assert "process_resident_memory_bytes" in text


def test_the_library_that_draws_is_the_one_that_its_licence_names():
    told = re.findall(r"^([0-9a-f]{64})  (\S+)$", (STATIC / "uplot.LICENSE.txt").read_text(), re.MULTILINE)
    assert {name for _, name in told} == {"uplot.js", "uplot.css"}
    for digest, name in told:
        assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == digest
