from __future__ import annotations

import os
import subprocess
import sys

import pytest

from mercat.stack import supervisor_main
from mercat.stack.desired_state import DesiredState
from mercat.stack.lock import SupervisorLock
from mercat.stack.status_file import StatusFile
from mercat.tests.test_runner import python
from mercat.tests.test_supervisor import process


@pytest.fixture
def status_file(installation) -> StatusFile:
    return StatusFile(installation.run)


@pytest.fixture
def as_started(installation, monkeypatch):
    """What `mercat up` hands to the supervisor: the store's lock, and where it is."""
    before = os.umask(0o022)
    monkeypatch.setenv("MERCAT_STATE", str(installation.state))
    lock = SupervisorLock(installation.run).take()
    assert lock is not None
    yield ["--lock", str(lock), "--offset", "1200", "--replicas", "1"]
    os.close(lock)
    os.umask(before)


def test_refused_start_is_in_the_status_file(installation, status_file, as_started, monkeypatch):
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_test_x")
    monkeypatch.delenv("STRIPE_PUBLISHABLE_KEY", raising=False)
    with pytest.raises(SystemExit, match="1"):
        supervisor_main.main(as_started)
    told = status_file.read()
    assert told is not None
    assert (told.phase, told.pid) == ("failed", os.getpid())
    assert "STRIPE_PUBLISHABLE_KEY" in told.problem


def test_internal_error_is_in_the_status_file(status_file, as_started, monkeypatch):
    monkeypatch.setattr(supervisor_main, "prepare", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        supervisor_main.main(as_started)
    told = status_file.read()
    assert told is not None
    assert told.phase == "failed"
    assert "ZeroDivisionError" in told.problem


def test_failed_process_is_reported_with_its_last_output(installation, status_file, as_started, monkeypatch):
    broken = process(installation, "broken", python("print('I cannot'); raise SystemExit(9)"), once=True)
    monkeypatch.setattr(supervisor_main, "prepare", lambda *_, **__: DesiredState([broken]))
    with pytest.raises(SystemExit, match="1"):
        supervisor_main.main(as_started)
    told = status_file.read()
    assert told is not None
    assert told.phase == "failed"
    assert "broken ended with status 9" in told.problem
    assert "I cannot" in told.problem


@pytest.mark.parametrize("module", ["mercat.stack.supervisor_main", "mercat.portal.app"])
def test_process_beside_the_services_imports_none_of_their_libraries(module):
    heavy = {"pydantic", "fastapi", "aiohttp", "cryptography", "asyncpg", "structlog", "rich"}
    program = f"import sys, {module}; print(*{heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
