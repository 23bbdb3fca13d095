from __future__ import annotations

import os
from dataclasses import replace

import pytest

from mercat import applying, processes, sources
from mercat.channel import Apply
from mercat.process import Process
from mercat.runner import Runner

CATALOG = Process("catalog", ["serve"], {"CURRENCY": "EUR", "PATH": "/bin"}, service="catalog", layer=processes.APPS)
ORDERS = Process("orders", ["serve"], {}, service="orders", layer=processes.APPS)
MIGRATE = Process("migrate-catalog", ["migrate"], {}, once=True, service="catalog")
DATA = Process("postgres", ["postgres"], {}, layer=processes.DATA)
ALL = [DATA, MIGRATE, CATALOG, ORDERS]


@pytest.fixture
def runners(tmp_path):
    def make(process: Process) -> Runner:
        return Runner(process, tmp_path / "log", tmp_path, lambda: None)

    return {process.name: make(process) for process in ALL}


def why(runners, wanted, **wish) -> dict[str, str]:
    return applying.compare(runners, wanted, Apply({}, **wish)).why


def test_nothing_changed_is_nothing_done(runners):
    assert why(runners, ALL) == {}
    elsewhere = replace(CATALOG, env={**CATALOG.env, "PATH": "/usr/bin", "HOME": "/home/me"})
    assert why(runners, [DATA, MIGRATE, elsewhere, ORDERS]) == {}


def test_what_changed_is_told_by_name(runners):
    other = replace(CATALOG, env={**CATALOG.env, "CURRENCY": "USD", "LOG_LEVEL": "debug"})
    assert why(runners, [DATA, MIGRATE, other, ORDERS]) == {"catalog": "CURRENCY, LOG_LEVEL changed"}
    assert why(runners, [replace(DATA, argv=["postgres", "-c"]), *ALL[1:]]) == {"postgres": "its command changed"}


def test_changed_files_are_seen_once_it_has_run(runners, tmp_path):
    code = tmp_path / "code.py"
    code.write_text("1")
    reading = replace(CATALOG, sources=(code,))
    runners["catalog"].seen = sources.footprint((code,))
    assert why(runners, [DATA, MIGRATE, reading, ORDERS]) == {}
    os.utime(code, (1, 1))
    assert why(runners, [DATA, MIGRATE, reading, ORDERS]) == {"catalog": "its files changed"}


def test_new_and_gone_ones_are_noticed(runners):
    new = replace(ORDERS, name="shipping", service="shipping")
    changes = applying.compare(runners, [DATA, MIGRATE, CATALOG, new], Apply({}))
    assert changes.why == {"shipping": "it is new", "orders": "it is gone"}
    assert changes.new == [new]
    assert [runner.process for runner in changes.gone] == [ORDERS]


def test_a_failed_task_is_tried_again(runners):
    runners["migrate-catalog"].entry.condition = "failed"
    changes = applying.compare(runners, ALL, Apply({}))
    assert (changes.why, changes.tasks) == ({"migrate-catalog": "it failed"}, [MIGRATE])


def test_only_what_was_asked_for_is_touched(runners):
    other = [replace(process, argv=["x"]) for process in ALL]
    assert set(why(runners, other, only=["catalog"])) == {"migrate-catalog", "catalog"}
    assert why(runners, ALL, force=True) == {"catalog": "as asked", "orders": "as asked"}
    assert why(runners, ALL, only=["postgres"], force=True) == {"postgres": "as asked"}
    assert why(runners, ALL, only=["orders"], force=True) == {"orders": "as asked"}


def test_development_is_told_as_such(runners):
    dev = replace(CATALOG, argv=["python", "-m", "mercat.devserver"])
    assert why(runners, [DATA, MIGRATE, dev, ORDERS]) == {"catalog": "from now on it runs its code as it is saved"}
    runners["catalog"].process = dev
    assert why(runners, ALL) == {"catalog": "back to ordinary running"}


def test_code_that_python_cannot_read_is_left_out(runners, tmp_path):
    (tmp_path / "bad.py").write_text("def (")
    broken = replace(CATALOG, argv=["x"], sources=(tmp_path / "bad.py",))
    changes = applying.compare(runners, [DATA, MIGRATE, broken, ORDERS], Apply({}))
    said: list[str] = []
    applying._leave_broken(changes, said.append)
    assert (changes.other, changes.why) == ({}, {})
    assert "catalog is left as it is: its code has mistakes" in said[0]
    assert "bad.py:1: " in said[0]
