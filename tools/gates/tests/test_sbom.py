"""The list of parts is valid by CycloneDX's schema and holds every pin; one that lacks a pin is not written."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tools.gates import pins, sbom, tree
from tools.gates.tests.scanners import need

IMAGE = tree.ROOT / "requirements" / "image.txt"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    need("cyclonedx-py")
    return sbom.listed(IMAGE, sbom.WHOLES["image"], {"aiohttp": "Apache-2.0 AND MIT"})


def test_the_image_s_list_is_valid_and_holds_every_pin_with_its_hash(document: dict[str, Any]):
    assert sbom.faults_of(document, pins.python(IMAGE)) == []
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
    parts = {part["name"]: part for part in document["components"]}
    assert parts["aiohttp"]["licenses"] == [{"expression": "Apache-2.0 AND MIT"}]
    assert all(part["externalReferences"][0]["hashes"] for part in parts.values())


def test_a_missing_pin_is_a_fault(document: dict[str, Any]):
    held = pins.python(IMAGE)
    less = deepcopy(document)
    gone = less["components"].pop()
    older = less["components"][0]
    older["version"] = "0.0.1"
    assert sbom.faults_of(less, held) == [
        f"{name} {held[name]} is missing"
        for name in held
        if name in {pins.normal(gone["name"]), pins.normal(older["name"])}
    ]


def test_what_breaks_the_schema_is_a_fault(document: dict[str, Any]):
    for broken in ({"components": [{"name": "x", "type": "nonsense"}]}, {"bomFormat": "Other"}):
        assert sbom.faults_of({**document, **broken}, {})


def test_a_list_with_a_fault_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    need("cyclonedx-py")
    required = tmp_path / "requirements"
    required.mkdir()
    # pip takes a pin from another file; what reads the pins of a list does not.
    (required / "other.txt").write_text("one==1.0\n")
    (required / "image.txt").write_text("two==2.0\n")
    (required / "run.txt").write_text("two==2.0\none==1.0 ; python_version < '3'\n")
    monkeypatch.setattr(
        pins, "python", lambda path: {"two": "2.0", "three": "3.0"} if path.stem == "image" else {"two": "2.0"}
    )
    assert sbom.write(tmp_path / "out", tmp_path) == ["image.cdx.json: three 3.0 is missing"]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["run.cdx.json"]
    assert json.loads((tmp_path / "out" / "run.cdx.json").read_text())["metadata"]["component"]["name"] == "mercat"
