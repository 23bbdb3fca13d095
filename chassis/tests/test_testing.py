from __future__ import annotations

import subprocess
import sys

import orjson
import pytest

from chassis import telemetry
from chassis.testing import lines, live_service
from chassis.testing.servers import child_process
from chassis.testing.waiting import wait_until


def test_a_process_that_does_not_listen_is_killed():
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    )
    argv = [sys.executable, "-c", deaf]
    with child_process(argv, patience=0.2, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"deaf\n"
    process.stdout.close()
    assert process.returncode == -9


def test_waiting_ends_with_a_timeout():
    with pytest.raises(TimeoutError, match="the tide was not true within"):
        wait_until(lambda: False, timeout=0.05, what="the tide")


def test_a_service_that_does_not_start_shows_its_log(bench, capfd):
    with live_service("hello", bench, DATABASE_POOL_SIZE="none") as service:
        service.process.wait(60)
    assert "DATABASE_POOL_SIZE" in capfd.readouterr().err


def test_a_run_that_is_cut_off_has_said_what_failed_and_why(tmp_path):
    tests = tmp_path / "test_cut_off.py"
    tests.write_text("import os\ndef test_sum():\n    assert 2 + 2 == 5\ndef test_end():\n    os._exit(3)\n")
    argv = [sys.executable, "-m", "pytest", "-q", "-p", "chassis.testing.plugin", "--rootdir", tmp_path, tests]
    run = subprocess.run(argv, stdout=subprocess.PIPE, text=True, check=False)
    assert run.returncode == 3
    assert "FAILED test_cut_off.py::test_sum (call)" in run.stdout
    assert "assert (2 + 2) == 5" in run.stdout


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ({"message": "a", "http.response.status_code": 200, "client.ip": "203.0.113.0", "user.id": None}, []),
        ({"labels.made_up": 1}, ["labels.made_up is not listed"]),
        ({"http.response.status_code": "200"}, ["http.response.status_code is no long"]),
        ({"labels.reason": {"a": 1}}, ["labels.reason is no keyword"]),
        ({"@timestamp": "today"}, ["@timestamp is no date"]),
        ({"client.ip": "testclient"}, ["client.ip is no ip"]),
    ],
)
def test_a_line_that_a_strict_index_would_refuse_is_told(line, wrong):
    found = list(lines.misfits([orjson.dumps(line)]))
    assert [each.partition(":")[0] for each in found] == wrong


def test_the_lines_of_a_test_are_gathered():
    lines.taken()
    telemetry.logger(__name__).info("seen")
    (line,) = lines.taken()
    assert orjson.loads(line)["message"] == "seen"
