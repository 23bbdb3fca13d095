from __future__ import annotations

import subprocess

from tools import old_names


def test_an_old_name_is_found_where_it_stands_and_a_new_one_passes(tmp_path):
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    for name, text in {
        "chassis/a.py": "# the Poller waits\nclass Follower: ...\n",
        "services/a.py": "followers = 3  # a follower of somebody\n",
        "docs/a.md": "The applier hands them on.\n",
        "CHANGELOG.md": "applier is called dispatcher\n",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    found = old_names.found(tmp_path)
    assert [line.split(": ")[0] for line in found] == ["chassis/a.py:2", "docs/a.md:1"]
    assert "poller" in found[0]


def test_no_old_name_stands_in_this_repository():
    assert old_names.found() == []
