from __future__ import annotations

import pytest

from tools.release import version
from tools.release.repository import ROOT


def test_all_files_say_the_version_of_pyproject():
    assert version.unlike(ROOT, version.current(ROOT)) == []


def test_every_place_is_written_and_one_left_out_is_found(tmp_path):
    (tmp_path / "chassis/config").mkdir(parents=True)
    (tmp_path / "deploy/charts/one").mkdir(parents=True)
    (tmp_path / "docs").mkdir()
    for name, line in {
        "pyproject.toml": '[project]\nname = "x"\nversion = "0.1.0"\n',
        "chassis/config/version.py": 'VERSION = "0.1.0"\n',
        "deploy/charts/one/Chart.yaml": "apiVersion: v2\nversion: 0.1.0\n",
        "docs/add-a-service.md": '   version = "0.1.0"\n',
    }.items():
        (tmp_path / name).write_text(line)
    version.write(tmp_path, "1.2.0-rc.1")
    assert version.unlike(tmp_path, "1.2.0-rc.1") == []
    assert version.current(tmp_path) == "1.2.0-rc.1"
    assert len(version.unlike(tmp_path, "0.1.0")) == 4


def test_versions_are_ordered_as_semver_says():
    ordered = ["0.1.0", "0.2.0", "0.10.0", "1.0.0-rc.1", "1.0.0-rc.2", "1.0.0", "1.0.1"]
    assert sorted({*ordered}, key=version.order) == ordered
    for wrong in ("1", "v1.0.0", "01.0.0", "1.0.0-beta", "1.0", ""):
        with pytest.raises(ValueError, match=wrong or "^$"):
            version.order(wrong)


@pytest.mark.parametrize(
    ("old", "new", "may"),
    [("0.1.0", "0.2.0", True), ("0.1.0", "0.1.1", False), ("1.1.0", "1.2.0", False), ("1.1.0", "2.0.0", True)],
)
def test_a_version_says_whether_it_breaks(old, new, may):
    assert version.may_break(old, new) is may
