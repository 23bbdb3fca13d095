"""The control maps are whole: a missing requirement, a wrong count and a control without its words are told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tools.evidence import controls
from tools.gates import tree


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(tree.ROOT / controls.SUMMARY.parent, tmp_path / controls.SUMMARY.parent)
    return tmp_path


def seeded(root: Path, page: str, was: str, becomes: str) -> str:
    """What is told when this stands in a page in place of what stands there."""
    path = root / controls.FOLDER / page
    text = path.read_text(encoding="utf-8")
    assert was in text
    path.write_text(text.replace(was, becomes, 1), encoding="utf-8")
    return "\n".join(controls.complaints(root))


def row(page: str, name: str) -> str:
    text = (tree.ROOT / controls.FOLDER / page).read_text(encoding="utf-8")
    return next(line + "\n" for line in text.splitlines() if line.startswith(f"| {name} |"))


def test_the_maps_are_whole():
    assert controls.complaints(tree.ROOT) == []
    found = controls.read(tree.ROOT)
    assert {control.standard for control in found} == set(controls.STANDARDS)
    assert sum(control.level in {"1", "2"} for control in found) == 253


def test_a_requirement_that_is_missing_is_told(copy):
    told = seeded(copy, "asvs/v6.md", row("asvs/v6.md", "V6.3.3"), "")
    assert "V6 has 21 requirements of level 2, and the standard 22" in told


def test_a_requirement_too_many_is_told(copy):
    told = seeded(copy, "asvs/v9.md", row("asvs/v9.md", "V9.1.1"), row("asvs/v9.md", "V9.1.1") * 2)
    assert "V9 has 5 requirements of level 1, and the standard 4" in told
    assert "V9.1.1 is there 2 times" in told


def test_counts_that_are_not_those_of_the_maps_are_told(copy):
    told = seeded(copy, "gdpr.md", "| partly | Mercat |", "| met | Mercat |")
    assert "the counts have changed; the rows are\n| [GDPR](controls/gdpr.md) |" in told


@pytest.mark.parametrize(
    ("was", "becomes", "words"),
    [
        (" | AWS | ", " | Google | ", "`Google` is none of Mercat, merchant, AWS, Stripe"),
        (row("soc2.md", "SOC2-CC6.4"), "| SOC2-CC6.4 | | met | AWS | | |\n", "say in few words what is asked"),
        (row("soc2.md", "SOC2-CC6.4"), "| SOC2-CC6.4 | doors | partly | AWS | | |\n", "say in the column `lacks`"),
    ],
)
def test_a_control_that_is_not_whole_is_told(copy, was, becomes, words):
    assert words in seeded(copy, "soc2.md", was, becomes)


def test_a_standard_without_controls_is_told(copy):
    (copy / controls.FOLDER / "soc2.md").write_text("# SOC 2\n", encoding="utf-8")
    assert "SOC 2 has no controls" in "\n".join(controls.complaints(copy))
