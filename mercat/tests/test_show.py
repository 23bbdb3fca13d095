from __future__ import annotations

import io
import time

import pytest
from rich.console import Console

from mercat import import_command, show
from mercat.board import Entry, Status

ENTRIES = [
    Entry("initdb", once=True, condition="done", took=1.25),
    Entry("catalog", "products", 8002, condition="ready", took=2.0, pid=7, restarts=1),
    Entry("orders", "carts", 8003, condition="restarting", message="was ended by SIGKILL", restarts=3),
    Entry("traefik", "https", 8080, condition="waiting"),
    Entry("payments", "ledger", 8004, condition="starting"),
]


def drawn(thing) -> str:
    out = Console(file=io.StringIO(), width=120, highlight=False)
    out.print(thing)
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


def test_progress_tells_each_process_on_a_line():
    lines = [" ".join(line.split()) for line in drawn(show.progress(Status(pid=1, entries=ENTRIES))).splitlines()]
    assert lines[0] == "✓ initdb done in 1.2 s"
    assert lines[1] == "✓ catalog products ready in 2.0 s"
    assert lines[2].endswith("orders carts restarting: was ended by SIGKILL")
    assert lines[3] == "· traefik https waiting"


def test_once_it_is_over_nothing_moves():
    shown = drawn(show.progress(Status(pid=1, entries=ENTRIES), finished=True))
    assert "↻  orders" in shown
    assert "→  payments" in shown


def test_without_a_terminal_each_change_is_a_line_and_no_change_is_none():
    assert show.changes([], ENTRIES) == [
        "✓ initdb             done in 1.2 s",
        "✓ catalog            ready in 2.0 s",
        "↻ orders             restarting: was ended by SIGKILL",
    ]
    assert show.changes(ENTRIES, ENTRIES) == []


def test_the_overview_has_memory_and_leaves_out_what_is_done():
    started = Entry("catalog", port=8002, condition="ready", pid=7, since=time.time() - 300)
    shown = drawn(show.overview(Status(pid=1, entries=[started, *ENTRIES[:1]]), {7: 80 * 2**20}))
    assert "80 MB" in shown
    assert "5 min" in shown
    assert "initdb" not in shown


def test_how_a_process_ended_is_told_once_and_not_in_the_table():
    ended = "was ended by SIGKILL"
    entry = Entry("orders", condition="restarting", message=ended, ended=ended, ended_at=time.time() - 5, restarts=3)
    status = Status(pid=1, entries=[entry])
    assert ended not in drawn(show.overview(status, {}))
    assert show.ends(status) == ["orders was ended by SIGKILL, 5 s ago; 3 restarts so far"]


def test_addresses_are_shown_with_their_names():
    shown = drawn(show.addresses(Status(pid=1, addresses={"Store": "http://localhost:8080/", "Mail": "by you"})))
    assert "Store  http://localhost:8080/" in shown
    assert "Mail   by you" in shown


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0 s"), (59, "59 s"), (60, "1 min"), (7200, "2 h"), (172_800, "2 d")]
)
def test_an_age_is_said_as_people_do(seconds, said):
    assert show.age(seconds) == said


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({"row": 7, "handle": "ring", "column": "Price", "reason": "no number"}, "row 7, ring, Price: no number"),
        ({"row": 7, "handle": "", "column": None, "reason": "empty"}, "row 7: empty"),
        ({"reason": "odd"}, "odd"),
    ],
)
def test_a_refused_row_is_told_in_a_line(event, said):
    assert import_command.problem(event) == said
