from __future__ import annotations

import io
import time

import pytest
from rich.console import Console

from mercat.commands import load_report, render
from mercat.stack.status_file import ProcessStatus, StackStatus

ENTRIES = [
    ProcessStatus("initdb", once=True, condition="done", took=1.25),
    ProcessStatus("catalog", "products", 8002, condition="ready", took=2.0, pid=7, restarts=1),
    ProcessStatus("orders", "carts", 8003, condition="restarting", message="was ended by SIGKILL", restarts=3),
    ProcessStatus("traefik", "https", 8080, condition="waiting"),
    ProcessStatus("payments", "ledger", 8004, condition="starting"),
]


def drawn(thing) -> str:
    out = Console(file=io.StringIO(), width=120, highlight=False)
    out.print(thing)
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


def test_progress_has_a_row_for_each_process():
    lines = [
        " ".join(line.split()) for line in drawn(render.progress(StackStatus(pid=1, entries=ENTRIES))).splitlines()
    ]
    assert lines[0] == "✓ initdb done in 1.2 s"
    assert lines[1] == "✓ catalog products ready in 2.0 s"
    assert lines[2].endswith("orders carts restarting: was ended by SIGKILL")
    assert lines[3] == "· traefik https waiting"


def test_finished_progress_has_no_spinner():
    shown = drawn(render.progress(StackStatus(pid=1, entries=ENTRIES), finished=True))
    assert "↻  orders" in shown
    assert "→  payments" in shown


def test_each_condition_change_is_one_line():
    assert render.condition_changes([], ENTRIES) == [
        "✓ initdb             done in 1.2 s",
        "✓ catalog            ready in 2.0 s",
        "↻ orders             restarting: was ended by SIGKILL",
    ]
    assert render.condition_changes(ENTRIES, ENTRIES) == []


def test_overview_has_memory_and_omits_finished_tasks():
    started = ProcessStatus("catalog", port=8002, condition="ready", pid=7, since=time.time() - 300)
    shown = drawn(render.overview(StackStatus(pid=1, entries=[started, *ENTRIES[:1]]), {7: 80 * 2**20}))
    assert "80 MB" in shown
    assert "5 min" in shown
    assert "initdb" not in shown


def test_last_exit_is_below_the_table():
    ended = "was ended by SIGKILL"
    entry = ProcessStatus(
        "orders", condition="restarting", message=ended, ended=ended, ended_at=time.time() - 5, restarts=3
    )
    status = StackStatus(pid=1, entries=[entry])
    assert ended not in drawn(render.overview(status, {}))
    assert render.exits(status) == ["orders was ended by SIGKILL, 5 s ago; 3 restarts so far"]


def test_addresses_have_their_labels():
    shown = drawn(render.addresses(StackStatus(pid=1, addresses={"Store": "http://localhost:8080/", "Mail": "by you"})))
    assert "Store  http://localhost:8080/" in shown
    assert "Mail   by you" in shown


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0 s"), (59, "59 s"), (60, "1 min"), (7200, "2 h"), (172_800, "2 d")]
)
def test_age_is_rounded_to_one_unit(seconds, said):
    assert render.age(seconds) == said


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({"row": 7, "handle": "ring", "column": "Price", "reason": "no number"}, "row 7, ring, Price: no number"),
        ({"row": 7, "handle": "", "column": None, "reason": "empty"}, "row 7: empty"),
        ({"reason": "odd"}, "odd"),
    ],
)
def test_refused_row_is_described_in_one_line(event, said):
    assert load_report.describe_problem(event) == said
