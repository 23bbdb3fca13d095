"""History, drawing, comparison and medians of the benchmarks, from recorded figures."""

from __future__ import annotations

import asyncio
import math
import os
import random
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import msgspec
import pytest

from proofs.bench import __main__ as bench
from proofs.bench import base, comment, comparing, counts, drawing, history, pairs, resources_costs, rounds, trees
from proofs.bench.counts import Counts
from proofs.bench.figures import Figure, lines, parts_of
from proofs.bench.history import Entry, Machine
from proofs.bench.load import Subject
from proofs.bench.median import median

HERE = Machine(2, "a processor", "3.11.7", "18.1")
THERE = Machine(8, "another processor", "3.11.7", "18.1")


def figures(ratio: float = 1.1, statements: int = 31, log: int = 27_000) -> list[Figure]:
    cpu = Figure("order.cpu", "an order", 9.0, "ms CPU", "cpu", target=10)
    return [
        Figure("request.chassis", "the chassis", ratio, "x", "ratio", target=1.2),
        *parts_of(cpu, {"catalog": 3.0, "orders": 6.0}),
        *counts.figures({"an order: statements": statements, "an order: wal bytes": log}),
    ]


def entry(number: int, *, machine: Machine = HERE, dirty: bool = False, **values: Any) -> Entry:
    found = {figure.name: figure for figure in figures(**values)}
    return Entry(f"2026-01-{number:02}T00:00:00Z", f"{number:040x}", dirty, 0.5, machine, found)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "kept" / "history.jsonl"
    monkeypatch.setenv("BENCH_HISTORY", str(place))
    return place


def test_an_entry_is_read_as_it_was_kept_and_tells_of_tree_and_machine(file: Path, capsys: pytest.CaptureFixture[str]):
    bench.keep(history.began(), figures())
    bench.keep(history.began(), figures(ratio=1.3))
    first, second = history.read(file)
    assert list(first.figures.values()) == figures()
    assert first.commit == history.git("rev-parse", "HEAD")
    assert first.machine == second.machine == history.machine()
    assert second.machine.cores > 0
    assert second.machine.postgresql.split(".")[0].isdigit()
    told = capsys.readouterr().out
    assert f"Entry 2 of {file}, drawn in {file.with_suffix('.svg')}" in told
    assert "1.18x" in told


def test_a_run_killed_while_it_wrote_costs_its_own_entry_only(file: Path, capsys: pytest.CaptureFixture[str]):
    history.append(file, entry(1))
    with file.open("ab") as opened:
        opened.write(msgspec.json.encode(entry(2))[:100])
    history.append(file, entry(3))
    assert [each.when[:10] for each in history.read(file)] == ["2026-01-01", "2026-01-03"]
    assert "Line 2 of the history is left out" in capsys.readouterr().out


def test_lines_tell_value_target_spread_and_parts():
    missed = Figure("a", "a list", 1.5, "ms CPU", "cpu", target=1.2, spread=0.04, note="half of it PostgreSQL's")
    assert list(lines([missed, *figures()[1:4]])) == [
        "a list: 1.5 ms CPU (target <= 1.2: missed by 25%; spread 4%; half of it PostgreSQL's)",
        "an order: 9 ms CPU (target <= 10: reached)",
        "  of which: orders 6, catalog 3",
    ]
    assert (
        Figure("b", "rate", 4, "x", "ratio", target=5, rising=True).line()
        == "rate: 4.00x (target >= 5x: missed by 20%)"
    )


def test_a_count_that_grew_is_red_and_a_ratio_never_is(file: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    monkeypatch.setattr(sys, "argv", ["comparing"])
    for each in (entry(1), entry(2, ratio=9.0)):
        history.append(file, each)
    comparing.main()
    assert "8.18x" in capsys.readouterr().out
    history.append(file, entry(3, statements=32, log=28_000))
    with pytest.raises(SystemExit, match=r"^Counts grew: an order: statements$"):
        comparing.main()
    assert "+1 GREW" in capsys.readouterr().out
    history.append(file, entry(4, statements=31, log=30_000))
    with pytest.raises(SystemExit, match=r"^Counts grew: an order: wal bytes$"):
        comparing.main()


def test_different_machines_are_told_and_a_base_is_of_the_same_machine(monkeypatch: pytest.MonkeyPatch):
    assert "THE MACHINES DIFFER" in comparing.table(entry(1, machine=THERE), entry(2))
    assert "THE MACHINES DIFFER" not in comparing.table(entry(1), entry(2))
    monkeypatch.setattr(trees, "commit_of", lambda _: f"{1:040x}")
    kept = [entry(1), entry(1, machine=THERE), entry(1, dirty=True), entry(2), entry(3)]
    assert comparing.chosen(kept, "main") == (kept[0], kept[4])
    assert comparing.chosen(kept, "") == (kept[3], kept[4])
    with pytest.raises(SystemExit, match="8 cores of another processor"):
        comparing.chosen([entry(1, machine=THERE), entry(3)], "main")
    with pytest.raises(SystemExit, match="2 entries to compare"):
        comparing.chosen([entry(1)], "")


def test_entries_without_a_figure_in_common_say_so():
    without = msgspec.structs.replace(entry(1), figures={})
    assert "no figure in common" in comparing.table(without, entry(2))


def test_the_drawing_shows_each_figure_at_every_entry_and_no_more_than_fit():
    kept = [entry(1, machine=THERE), entry(2, dirty=True), entry(3, ratio=1.4, statements=32)]
    root = ET.fromstring(drawing.drawn(kept))  # nosec B314 -- drawn a line above, by us
    found = [(node.tag.rpartition("}")[2], node.get("class") or "", node) for node in root.iter()]
    assert sum(tag == "circle" for tag, _, _ in found) == 2 * 3
    assert sum(kind == "dot dirty" for _, kind, _ in found) == 2
    assert sum(kind == "moved" for _, kind, _ in found) == 2
    assert sum(kind == "target" for _, kind, _ in found) == 2
    bad = [node.text for _, kind, node in found if kind in {"value bad", "end bad"}]
    assert bad == ["1.40x", "32"]
    assert "prefers-color-scheme: dark" in drawing.drawn(kept)
    assert drawing.drawn([entry(1)] * 500).count("<circle") == 2 * drawing.ENTRIES


def test_an_interval_has_the_true_median_as_often_as_it_says():
    draw = random.Random(7)
    for n in (6, 20):
        found = [median([draw.lognormvariate(0, 1) for _ in range(n)]) for _ in range(4_000)]
        held = sum(each.low <= 1 <= each.high for each in found) / len(found)
        assert found[0].sure >= 0.95
        assert math.isclose(held, found[0].sure, abs_tol=0.012)


def test_an_interval_is_as_narrow_as_its_level_allows():
    values = [float(each) for each in range(1, 21)]
    # Tables of the sign test: of 20 values the 6th to the 15th, with 95.9 %.
    assert median(values)[:3] == (10.5, 6.0, 15.0)
    assert math.isclose(median(values).sure, 0.9586, abs_tol=1e-4)
    assert median([3.0, 1.0, 2.0]) == (2.0, 1.0, 3.0, 0.75)
    assert median([4.0]) == (4.0, 4.0, 4.0, 0.0)


def test_the_comment_tells_ratios_with_their_interval():
    def around(ratio: float) -> list[tuple[float, float]]:
        return [(2.0, 2.0 * ratio * (1 + wobble / 100)) for wobble in range(-5, 6)]

    text = comment.told_pairs({"list": around(1.0), "order": around(1.2), "chassis": around(0.8), "idle": []})
    rows = {line.split(" | ")[0][2:]: line for line in text.splitlines() if line.startswith("| a")}
    assert "| 1.000 | 0.960 to 1.040 | no difference seen |" in rows["a product list of 20, cached"]
    assert "**costs more, above 1.03" in rows["an order, placed to paid"]
    assert "costs less" in rows["a signed-in, limited, measured, logged request"]
    assert "in 11 alternating pairs" in text


def test_the_comment_names_counts_that_grew_fell_and_went():
    text = comment.told_counts(Counts({"a": 1, "b": 5, "c": 2, "d": 7}), Counts({"a": 2, "b": 4, "d": 7, "e": 1}))
    assert "**1 of 3 counts grew**" in text
    assert text.index("| a | 1 | 2 | +1 |") < text.index("Fell") < text.index("| b | 5 | 4 | -1 |")
    assert "No longer counted, or by another name: c" in text
    assert "**No count grew**, of 1." in comment.told_counts(Counts({"a": 1}), Counts({"a": 1}))
    assert "The base records no counts" in comment.told_counts(Counts(), Counts({"a": 1}))


def test_what_could_not_be_counted_is_not_green():
    assert "this change could not be counted" in base.unmeasured(Counts({"a": 1}), Counts())
    assert "it broke" in base.unmeasured(Counts({"a": 1, "b": 1}), Counts({"a": 1}, failed="it broke"))
    assert "the base could not be counted" in base.unmeasured(Counts(failed="it broke"), Counts({"a": 1}))
    assert base.unmeasured(Counts({"a": 1}), Counts({"a": 2}, failed="above its budget")) == ""
    assert base.unmeasured(Counts(), Counts({"a": 1})) == ""


async def test_a_round_with_a_refused_request_is_no_figure():
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.readuntil(b"\r\n\r\n"):
            writer.write(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    async with server:
        subject = Subject("refused", [server.sockets[0].getsockname()[1]], [os.getpid()], "/", connections=1)
        with pytest.raises(RuntimeError, match=r"expected 200 or 201, got: HTTP/1\.1 401"):
            await rounds._answered(subject)


LEAVES = "import sys; print(1, flush=True); sys.stdin.read()"
INTERRUPTED = """
import time
try:
    print(1, flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    raise SystemExit(5)
"""
STAYS = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"


@pytest.mark.parametrize(("program", "status"), [(LEAVES, 0), (INTERRUPTED, 5), (STAYS, -9)])
async def test_a_measured_store_ends(monkeypatch: pytest.MonkeyPatch, program: str, status: int):
    monkeypatch.setattr(pairs, "_END_SECONDS", {0: 60, 5: 5, -9: 1}[status])
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdin=pipe, stdout=pipe)
    assert process.stdin is not None
    assert process.stdout is not None
    await process.stdout.readline()
    process.stdin.close()
    await pairs._ended(process)
    assert process.returncode == status


async def test_a_worker_that_ended_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(pairs, "python_of", lambda _tree: sys.executable)
    async with pairs._worker(tmp_path, -1) as worker:
        with pytest.raises(pairs.Unmeasured, match=r"No module named|must be between 0"):
            await worker.ask("idle")


def test_a_base_that_is_not_there_is_named():
    with pytest.raises(SystemExit, match="There is no commit 'no-such-branch' here"):
        trees.commit_of("no-such-branch")
    assert trees.commit_of("HEAD") == history.git("rev-parse", "HEAD")


def test_the_least_of_repeated_counts_counts():
    first, second = Counts({"a": 3, "b": 1}, {"a": "test_a", "b": "test_b"}), Counts({"a": 2}, {"a": "test_a"})
    for least in (first.least(second), second.least(first)):
        assert least == Counts({"a": 2, "b": 1}, {"a": "test_a", "b": "test_b"})


def test_what_valkey_grows_by_is_divided_by_all_who_came():
    before = {"orders": 0, "size": 0.0, "transactions": 0.0, "valkey": 1_000_000.0, "connection": 2e6}
    after = {**before, "orders": 10, "size": 5e4, "transactions": 300.0, "valkey": 1_060_000.0}
    reading = resources_costs.Phase(20, {"reads": 480}, {}, shoppers=48)
    buying = resources_costs.Phase(20, {"orders": 10, "reads": 120, "sign_ins": 5}, {}, shoppers=12)
    found = resources_costs._growth(before, after, [{"reads": reading, "1": buying}])
    assert found["cache"] == {"memory_mb": 1.0, "kb_a_shopper": 1.0}
    assert found["database"] == {"kb_an_order": 5.0, "transactions_an_order": 30.0, "memory_mb_a_connection": 2.0}
