"""The processes of an observed store."""

from __future__ import annotations

import pytest

from mercat.config import services
from mercat.observe import programs
from mercat.stack import definitions, desired_state, monitoring, reconcile
from mercat.stack.control_protocol import ApplyRequest
from mercat.stack.process_spec import ProcessSpec
from mercat.stack.runner import ProcessRunner
from mercat.stack.supervisor_process import SupervisorProcess
from mercat.tests.conftest import add_service


@pytest.fixture
def project(installation, tmp_path, monkeypatch):
    """A store with one service, on a machine that has all programs."""
    add_service(installation, "catalog", 8002)
    folder = tmp_path / "monitoring"
    folder.mkdir()
    for name in programs.NAMES:
        (folder / name).touch(mode=0o755)
    monkeypatch.setattr(programs, "_FOLDER", folder)
    return installation


def built(installation):
    return desired_state.build(installation, services.discover(installation.root), seed=False)


def test_a_store_that_is_not_observed_has_no_process_more_and_needs_no_program(project, monkeypatch):
    monkeypatch.setattr(programs, "find", None)  # nobody asks where they are
    desired = built(project)
    assert not [process for process in desired.processes if process.layer == monitoring.LAYER]
    assert "Charts and alerts" not in desired.addresses
    desired_state.write_files(project, services.discover(project.root), desired.processes)
    assert not (project.state / "observe").exists()


def test_the_store_starts_and_runs_without_any_process_that_observes(project):
    SupervisorProcess(project).set_observed(observed=True)
    desired = built(project)
    added = {process.name: process for process in desired.processes if process.optional}
    assert {"prometheus", "alertmanager", "postgres_exporter", "redis_exporter", "books"} <= set(added)
    others = [process for process in desired.processes if process.name not in added]
    assert not [process.name for process in others if set(process.depends_on) & set(added)]
    assert {process.layer for process in added.values() if not process.once} == {monitoring.LAYER}
    assert monitoring.LAYER > definitions.EDGE  # stopped first
    SupervisorProcess(project).set_observed(observed=False)
    assert not [process for process in built(project).processes if process.layer == monitoring.LAYER]


def test_the_books_of_services_with_a_database_are_checked(project):
    add_service(project, "pages", 8010, routes="/", database='""')
    SupervisorProcess(project).set_observed(observed=True)
    books = next(process for process in built(project).processes if process.name == "books")
    assert books.depends_on == ("migrate-catalog",)
    assert "pages" not in books.argv
    assert [name for name in books.env if name.startswith("DATABASE_URL")] == ["DATABASE_URL_CATALOG"]


def test_a_program_that_is_missing_is_told_and_left_out(project, monkeypatch, tmp_path):
    SupervisorProcess(project).set_observed(observed=True)
    monkeypatch.setattr(programs, "_FOLDER", tmp_path / "none")
    monkeypatch.setitem(project.user_settings, "PATH", "")
    _, desired = desired_state.compute(project, seed=False)
    assert not [process for process in desired.processes if process.name in programs.NAMES]
    assert [notice for notice in desired.notices if notice.startswith("prometheus was not found")]


def test_no_exporter_of_a_database_that_the_user_has_named(project, monkeypatch):
    SupervisorProcess(project).set_observed(observed=True)
    monkeypatch.setitem(project.user_settings, "DATABASE_URL_CATALOG", "postgresql://me@db/catalog")
    monkeypatch.setitem(project.user_settings, "VALKEY_URL", "valkey://elsewhere/0")
    found = {process.name: process for process in built(project).processes}
    assert not {"postgres_exporter", "observer-role", "redis_exporter"} & set(found)
    assert found["books"].env["DATABASE_URL_CATALOG"] == "postgresql://me@db/catalog"


def test_no_secret_is_in_the_arguments(project):
    SupervisorProcess(project).set_observed(observed=True)
    for process in built(project).processes:
        secrets = [value for name, value in process.env.items() if "PASS" in name]
        assert not [each for each in secrets if each in " ".join(process.argv)]


def test_a_process_that_has_given_up_is_started_by_the_next_up(tmp_path):
    process = ProcessSpec("prometheus", ["prometheus"], {}, optional=True)
    runner = ProcessRunner(process, tmp_path / "log", tmp_path, lambda: None)
    runner.entry.condition = "failed"
    changes = reconcile.compare({"prometheus": runner}, [process], ApplyRequest({}))
    assert (changes.reasons, changes.added, changes.changed) == ({"prometheus": "it failed"}, [process], {})


async def test_a_start_goes_on_when_an_optional_process_gives_up(tmp_path):
    process = ProcessSpec("prometheus", ["/bin/false"], {}, optional=True)
    runner = ProcessRunner(process, tmp_path / "log", tmp_path, lambda: None, max_delay=0.1)
    await runner.run([])
    assert runner.ready.is_set()
    assert runner.entry.condition == "failed"
