from __future__ import annotations

import json
import os
import threading
import time

import pytest

from chassis.testing.waiting import wait_until
from mercat.commands import logs
from mercat.installation import CommandError
from mercat.stack import log_rotation


@pytest.fixture
def written(installation):
    (installation.logs / "catalog.log").write_text("one\ntwo\nthree\n")
    (installation.logs / "catalog-2.log").write_text("other\n")
    line = {"@timestamp": "2026-11-21T22:54:35.012481Z", "log.level": "info", "message": "placed", "order_id": 7}
    (installation.logs / "orders.log").write_text(json.dumps(line) + "\n")
    return installation


def test_long_log_is_rotated_while_its_writer_goes_on(tmp_path):
    log = tmp_path / "x.log"
    with log.open("ab", buffering=0) as writer:
        for generation in range(5):
            writer.write(f"{generation}\n".encode() * 100)
            assert log_rotation.rotate(tmp_path, max_bytes=150, kept=3) == ["x.log"]
            assert log.stat().st_size == 0
        writer.write(b"now\n")
    assert log.read_bytes() == b"now\n"
    kept = {path.name: path.read_text()[0] for path in tmp_path.glob("x.log.*")}
    assert kept == {"x.log.1": "4", "x.log.2": "3", "x.log.3": "2"}


def test_short_log_is_not_rotated(tmp_path):
    (tmp_path / "x.log").write_text("short")
    assert log_rotation.rotate(tmp_path, max_bytes=10) == []
    assert (tmp_path / "x.log").read_text() == "short"


def test_what_was_last_written_long_ago_goes_also_of_a_process_that_is_no_more(tmp_path):
    begin = time.time()
    for name, days in {"gone.log": 31, "gone.log.1": 40, "gone.log.9": 400, "new.log": 29, "new.log.1": 29}.items():
        (tmp_path / name).write_text("line")
        os.utime(tmp_path / name, (begin - days * 86_400,) * 2)
    assert log_rotation.rotate(tmp_path) == []
    left = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert left == {"gone.log": "", "new.log": "line", "new.log.1": "line"}


def test_a_kept_file_has_the_age_of_its_last_line_not_of_its_copy(tmp_path):
    """A copy is as old as its content: it does not begin to age when it is made anew."""
    (tmp_path / "x.log").write_text("line" * 10)
    os.utime(tmp_path / "x.log", (time.time() - 29 * 86_400,) * 2)
    log_rotation.rotate(tmp_path, max_bytes=10)
    assert (tmp_path / "x.log.1").stat().st_mtime < time.time() - 28 * 86_400


def test_tail_returns_the_last_lines(tmp_path):
    log = tmp_path / "x.log"
    assert log_rotation.tail(log, 5) == ""
    log.write_text("".join(f"{number}\n" for number in range(10_000)))
    assert log_rotation.tail(log, 3) == "9997\n9998\n9999"
    log.write_bytes(b"\xff bad \x00 bytes")
    assert "bad" in log_rotation.tail(log, 3)


def test_logs_of_a_service_include_its_replicas(written):
    assert [log.stem for log in logs.select_logs(written, "catalog")] == ["catalog", "catalog-2"]
    assert len(logs.select_logs(written, None)) == 3


def test_missing_log_is_refused_with_the_existing_names(written):
    with pytest.raises(CommandError, match=r"no log of 'shop'\. There are: catalog, catalog-2, orders"):
        logs.select_logs(written, "shop")


def test_the_last_lines_are_shown_with_their_process(written, capsys):
    logs.print_last(written, None, lines=2, raw=False)
    shown = capsys.readouterr().out.splitlines()
    assert [line.split() for line in shown] == [
        ["catalog", "two"],
        ["catalog", "three"],
        ["catalog-2", "other"],
        ["orders", "22:54:35.012", "info", "placed", "order_id=7"],
    ]


def test_raw_lines_are_printed_unchanged(written, capsys):
    logs.print_last(written, "orders", lines=2, raw=True)
    assert json.loads(capsys.readouterr().out)["order_id"] == 7


def test_following_shows_new_lines_of_old_new_and_rotated_logs(written, capsys):
    going_on, follows = threading.Event(), threading.Event()
    going_on.set()

    def alive() -> bool:
        follows.set()
        return going_on.is_set()

    follower = threading.Thread(target=logs.follow, args=(written, None), kwargs={"raw": True, "alive": alive})
    follower.start()
    assert follows.wait(60)
    seen = ""

    def shows(line: str) -> bool:
        nonlocal seen
        seen += capsys.readouterr().out
        return line in seen

    try:
        (written.logs / "traefik.log").write_text("new file\n")
        wait_until(lambda: shows("new file"))
        with (written.logs / "catalog.log").open("a") as log:
            log.write("four\nfi")
            log.flush()
            wait_until(lambda: shows("four"))
            assert "fi" not in seen.split("four")[1]
            log.write("ve\n")
        wait_until(lambda: shows("five"))
        (written.logs / "catalog.log").write_text("6\n")
        wait_until(lambda: shows("6\n"))
    finally:
        going_on.clear()
        follower.join(20)
    assert "one" not in seen


@pytest.mark.parametrize("line", ["plain", "[1, 2]", '"text"', "{broken", ""])
def test_line_without_json_is_unchanged(line):
    assert logs.format_line(line) == line


def test_request_has_a_short_form():
    line = {
        "@timestamp": "2026-11-21T22:54:35.012481Z",
        "log.level": "info",
        "message": "request",
        "service.name": "catalog",
        "http.request.method": "GET",
        "http.route": "/api/v1/products",
        "http.response.status_code": 200,
        "event.duration": 38_865_503,
        "trace.id": "f4a5",
        "error.type": "x",
    }
    told = logs.format_line(json.dumps(line))
    assert told == "22:54:35.012  info  GET /api/v1/products 200 38.9 ms  error.type=x"
