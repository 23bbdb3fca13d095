from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tools.pipeline import areas, readers
from tools.pipeline.areas import FLAGS
from tools.pipeline.changes import changed_paths, derive
from tools.pipeline.selected import arguments
from tools.pipeline.tests.running import commit, git

ROOT = Path(__file__).resolve().parents[3]
READ_BY = readers.of_services(ROOT)
ALL = sorted(READ_BY)
TRACKED = [path for path in git(ROOT, "ls-files", "-z").split("\0") if path]
names = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8)
paths = st.sampled_from(TRACKED) | st.builds("/".join, st.lists(names, min_size=1, max_size=4))


@given(st.sampled_from(ALL), st.lists(names, min_size=1, max_size=3))
def test_a_change_of_one_service_lists_that_one(service: str, inside: list[str]):
    found = derive([f"services/{service}/{'/'.join(inside)}.py"], READ_BY)
    assert (found.services, found.all) == ([service], False)
    assert f"services/{service}" in found.tests.split()
    assert {flag for flag in FLAGS if found.flags[flag]} <= {"code", "images", "observability"}


@given(st.sampled_from(["chassis", "requirements", "deploy/images", ".github/workflows", "tools/pipeline"]), names)
def test_a_change_of_what_all_stand_on_lists_all(folder: str, name: str):
    found = derive([f"{folder}/{name}.py"], READ_BY)
    assert (found.services, found.all, found.tests) == (ALL, True, "all")


@given(names.filter(lambda name: not (ROOT / name).exists()), names)
def test_what_nobody_knows_touches_everything(folder: str, name: str):
    found = derive([f"{folder}/{name}.xyz"], READ_BY)
    assert (found.services, found.all, found.tests) == (ALL, True, "all")
    assert all(found.flags.values())


@given(st.lists(paths, max_size=5), st.lists(paths, max_size=5))
def test_two_changes_touch_together_what_each_touches(one: list[str], other: list[str]):
    first, second, both = derive(one, READ_BY), derive(other, READ_BY), derive([*one, *other], READ_BY)
    assert both.services == sorted({*first.services, *second.services})
    assert both.all == (first.all or second.all)
    assert both.flags == {flag: first.flags[flag] or second.flags[flag] for flag in FLAGS}
    assert both.tests == "all" or covers(both.tests, first.tests)


def covers(wide: str, narrow: str) -> bool:
    tops = [f"{folder}/" for folder in wide.split()]
    return narrow == "none" or all(f"{folder}/".startswith(tuple(tops)) for folder in narrow.split())


@given(st.dictionaries(names, st.frozensets(names)))
def test_readers_are_those_who_read(read: dict[str, frozenset[str]]):
    for name, reading in readers.inverted(read).items():
        assert reading == {other for other in read if name in read[other]}


@given(st.frozensets(names), st.frozensets(names), st.sampled_from([None, False]))
def test_lists_of_names_are_read_in_both_ways_of_writing(calls: frozenset[str], follows: frozenset[str], flow: Any):
    document = {
        "about": "x",
        "calls": sorted(calls),
        "resources": {"cpu": "1"},
        "follows": sorted(follows),
        "scale": {"min": 1},
    }
    text = yaml.safe_dump(document, sort_keys=False, default_flow_style=flow, width=10_000)
    assert readers.reads(text) == calls | follows


def test_a_list_in_another_way_is_an_error_and_never_an_empty_list():
    for text in ("calls: *others\n", "calls: [a,\n  b]\n", "calls:\n  - {a: b}\n", "follows: [[a]]\n"):
        with pytest.raises(ValueError, match="not a plain list"):
            readers.reads(text)


def test_each_description_is_read_as_yaml_reads_it():
    for name in ALL:
        text = (ROOT / "services" / name / "service.yaml").read_text()
        document = yaml.safe_load(text)
        assert readers.reads(text) == {*document["calls"], *document.get("reads", []), *document["follows"]}


def test_a_new_service_is_known_by_its_folder_and_a_removed_one_touches_all():
    grown = {**READ_BY, "returns": frozenset[str]()}
    assert derive(["services/returns/app.py"], grown).services == ["returns"]
    gone = {name: reading for name, reading in READ_BY.items() if name != "payments"}
    assert derive(["services/payments/app.py"], gone).services == sorted(gone)


def test_a_reader_is_tested_and_not_built():
    found = derive(["services/catalog/app.py"], READ_BY)
    assert found.services == ["catalog"]
    assert found.tests == "services/catalog services/orders services/pages services/shop"


def test_what_a_service_stores_is_compared_with_its_description():
    for inside in ("migrations/0099_more.sql", "tables.yaml", "events.py", "jobs.py", "mail/templates/news.txt"):
        found = derive([f"services/identity/{inside}"], READ_BY)
        assert "tools/tables" in found.tests.split(), inside


def test_nothing_changed_touches_nothing_and_the_unknown_everything():
    assert derive([], READ_BY).lines()[0] == "services=[]"
    assert derive([], READ_BY).tests == "none"
    every = 'services=["catalog","identity","orders","pages","payments","shop"]'
    assert derive(None, READ_BY).lines()[:2] == [every, "all=true"]


def test_every_file_of_the_repository_is_known_by_a_rule():
    everything = areas.touched("no/such/thing", frozenset(READ_BY))
    meant = (
        ".github/",
        ".ci/",
        "tools/",
        "deploy/pipeline/",
        "Makefile",
        "conftest.py",
        ".python-version",
        "requirements/",
    )
    unknown = [path for path in TRACKED if areas.touched(path, frozenset(READ_BY)) == everything]
    assert [path for path in unknown if not path.startswith(meant) and "/" in path] == []


def test_the_tests_that_rules_name_are_there():
    named = {name for _, effect in areas.RULES for name in effect.tests} - {"all"}
    assert [name for name in named if not (ROOT / name).is_dir()] == []
    assert arguments("all") == []
    assert arguments("none") is None
    with pytest.raises(SystemExit, match="No such folder: services/gone"):
        arguments("services/gone")
    with pytest.raises(SystemExit, match="Nothing was named"):
        arguments("")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "old.txt").write_text("the same words\n" * 20)
    commit(tmp_path)
    return tmp_path


def test_a_moved_file_changes_both_places(repository: Path):
    base = git(repository, "rev-parse", "HEAD")
    (repository / "new\nline.txt").write_text((repository / "old.txt").read_text())
    (repository / "old.txt").unlink()
    assert changed_paths(repository, base, commit(repository)) == ["new\nline.txt", "old.txt"]


def test_what_undoes_a_newer_commit_of_the_base_counts(repository: Path):
    base = git(repository, "rev-parse", "HEAD")
    (repository / "old.txt").write_text("newer\n")
    commit(repository)
    git(repository, "switch", "-q", "-c", "change")
    (repository / "old.txt").write_text("the same words\n" * 20)
    commit(repository)
    git(repository, "switch", "-q", "main")
    git(repository, "merge", "-q", "--no-ff", "--no-edit", "change")
    assert changed_paths(repository, base, "HEAD") == ["old.txt"]


def test_where_git_cannot_tell_all_was_changed(repository: Path):
    assert changed_paths(repository, "0" * 40, "HEAD") is None
    assert changed_paths(repository, "--output=x", "HEAD") is None
    assert not (repository / "x").exists()


def test_the_command_prints_lines_for_github():
    said = subprocess.run(
        ["make", "--silent", "changes", "BASE="], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert said.stdout.splitlines()[1:3] == ["all=true", "code=true"]
    assert "all counts as changed" in said.stderr
