from __future__ import annotations

import pytest

from tools.release.repository import Refused, git, last_release
from tools.release.tests.conftest import PERSON


@pytest.fixture
def repository(tmp_path):
    folder = tmp_path / "whole"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    for number in range(2):
        git(folder, *PERSON, "commit", "-q", "--allow-empty", "--message", f"Commit {number}")
    return folder


def test_the_last_release_is_the_highest_that_is_behind_us(repository):
    assert last_release(repository) == ""
    for tag in ("v0.9.0", "v0.10.0", "v1.0.0-rc.1", "v1.0.0", "very-new", "v2"):
        git(repository, *PERSON, "tag", tag)
    assert last_release(repository) == "v1.0.0"
    git(repository, "switch", "-q", "-c", "other")
    git(repository, *PERSON, "commit", "-q", "--allow-empty", "--message", "Commit elsewhere")
    git(repository, *PERSON, "tag", "v3.0.0")
    git(repository, "switch", "-q", "main")
    assert last_release(repository) == "v1.0.0"


def test_a_clone_without_history_does_not_count_as_before_the_first_release(repository, tmp_path):
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{repository}", "shallow")
    with pytest.raises(Refused, match="git fetch --tags --unshallow"):
        last_release(tmp_path / "shallow")
