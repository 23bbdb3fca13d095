"""A package under a licence that is not on the list is refused, and one whose licence nobody knows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.gates import licences, pins, tree
from tools.gates.tests.scanners import need
from tools.gates.tests.seeded import checkout, put

HASH = "    --hash=sha256:" + "0" * 64


def install(folder: Path, name: str, *fields: str) -> None:
    head = ["Metadata-Version: 2.4", f"Name: {name}", "Version: 1.0", *fields]
    put(folder, {f"{name}-1.0.dist-info/METADATA": "\n".join([*head, "", ""])})


def judged(tmp_path: Path, name: str) -> list[str]:
    root = checkout(tmp_path / "tree", {"requirements/run.txt": f"{name}==1.0 \\\n{HASH}\n"})
    return licences.complaints(root, [tmp_path / "site"])


REFUSED = {
    "an expression": ["License-Expression: GPL-3.0-or-later"],
    "a part of one": ["License-Expression: MIT AND AGPL-3.0-only"],
    "a classifier": ["Classifier: License :: OSI Approved :: GNU General Public License v3 (GPLv3)"],
    "a field": ["License: Business Source License 1.1"],
    "a field beside a vague classifier": ["License: Proprietary", "Classifier: License :: Other/Proprietary License"],
}
ALLOWED = {
    "an expression": ["License-Expression: Apache-2.0"],
    "one of two": ["License-Expression: GPL-2.0-only OR MIT"],
    "each of two": ["License-Expression: MPL-2.0 AND (GPL-2.0-only OR MIT)"],
    "a classifier": ["Classifier: License :: OSI Approved :: BSD License"],
    "a field": ["License: MIT License"],
    "a classifier beside the whole text": [
        "License: Copyright",
        "        anybody",
        "Classifier: License :: OSI Approved :: MIT License",
    ],
}


@pytest.mark.parametrize("how", REFUSED)
def test_a_seeded_package_is_refused(how: str, tmp_path: Path):
    install(tmp_path / "site", "seeded", *REFUSED[how])
    (found,) = judged(tmp_path, "seeded")
    assert found.startswith("requirements/run.txt: seeded: "), found
    assert found.endswith(" is not allowed here"), found


@pytest.mark.parametrize("how", ALLOWED)
def test_a_package_under_an_allowed_licence_passes(how: str, tmp_path: Path):
    install(tmp_path / "site", "seeded", *ALLOWED[how])
    assert judged(tmp_path, "seeded") == []


def test_an_unknown_licence_is_refused(tmp_path: Path):
    install(tmp_path / "site", "seeded")
    for name in ("seeded", "never-installed"):
        (found,) = judged(tmp_path / name, name)
        assert "its licence is not known" in found


def test_packages_of_npm_are_judged_too(tmp_path: Path):
    packages = {
        "": {"name": "tests"},
        "node_modules/fine": {"license": "MIT"},
        "node_modules/fine/node_modules/@a/bad": {"license": "GPL-3.0"},
        "node_modules/silent": {},
    }
    root = checkout(tmp_path, {"web/package-lock.json": json.dumps({"packages": packages}), "requirements/x.txt": ""})
    found = licences.complaints(root, [])
    assert [each.split(": ")[1] for each in found] == ["@a/bad", "silent"]


def test_all_that_is_pinned_here_is_allowed():
    need("semgrep")
    assert not {"run", "dev", "image", "gates", "tools"} & set(licences.PROGRAMS)
    assert licences.complaints() == []


def test_a_licence_that_is_noted_by_hand_is_of_a_package_that_is_pinned():
    pinned = {name for path in (tree.ROOT / "requirements").glob("*.txt") for name in pins.python(path)}
    assert set(licences.KNOWN) <= pinned
