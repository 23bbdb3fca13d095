from __future__ import annotations

import pytest

from chassis.ops import cli
from mercat.stack import after_restore


@pytest.fixture
def marker(installation, monkeypatch):
    monkeypatch.setattr("sys.argv", ["after_restore", "orders"])
    monkeypatch.setattr(after_restore, "locate", lambda: installation)
    path = installation.restored_marker("orders")
    path.parent.mkdir(parents=True)
    path.write_text("2026-11-28T12:00:00Z")
    return path


def test_a_task_that_failed_is_due_again(marker, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with pytest.raises(SystemExit) as ended:
        after_restore.main()
    assert ended.value.code == cli.FAILED
    assert marker.exists()


def test_a_task_that_was_done_has_nothing_to_do(marker):
    marker.unlink()
    after_restore.main()
