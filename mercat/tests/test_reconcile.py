from __future__ import annotations

import os
from dataclasses import replace

import pytest

from mercat.config import source_changes
from mercat.stack import definitions, reconcile
from mercat.stack.control_protocol import ApplyRequest
from mercat.stack.process_spec import ProcessSpec
from mercat.stack.runner import ProcessRunner

CATALOG = ProcessSpec(
    "catalog", ["serve"], {"CURRENCY": "EUR", "PATH": "/bin"}, service="catalog", layer=definitions.APPS
)
ORDERS = ProcessSpec("orders", ["serve"], {}, service="orders", layer=definitions.APPS)
MIGRATE = ProcessSpec("migrate-catalog", ["migrate"], {}, once=True, service="catalog")
DATA = ProcessSpec("postgres", ["postgres"], {}, layer=definitions.DATA)
ALL = [DATA, MIGRATE, CATALOG, ORDERS]


@pytest.fixture
def runners(tmp_path):
    def make(process: ProcessSpec) -> ProcessRunner:
        return ProcessRunner(process, tmp_path / "log", tmp_path, lambda: None)

    return {process.name: make(process) for process in ALL}


def why(runners, wanted, **request) -> dict[str, str]:
    return reconcile.compare(runners, wanted, ApplyRequest({}, **request)).reasons


def test_no_change_restarts_nothing(runners):
    assert why(runners, ALL) == {}
    elsewhere = replace(CATALOG, env={**CATALOG.env, "PATH": "/usr/bin", "HOME": "/home/me"})
    assert why(runners, [DATA, MIGRATE, elsewhere, ORDERS]) == {}


def test_changed_settings_and_commands_are_named(runners):
    other = replace(CATALOG, env={**CATALOG.env, "CURRENCY": "USD", "LOG_LEVEL": "debug"})
    assert why(runners, [DATA, MIGRATE, other, ORDERS]) == {"catalog": "CURRENCY, LOG_LEVEL changed"}
    assert why(runners, [replace(DATA, argv=["postgres", "-c"]), *ALL[1:]]) == {"postgres": "its command changed"}


def test_changed_files_restart_a_process(runners, tmp_path):
    code = tmp_path / "code.py"
    code.write_text("1")
    reading = replace(CATALOG, source_paths=(code,))
    runners["catalog"].fingerprint = source_changes.fingerprint((code,))
    assert why(runners, [DATA, MIGRATE, reading, ORDERS]) == {}
    os.utime(code, (1, 1))
    assert why(runners, [DATA, MIGRATE, reading, ORDERS]) == {"catalog": "its files changed"}


def test_added_and_removed_processes_are_found(runners):
    new = replace(ORDERS, name="shipping", service="shipping")
    changes = reconcile.compare(runners, [DATA, MIGRATE, CATALOG, new], ApplyRequest({}))
    assert changes.reasons == {"shipping": "it is new", "orders": "it is gone"}
    assert changes.added == [new]
    assert [runner.process for runner in changes.removed] == [ORDERS]


def test_failed_task_is_run_again(runners):
    runners["migrate-catalog"].entry.condition = "failed"
    changes = reconcile.compare(runners, ALL, ApplyRequest({}))
    assert (changes.reasons, changes.tasks) == ({"migrate-catalog": "it failed"}, [MIGRATE])


def test_requested_names_limit_the_changes(runners):
    other = [replace(process, argv=["x"]) for process in ALL]
    assert set(why(runners, other, only=["catalog"])) == {"migrate-catalog", "catalog"}
    assert why(runners, ALL, force=True) == {"catalog": "as asked", "orders": "as asked"}
    assert why(runners, ALL, only=["postgres"], force=True) == {"postgres": "as asked"}
    assert why(runners, ALL, only=["orders"], force=True) == {"orders": "as asked"}


def test_change_to_development_has_its_own_reason(runners):
    dev = replace(CATALOG, argv=["python", "-m", "mercat.stack.dev_server"])
    assert why(runners, [DATA, MIGRATE, dev, ORDERS]) == {"catalog": "from now on it runs its code as it is saved"}
    runners["catalog"].process = dev
    assert why(runners, ALL) == {"catalog": "back to ordinary running"}


def test_process_with_syntax_errors_is_skipped(runners, tmp_path):
    (tmp_path / "bad.py").write_text("def (")
    broken = replace(CATALOG, argv=["x"], source_paths=(tmp_path / "bad.py",))
    changes = reconcile.compare(runners, [DATA, MIGRATE, broken, ORDERS], ApplyRequest({}))
    said: list[str] = []
    reconcile._skip_unparsable(changes, said.append)
    assert (changes.changed, changes.reasons) == ({}, {})
    assert "catalog is left as it is: its code has mistakes" in said[0]
    assert "bad.py:1: " in said[0]
