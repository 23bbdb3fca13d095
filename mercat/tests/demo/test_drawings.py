from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from mercat.demo import Work, draw, works
from mercat.demo.canvas import polyline, smooth
from mercat.demo.seeded_random import SeededRandom

ROOT = Path(__file__).parents[3]
SVG = "{http://www.w3.org/2000/svg}"
ALLOWED = {"svg", "defs", "clipPath", "linearGradient", "stop", "g", "path", "circle", "use"}
DRAWN = {work.code: draw(work) for work in works}
TITLES = [work.title for work in works]


def test_forty_works_of_eight_families() -> None:
    assert len(works) == 40
    families = {work.family: work.artist for work in works}
    assert len(families) == len(set(families.values())) == 8
    assert all(sum(work.family == family for work in works) == 5 for family in families)


@pytest.mark.parametrize(
    "of", [lambda w: w.code, lambda w: w.title, lambda w: w.handle, lambda w: w.description, lambda w: DRAWN[w.code]]
)
def test_all_works_are_different(of) -> None:
    assert len({of(work) for work in works}) == len(works)


@pytest.mark.parametrize("work", works, ids=TITLES)
def test_a_drawing_is_a_small_plain_image(work: Work) -> None:
    svg = DRAWN[work.code]
    assert len(svg.encode()) <= 40_000
    root = ET.fromstring(svg)
    assert root.get("viewBox") == "0 0 1600 2000"
    assert root.get("aria-label") == work.title
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= ALLOWED
    assert len(svg) > 900
    for element in root.iter():
        assert not any(name.lower().startswith("on") or name == "style" for name in element.attrib)
        for value in element.attrib.values():
            assert "nan" not in value
            assert "inf" not in value.split()
            assert "://" not in value
            assert not re.search(r"url\((?!#)", value)
        assert (element.get("href") or "#").startswith("#")


def test_all_references_in_a_drawing_exist() -> None:
    for work in works:
        svg = DRAWN[work.code]
        named = set(re.findall(r' id="([^"]+)"', svg))
        assert set(re.findall(r'(?:url\(|href=")#([^")]+)', svg)) <= named


def test_drawing_is_deterministic() -> None:
    script = (
        "import hashlib; from mercat.demo import draw, works;"
        "print(hashlib.sha256(''.join(map(draw, works)).encode()).hexdigest())"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "12345"}
    told = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == hashlib.sha256("".join(DRAWN.values()).encode()).hexdigest()


def test_another_seed_changes_the_drawing() -> None:
    for work in works[:8]:
        assert draw(replace(work, seed=work.seed + 1)) != DRAWN[work.code]


def test_random_numbers_are_within_bounds() -> None:
    chance = SeededRandom(1)
    assert {chance.whole(1, 3) for _ in range(200)} == {1, 2, 3}
    assert all(0 <= chance.layered(x / 7, -x / 3, 4) <= 1 for x in range(300))
    assert {chance.weighted("abc", (1, 0, 2)) for _ in range(200)} == {"a", "c"}


def test_paths_are_compact() -> None:
    assert polyline([(0, 0), (10, -5), (3, 3)], close=True) == "M0 0l10-5-7 8z"
    assert smooth([(0, 0), (6, 0), (12, 0)]) == "M0 0c0 0 4 0 6 0s5 0 6 0"
    assert smooth([(1, 1), (2, 2)]) == "M1 1l1 1"
